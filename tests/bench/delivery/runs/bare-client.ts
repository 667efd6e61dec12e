/**
 * The same messages over the same client with no accounting at all: a pool posts them one after
 * the other, and what is reported is counted and forgotten.
 * Run: `node tests/bench/delivery/runs/bare-client.ts URL MESSAGES CONCURRENCY`.
 */
import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";

const [url = "", messages = "0", concurrency = "1"] = process.argv.slice(2);
const count = Number(messages);
const told = { count: 0 };

const server = createServer((asked, answer) => {
  void hear(asked).then(() => answer.end('{"received":1,"applied":1}'));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = address !== null && typeof address !== "string" ? address.port : 0;
const callbackUrl = `http://127.0.0.1:${port}/receipts`;
const pool = new Pool(url, { connections: Number(concurrency) });
const content = { subject: "Hi", text: "Hello", html: "" };
let next = 0;

async function work(): Promise<void> {
  while (next < count) {
    const key = `aaaaaaabaaaaaaaaabcdefgh${next++}`;
    const to = `p${next}@example.org`;
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const body = JSON.stringify({ key, to, channel: "email", content, headers: {}, callbackUrl });
    const answer = await pool.request({ method: "POST", path: "/messages", headers, body });
    await answer.body.text();
  }
}

async function hear(asked: IncomingMessage): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part);
  told.count += JSON.parse(Buffer.concat(parts).toString()).receipts.length;
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(concurrency) }, work));
while (told.count < count) await sleep(5);
console.log(JSON.stringify({ allMs: Math.round(performance.now() - began) }));
await pool.close();
server.close();
server.closeAllConnections();
