/**
 * Devices on a stream, in a process of their own: a part of them on links so slow that they must
 * not hold up the others. Tells its parent how old what they show gets, and what came in.
 * Run: `node tests/bench/sync/runs/stream-listeners.ts WAY PORT SOCKETS SLOW_PERCENT`.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { WebSocket } from "ws";

const [way = "fieldcast", port = "0", sockets = "500", slowPercent = "20"] = process.argv.slice(2);
const slowBytesPerSecond = 50_000 / 8;
const socketIoPath = "/socket.io/?EIO=4&transport=websocket";

interface Device {
  readonly socket: WebSocket;
  readonly isSlow: boolean;
  /** Time of the newest change that it shows; null before the first. */
  shows: number | null;
  frames: number;
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
  const device: Device = { socket, isSlow, shows: null, frames: 0 };
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

function hearPage(device: Device, text: string): void {
  const message = JSON.parse(text);
  if (message.t === "reset") {
    hello(device, message.epoch);
    return;
  }
  if (message.t !== "page") return;
  const at = Object.entries<{ to: number }>(message.feeds).map(([feed, { to }]) => [feed, to]);
  device.socket.send(JSON.stringify({ t: "ack", ch: message.ch, feeds: Object.fromEntries(at) }));
  note(device, text, newest(text));
}

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
