/**
 * A provider that tells of messages, for measurements, in a process of its own: what it posts is
 * written and signed before the clock starts, and goes over plain sockets, as it shares two cores
 * with the server that is measured. Each connection waits for an answer before it posts again.
 * Run: `node tests/bench/delivery/runs/teller.ts PROVIDER CALLBACK SECRET FROM TO SIZE AT_ONCE`; it prints
 * what it measured.
 */
import { connect, type Socket } from "node:net";
import { array, number, object, parse, string } from "valibot";
import { sign } from "#server/receipts/signature.ts";

const [provider = "", callbackUrl = "", secret = "", ...numbers] = process.argv.slice(2);
const [from = 0, to = 0, size = 1, atOnce = 1] = numbers.map(Number);
const Facts = object({ count: number() });

const keys = parse(array(string()), await (await fetch(`${provider}/keys`)).json());
const { hostname, port, host, pathname } = new URL(callbackUrl);
const requests = inParts(keys.slice(from, to)).map(written);
const taken: number[] = [];
let next = 0;
let refused = 0;

function inParts(all: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, n) => all.slice(n * size, (n + 1) * size));
}

function written(part: readonly string[]): { readonly bytes: Buffer; readonly n: number } {
  const body = JSON.stringify({ receipts: part.map((key) => ({ key, state: "delivered" })) });
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `fieldcast-signature: ${sign(secret, body, Math.floor(Date.now() / 1_000))}`,
  ];
  return { bytes: Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`), n: part.length };
}

/** Posts until nothing is left. */
function work(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let began = 0;
    let told = 0;
    let answer = "";
    const post = (): void => {
      const request = requests[next++];
      if (request === undefined) return resolve();
      began = performance.now();
      told = request.n;
      socket.write(request.bytes);
    };
    socket.on("data", (part) => {
      answer += part.toString("latin1");
      if (!isWhole(answer)) return;
      taken.push(performance.now() - began);
      if (!answer.startsWith("HTTP/1.1 200 ")) refused += told;
      answer = "";
      post();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server hung up")));
    post();
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return answer.length >= end + 4 + Number(length ?? 0);
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}

async function sentSoFar(): Promise<number> {
  return parse(Facts, await (await fetch(provider)).json()).count;
}

const sockets = await Promise.all(Array.from({ length: atOnce }, open));
const sentBefore = await sentSoFar();
const began = performance.now();
await Promise.all(sockets.map(work));
const ms = performance.now() - began;
const sent = (await sentSoFar()) - sentBefore;
for (const socket of sockets) socket.removeAllListeners("close").destroy();
taken.sort((a, b) => a - b);
const at = (share: number): number => Math.round(taken[Math.floor(taken.length * share)] ?? 0);
const receipts = to - from - refused;
const perSecond = Math.round((receipts * 1_000) / ms);
const sentPerSecond = Math.round((sent * 1_000) / ms);
const [p50Ms, p99Ms] = [at(0.5), at(0.99)];
console.log(JSON.stringify({ receipts, perSecond, p50Ms, p99Ms, refused, sentPerSecond }));
