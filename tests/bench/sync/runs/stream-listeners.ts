/**
 * Devices on a stream, in a process of their own: a part of them on links so slow that they must
 * not hold up the others. Tells its parent how old what they show gets, and what came in.
 * Run: `node tests/bench/sync/runs/stream-listeners.ts WAY PORT SOCKETS SLOW_PERCENT`.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { ackAfterBytes, ackAfterMs, ackAfterPages } from "#lib/sync/socket.ts";
import { WebSocket } from "ws";

const [way = "fieldcast", port = "0", sockets = "500", slowPercent = "20"] = process.argv.slice(2);
const slowBytesPerSecond = 50_000 / 8;
const socketIoPath = "/socket.io/?EIO=4&transport=websocket";

interface Device {
  readonly socket: WebSocket;
  readonly isSlow: boolean;
  /** Time of the newest change that it shows; null before the first. */
  shows: number | null;
  chain: string;
  unsaid: { message: object; pages: number; bytes: number; since: number } | null;
  hasAcked: boolean;
}

/** What became visible how late: the age of what was shown, a moment before it was replaced. */
const ages: number[] = [];
let frames = 0;
let bytes = 0;
let isMeasured = false;

const devices: Device[] = [];
for (let index = 0; index < Number(sockets); index++) {
  devices.push(await open(index, (index * 100) / Number(sockets) < Number(slowPercent)));
}
process.send?.("open");
process.on("message", (word) => {
  if (word === "measure") isMeasured = true;
  else {
    const sorted = ages.toSorted((a, b) => a - b);
    const fast = devices.filter(({ isSlow }) => !isSlow).length;
    const result = {
      framesPerDevice: frames / fast,
      kbPerDevice: bytes / fast / 1_000,
      staleP50: sorted[Math.floor(sorted.length / 2)] ?? 0,
      staleP99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    };
    process.send?.(result, undefined, undefined, () => process.exit());
  }
});

async function open(index: number, isSlow: boolean): Promise<Device> {
  const path = way === "fieldcast" ? "/sync/live" : way === "socket.io" ? socketIoPath : "/";
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { cookie: String(index), origin: "http://localhost" },
    perMessageDeflate: false,
  });
  const device: Device = {
    socket,
    isSlow,
    shows: null,
    chain: "",
    unsaid: null,
    hasAcked: false,
  };
  socket.on("message", (data: Buffer) => hear(device, data.toString()));
  await once(socket, "open");
  if (way === "socket.io") socket.send("40");
  if (way === "fieldcast") hello(device, null);
  if (isSlow) throttle(socket);
  return device;
}

/** Takes no more from the network than the link would let through. */
function throttle(socket: WebSocket): void {
  const raw: Socket = Reflect.get(socket, "_socket");
  let taken = 0;
  raw.on("data", (data: Buffer) => {
    taken += data.length;
    if (taken > 0) raw.pause();
  });
  setInterval(() => {
    taken -= slowBytesPerSecond / 10;
    if (taken <= 0) raw.resume();
  }, 100).unref();
}

function hear(device: Device, text: string): void {
  if (way === "fieldcast") hearPage(device, text);
  else if (way === "ws") note(device, text, newest(text));
  else if (text === "2") device.socket.send("3");
  else if (text.startsWith("42")) note(device, text, newest(text));
}

/** Reads of a page only what it must: the listeners of all ways shall cost alike. */
function hearPage(device: Device, text: string): void {
  if (text.includes('"t":"reset"')) {
    hello(device, JSON.parse(text).epoch);
    return;
  }
  if (!text.includes('"t":"page"')) return;
  device.chain = /"ch":"([^"]+)"/.exec(text.slice(0, 200))?.[1] ?? device.chain;
  const to = /"roll":\{"from":\d+,"to":(\d+)/.exec(text)?.[1];
  if (to === undefined) return;
  acknowledge(device, text.length, { t: "ack", ch: device.chain, feeds: { roll: Number(to) } });
  note(device, text, newest(text));
}

/** As the app does it ([S26]). */
function acknowledge(device: Device, length: number, message: object): void {
  const before = device.unsaid;
  const unsaid = {
    message,
    pages: (before?.pages ?? 0) + 1,
    bytes: (before?.bytes ?? 0) + length,
    since: before?.since ?? Date.now(),
  };
  device.unsaid = unsaid;
  const isFull = unsaid.pages >= ackAfterPages || unsaid.bytes >= ackAfterBytes;
  if (isFull || !device.hasAcked) sayAck(device);
  device.hasAcked ||= length > 300;
}

function sayAck(device: Device): void {
  device.socket.send(JSON.stringify(device.unsaid?.message));
  device.unsaid = null;
}

setInterval(() => {
  const now = Date.now();
  for (const device of devices) {
    if (device.unsaid !== null && now - device.unsaid.since >= ackAfterMs) sayAck(device);
  }
}, 100).unref();

/** The time of the newest change in a frame: what is read of it must cost everybody the same. */
function newest(text: string): number {
  const at = text.lastIndexOf('"rate":500,"at":');
  return at < 0 ? 0 : Number.parseInt(text.slice(at + 16, at + 29), 10);
}

function note(device: Device, text: string, shows: number): void {
  if (isMeasured && !device.isSlow && shows > 0) {
    frames += 1;
    bytes += text.length;
    if (device.shows !== null) ages.push(Date.now() - device.shows);
  }
  if (shows > 0) device.shows = shows;
}

function hello({ socket }: Device, epoch: string | null): void {
  const sender = { v: protocolVersion, schema: schemaVersion };
  const who = { client: randomUUID(), instance: randomUUID() };
  const feeds = { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 } };
  const ch = randomUUID();
  socket.send(JSON.stringify({ t: "hello", ...sender, ...who, epoch, ch, feeds }));
}
