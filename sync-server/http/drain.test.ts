// Over real sockets: a client that sends all before it reads gets its answer all the same.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { openTestApp, type TestApp } from "../../tests/support/test-app.ts";
import { registerDrain } from "./drain.ts";

const megabyte = 1024 * 1024;
const piece = Buffer.alloc(64 * 1024, " ");

let server: TestApp | undefined;
let bare: FastifyInstance | undefined;

afterEach(async () => {
  await server?.close();
  await bare?.close();
  server = undefined;
  bare = undefined;
});

async function portOf(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
}

/** Sends the head and the whole body, and reads only then. Answers what came, or how it failed. */
async function sendThenRead(port: number, path: string, bytes: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let failure = "";
  socket.on("error", (error) => (failure = error.message));
  await once(socket, "connect");
  socket.pause();
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer none\r\n` +
      `content-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`,
  );
  await sendAll(socket, bytes);
  if (socket.destroyed) return failure;
  const answer: Buffer[] = [];
  socket.on("data", (data: Buffer) => answer.push(data));
  const ended = closeOf(socket);
  socket.resume();
  socket.end();
  await ended;
  return failure === "" ? Buffer.concat(answer).toString() : failure;
}

async function sendAll(socket: Socket, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
    const isTaken = socket.write(piece.subarray(0, bytes - sent));
    if (!isTaken) await roomIn(socket);
  }
}

/** Resolves when the socket takes more, or nothing any more. */
function roomIn(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off("drain", settle).off("close", settle);
      resolve();
    };
    socket.on("drain", settle).on("close", settle);
  });
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function listen(limits?: Parameters<typeof registerDrain>[1]): Promise<number> {
  bare = fastify({ bodyLimit: 1_000 });
  registerDrain(bare, limits);
  bare.post("/", async () => "taken");
  return portOf(bare);
}

test("a body that is too large is refused in words, also to who reads only when all is sent", async () => {
  server = await openTestApp();
  await server.setUp();
  const port = await portOf(server.app);
  for (const path of ["/api/auth/sign-in/email", "/api/v1/set-up"]) {
    const answer = await sendThenRead(port, path, 30 * megabyte);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:413|403|409) /);
    expect(answer).toContain("application/problem+json");
  }
});

test("the request after a refused body is answered on the same connection", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length:";
  let answers = "";
  socket.on("data", (data: Buffer) => (answers += data.toString()));
  socket.write(`${head} 5000\r\n\r\n`);
  await once(socket, "data");
  expect(answers).toMatch(/^HTTP\/1\.1 413 /);
  socket.write(`${" ".repeat(5_000)}${head} 2\r\n\r\n{}`);
  await once(socket, "data");
  expect(answers).toContain("taken");
  socket.destroy();
});

test("fetch gets its answer at fifty megabytes, again and again", async () => {
  const port = await listen();
  const body = Buffer.alloc(50 * megabyte, " ");
  const headers = { "content-type": "application/json" };
  for (let n = 0; n < 6; n++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, headers });
    expect(answer.status).toBe(413);
    await answer.text();
  }
});

test.each([
  ["more than is borne", { mostBytes: 2 * megabyte, mostMs: 60_000 }, 40 * megabyte],
  ["longer than is borne", { mostBytes: 100 * megabyte, mostMs: 50 }, 5_000],
])("who sends %s is cut off", async (_, limits, bytes) => {
  const port = await listen(limits);
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data: Buffer) => (answer += data.toString()));
  socket.on("error", () => undefined);
  const closed = closeOf(socket);
  const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  socket.write(`${head}content-length: ${bytes}\r\n\r\n`);
  // The last byte never comes.
  await sendAll(socket, bytes - 1);
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});
