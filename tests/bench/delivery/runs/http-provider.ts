/**
 * A provider for measurements, in a process of its own: answers each message at once, and reports
 * each as delivered, in parts, unless it is told not to. `GET /` tells what it did so far.
 * Run: `node tests/bench/delivery/runs/http-provider.ts [silent]`; it prints its port.
 */
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

const isSilent = process.argv[2] === "silent";
const partSize = 500;
const agent = new Agent({ connections: 4 });

const keys: string[] = [];
let reported = 0;
let callbackUrl = "";
let firstAt = 0;
let lastAt = 0;

const server = createServer((asked, answer) => {
  if (asked.method === "GET") {
    const facts = { count: keys.length, reported, spanMs: lastAt - firstAt, callbackUrl };
    answer.end(JSON.stringify(asked.url === "/keys" ? keys : facts));
  } else {
    void take(asked).then(() => answer.end("{}"));
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") console.log(address.port);
});
if (!isSilent) void report();

async function take(asked: IncomingMessage): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part);
  if (asked.method !== "POST") return;
  const message = JSON.parse(Buffer.concat(parts).toString());
  keys.push(message.key);
  callbackUrl = message.callbackUrl;
  lastAt = performance.now();
  if (firstAt === 0) firstAt = lastAt;
}

/** What it did is told in order, again and again until it was taken. */
async function report(): Promise<never> {
  for (;;) {
    const part = keys.slice(reported, reported + partSize);
    if (part.length === 0 || !(await isTaken(part))) await sleep(10);
    else reported += part.length;
  }
}

async function isTaken(part: readonly string[]): Promise<boolean> {
  const receipts = part.map((key) => ({ key, state: "delivered" }));
  const answer = await request(callbackUrl, {
    dispatcher: agent,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ receipts }),
  });
  await answer.body.dump();
  return answer.statusCode === 200;
}
