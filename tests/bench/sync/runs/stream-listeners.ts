/**
 * Devices on a stream, in a process of their own: a part of them on links so slow that they must
 * not hold up the others. Tells its parent how old what they show gets, and what came in.
 * Run: `node tests/bench/sync/runs/stream-listeners.ts WAY PORT SOCKETS SLOW_PERCENT`.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { feeds } from "#domain/sync/document.ts";
import { liveDown } from "#protocol/down.ts";
import { fromFrame } from "#protocol/frame.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { ackAfterBytes, ackAfterMs, ackAfterPages, ackAfterQuietMs } from "#lib/sync/socket.ts";
import * as v from "valibot";
import { WebSocket } from "ws";

const [way = "fieldcast", port = "0", sockets = "500", slowPercent = "20"] = process.argv.slice(2);
const slowBytesPerSecond = 50_000 / 8;
const socketIoPath = "/socket.io/?EIO=4&transport=websocket";

interface Device {
  readonly socket: WebSocket;
  readonly isSlow: boolean;
  /** Time of the newest change that it shows; null before the first. */
  shows: number | null;
  readonly client: string;
  readonly ch: string;
  /** Where it stands in each feed. */
  readonly at: Record<string, number>;
  /** What it heard while it was measured. */
  frames: number;
  unsaid: { pages: number; bytes: number; since: number; last: number } | null;
  hasAcked: boolean;
}

/** What became visible how late: the age of what was shown, a moment before it was replaced. */
const ages: number[] = [];
let frames = 0;
let heardBytes = 0;
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
    const quick = devices.filter(({ isSlow }) => !isSlow);
    const fast = quick.length;
    const result = {
      framesPerDevice: frames / fast,
      fewestFrames: Math.min(...quick.map((device) => device.frames)),
      bytesPerFrame: Math.round(heardBytes / frames),
      kbPerDevice: heardBytes / fast / 1_000,
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
    client: randomUUID(),
    ch: randomUUID(),
    at: {},
    frames: 0,
    unsaid: null,
    hasAcked: false,
  };
  socket.on("message", (data: Buffer, isBytes: boolean) => hear(device, data, isBytes));
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

function hear(device: Device, data: Buffer, isBytes: boolean): void {
  if (isBytes) hearCounters(device, data);
  else if (way === "fieldcast") hearText(device, data.toString());
  else if (data.toString() === "2") device.socket.send("3");
}

/** The counters that changed: the same bytes for everybody, whoever sent them. */
function hearCounters(device: Device, data: Buffer): void {
  const { to, newest } = readOnce(data);
  if (way === "fieldcast") {
    device.at["roll"] = to;
    acknowledge(device, data.length);
  }
  note(device, data.length, newest);
}

function hearText(device: Device, text: string): void {
  const message = v.parse(liveDown, JSON.parse(text));
  if (message.t === "bye") throw new Error(`a device was sent away: ${message.why}`);
  if (message.t === "reset") hello(device, message.epoch);
  if (message.t !== "page") return;
  for (const [feed, { to }] of Object.entries(message.feeds)) device.at[feed] = to;
  acknowledge(device, text.length);
}

interface ReadFrame {
  readonly bytes: Buffer;
  readonly to: number;
  /** When the newest change in it was made. */
  readonly newest: number;
}

/** Who stands at the same place hears the same bytes: they are read once. */
let lastRead: ReadFrame | null = null;

function readOnce(bytes: Buffer): ReadFrame {
  if (lastRead?.bytes.equals(bytes) === true) return lastRead;
  const read = fromFrame(bytes);
  if (read === null) throw new Error("a frame is none of the protocol's");
  const { to, rows } = read.roll;
  const made = rows.doc.map((doc) => (typeof doc?.["at"] === "number" ? doc["at"] : 0));
  lastRead = { bytes, to, newest: Math.max(0, ...made) };
  return lastRead;
}

/** As the app does it ([S26]). */
function acknowledge(device: Device, length: number): void {
  const before = device.unsaid;
  const unsaid = {
    pages: (before?.pages ?? 0) + 1,
    bytes: (before?.bytes ?? 0) + length,
    since: before?.since ?? Date.now(),
    last: Date.now(),
  };
  device.unsaid = unsaid;
  const isFull = unsaid.pages >= ackAfterPages || unsaid.bytes >= ackAfterBytes;
  if (isFull || !device.hasAcked) sayAck(device);
  device.hasAcked ||= length > 300;
}

function sayAck(device: Device): void {
  device.socket.send(JSON.stringify({ t: "ack", ch: device.ch, feeds: device.at }));
  device.unsaid = null;
}

setInterval(() => {
  const now = Date.now();
  for (const device of devices) {
    if (device.unsaid === null) continue;
    const { since, last } = device.unsaid;
    if (now - since >= ackAfterMs || now - last >= ackAfterQuietMs) sayAck(device);
  }
}, 100).unref();

function note(device: Device, length: number, shows: number): void {
  if (isMeasured && !device.isSlow && shows > 0) {
    frames += 1;
    heardBytes += length;
    device.frames += 1;
    if (device.shows !== null) ages.push(Date.now() - device.shows);
  }
  if (shows > 0) device.shows = shows;
}

function hello({ socket, client, ch }: Device, epoch: string | null): void {
  const sender = { v: protocolVersion, schema: schemaVersion, client, instance: client };
  const at = Object.fromEntries(feeds.map((feed) => [feed, { from: 0 }]));
  socket.send(JSON.stringify({ t: "hello", ...sender, epoch, ch, feeds: at }));
}
