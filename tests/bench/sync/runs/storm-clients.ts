/**
 * Devices that come back, in a process of their own: each pulls until it is at the head, as the app
 * does before it dials, and then says hello on a socket. Whoever is turned away comes again after
 * what it was told, or a second.
 * Run: `node tests/bench/sync/runs/storm-clients.ts PORT CLIENTS WITHIN_SECONDS EPOCH FEEDS`.
 */
import { randomUUID } from "node:crypto";
import { request, Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { record, literal, looseObject, number, object, parse, string, boolean } from "valibot";
import { WebSocket } from "ws";

const [port = "0", clients = "500", within = "10", epoch = "", feeds = "{}"] =
  process.argv.slice(2);
const Page = looseObject({
  t: literal("page"),
  feeds: record(string(), looseObject({ to: number(), more: boolean() })),
});
const Cursors = record(string(), object({ from: number() }));
const agent = new Agent({ keepAlive: true });
const origin = "http://localhost";

/** How long each was on its way, ms. */
const took: number[] = [];
let turnedAway = 0;
let bytes = 0;

process.once("message", () => {
  void storm();
});
process.send?.("ready");

async function storm(): Promise<void> {
  const began = performance.now();
  const spread = (Number(within) * 1_000) / Number(clients);
  await Promise.all(
    Array.from({ length: Number(clients) }, async (_, index) => {
      await sleep(index * spread);
      const startedAt = performance.now();
      await comeBack(index + 1);
      took.push(performance.now() - startedAt);
    }),
  );
  const sorted = took.toSorted((a, b) => a - b);
  const result = {
    seconds: (performance.now() - began) / 1_000,
    p50: sorted[Math.floor(sorted.length / 2)] ?? 0,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    turnedAway,
    kbEach: bytes / 1_000 / Number(clients),
  };
  process.send?.(result, undefined, undefined, () => process.exit());
}

async function comeBack(index: number): Promise<void> {
  const who = {
    v: protocolVersion,
    schema: schemaVersion,
    client: randomUUID(),
    instance: randomUUID(),
  };
  let at = parse(Cursors, JSON.parse(feeds));
  for (;;) {
    const answer = await ask(index, { ...who, epoch, ch: "storm", feeds: at });
    if (answer === null) continue;
    const page = parse(Page, answer);
    at = Object.fromEntries(
      Object.entries(page.feeds).map(([feed, { to }]) => [feed, { from: to }]),
    );
    if (Object.values(page.feeds).every(({ more }) => !more)) break;
  }
  await listen(index, { t: "hello", ...who, epoch, ch: "storm", feeds: at });
}

/** Null: turned away; the time that it was told has passed. */
async function ask(index: number, body: object): Promise<unknown> {
  const text = JSON.stringify(body);
  const headers = {
    cookie: String(index),
    origin,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "accept-encoding": "gzip",
    "fieldcast-protocol": String(protocolVersion),
  };
  const { status, retry, packed, isPacked } = await send(headers, text);
  if (status === 200) {
    bytes += packed.length;
    return JSON.parse(String(isPacked ? gunzipSync(packed) : packed));
  }
  if (status !== 429 && status !== 503)
    throw new Error(`a pull was answered ${status}: ${packed.toString()}`);
  turnedAway += 1;
  await sleep(retry * 1_000);
  return null;
}

function send(headers: Record<string, string | number>, text: string) {
  return new Promise<{ status: number; retry: number; packed: Buffer; isPacked: boolean }>(
    (resolve, reject) => {
      const options = { host: "127.0.0.1", port, path: "/sync/pull", method: "POST", agent };
      const asked = request({ ...options, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            retry: Number(response.headers["retry-after"] ?? 1),
            packed: Buffer.concat(chunks),
            isPacked: response.headers["content-encoding"] === "gzip",
          }),
        );
      });
      asked.on("error", reject);
      asked.end(text);
    },
  );
}

/** Until the first page: it says that nothing is missing. */
function listen(index: number, hello: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/live`, {
      headers: { cookie: String(index), origin },
      perMessageDeflate: false,
    });
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify(hello)));
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      bytes += text.length;
      if (text.includes('"t":"page"')) resolve();
      else reject(new Error(`a hello was answered ${text.slice(0, 200)}`));
    });
  });
}
