import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { Pool } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { callHttp } from "./http-call.ts";

let server: Server;
let pool: Pool;

afterEach(async () => {
  await pool.destroy();
  server.closeAllConnections();
  server.close();
});

async function answering(listener: RequestListener, limits?: Pool.Options): Promise<Pool> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  pool = new Pool(`http://127.0.0.1:${address.port}`, { connections: 2, ...limits });
  return pool;
}

const call = { method: "POST", path: "/x", body: "{}", timeoutMs: 5_000 } as const;

describe("a call", () => {
  test("answers status, headers and the beginning of the text", async () => {
    const to = await answering((_, answer) => {
      answer.writeHead(429, { "retry-after": "7" }).end("a".repeat(2_000));
    });
    const { statusCode, headers, text } = await callHttp(to, call);
    expect(statusCode).toBe(429);
    expect(headers["retry-after"]).toBe("7");
    expect(text).toBe("a".repeat(500));
  });

  test("sends what it was given", async () => {
    let heard = "";
    const to = await answering((asked, answer) => {
      asked.on("data", (part: Buffer) => (heard += part.toString()));
      asked.on("end", () =>
        answer.end(`${asked.method} ${asked.url} ${String(asked.headers["x-key"])}`),
      );
    });
    const { text } = await callHttp(to, { ...call, headers: { "x-key": "k" } });
    expect(text).toBe("POST /x k");
    expect(heard).toBe("{}");
  });

  test("passes over what comes before the answer", async () => {
    const to = await answering((_, answer) => {
      answer.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
      answer.writeHead(201).end("done");
    });
    expect(await callHttp(to, call)).toMatchObject({ statusCode: 201, text: "done" });
  });

  test("reads no more than it needs of an endless answer", async () => {
    let sent = 0;
    const to = await answering((_, answer) => {
      const part = Buffer.alloc(16_384, "a");
      const more = (): void => {
        while (!answer.destroyed && sent < 2 ** 30) {
          sent += part.length;
          if (!answer.write(part)) return void answer.once("drain", more);
        }
      };
      more();
    });
    expect(await callHttp(to, call)).toMatchObject({ statusCode: 200, text: "a".repeat(500) });
    expect(sent).toBeLessThan(2 ** 26);
  });

  test("does not wait for ever for an answer that drips", async () => {
    const to = await answering((_, answer) => {
      const timer = setInterval(() => answer.write("a"), 10);
      answer.once("close", () => clearInterval(timer));
    });
    await expect(callHttp(to, { ...call, timeoutMs: 100 })).rejects.toMatchObject({
      code: "answer_slow",
      message: expect.stringMatching(
        /^The answer \(200\) was not complete after \d\.\d+ seconds: \d+ bytes of it had come$/,
      ),
    });
  });

  test("says how long it waited for an answer that never came", async () => {
    const to = await answering(() => undefined, { headersTimeout: 1 });
    await expect(callHttp(to, call)).rejects.toMatchObject({
      code: "no_answer",
      message: expect.stringMatching(/^No answer came within \d\.\d+ seconds$/),
    });
  });

  test("says that the connection was closed before any answer, or that what came is none", async () => {
    let bytes = "";
    const to = await answering((_, answer) => void answer.socket?.end(bytes));
    await expect(callHttp(to, call)).rejects.toMatchObject({
      code: "connection_lost",
      message: expect.stringMatching(
        /^The connection was closed after \d\.\d+ seconds, before any answer came$/,
      ),
    });
    bytes = "SSH-2.0-OpenSSH_9.2\r\n";
    await expect(callHttp(to, call)).rejects.toMatchObject({
      code: "no_http",
      message: expect.stringMatching(/^What came after \d\.\d+ seconds is no HTTP answer: /),
    });
  });

  test("fails when the answer is cut off, and when nobody is there", async () => {
    const to = await answering((_, answer) => {
      answer.writeHead(200, { "content-length": "100" });
      answer.write("half", () => answer.destroy());
    });
    await expect(callHttp(to, call)).rejects.toMatchObject({
      code: "answer_cut",
      message: expect.stringMatching(
        /^The answer \(200\) was cut off after 4 of 100 bytes, \d\.\d+ seconds after the call began$/,
      ),
    });
    server.closeAllConnections();
    server.close();
    await expect(callHttp(to, call)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
