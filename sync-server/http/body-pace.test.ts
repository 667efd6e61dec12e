// Over real sockets: who drips is cut off, who is only slow is not.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { registerBodyPace } from "./body-pace.ts";

const pace = { lookEveryMs: 100, leastBytes: 50 };

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function open(): Promise<Socket> {
  app = fastify();
  registerBodyPace(app, pace);
  app.post("/", async ({ body }) => `took ${JSON.stringify(body).length}`);
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

/** Writes so many bytes, again and again, until all is sent or the other side is gone. */
async function drip(socket: Socket, body: string, step: number): Promise<void> {
  for (let at = 0; at < body.length && !socket.destroyed; at += step) {
    socket.write(body.slice(at, at + step));
    await sleep(10);
  }
}

test.each([
  ["with its length", `content-length: 1002\r\n\r\n`, 1],
  ["in chunks", `transfer-encoding: chunked\r\n\r\n`, 1],
  ["and then nothing", `content-length: 1002\r\n\r\n`, 0],
])("a body that drips, %s, is cut off", async (_, more, bytes) => {
  const socket = await open();
  let answer = "";
  socket.on("data", (data: Buffer) => (answer += data.toString()));
  // Cut off may also show as a reset, which `once` would take for a failure.
  const closed = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
  socket.write(head + more);
  const began = performance.now();
  const dripping = drip(socket, bytes === 0 ? "" : JSON.stringify("a".repeat(1_000)), bytes);
  await closed;
  await dripping;
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(answer).not.toContain("200 OK");
});

test("a body that is slow, and longer than many looks, is taken", async () => {
  const socket = await open();
  const body = JSON.stringify("a".repeat(2_000));
  socket.write(`${head}content-length: ${body.length}\r\n\r\n`);
  await drip(socket, body, 40);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toContain("took 2002");
  // The connection stays, and may rest as long as it likes.
  await sleep(5 * pace.lookEveryMs);
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});
