/**
 * Clients that are as slow as can be: a byte a second of what they send, or of what they read. Each
 * kind keeps something of the server for as long as it is let.
 */
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { secondMs } from "#domain/core/time.ts";
import { aHello } from "./listeners.ts";

const senders = ["head", "receipts", "rest", "import"] as const;
const readers = ["export", "live"] as const;

type DripKind = (typeof senders)[number] | (typeof readers)[number];

export interface DripTarget {
  readonly port: number;
  readonly key: string;
  readonly campaign: string;
  /** Path of the receipts of an account. */
  readonly receipts: string;
}

/** More than anybody sends a byte at a time while this runs. */
const promised = 100_000;

/** What each kind says at once; the rest comes a byte at a time, or is read so. */
function opening(kind: DripKind, { key, campaign, receipts }: DripTarget): string {
  const post = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n` +
    `content-type: ${type}\r\nidempotency-key: ${randomUUID()}\r\n` +
    `content-length: ${promised}\r\n\r\n`;
  const get = (path: string, more = ""): string =>
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n${more}\r\n`;
  switch (kind) {
    case "head":
      return "GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
    case "receipts":
      return post(receipts, "application/json");
    case "rest":
      return post("/api/v1/campaigns", "application/json");
    case "import":
      return post("/api/v1/contacts/import", "text/csv");
    case "export":
      return get(`/api/v1/campaigns/${campaign}/export.csv`);
    case "live":
      return get(
        "/sync/live",
        "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
          "origin: http://localhost\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      );
  }
}

/** Connections of every kind, which drip until they are closed. */
export class Drips {
  readonly #senders: readonly Socket[];
  readonly #readers: readonly Socket[];
  readonly #timer: NodeJS.Timeout;

  constructor(target: DripTarget, ofEach: number) {
    const openAll = (kinds: readonly DripKind[]): Socket[] =>
      kinds.flatMap((kind) => Array.from({ length: ofEach }, () => open(kind, target)));
    this.#senders = openAll(senders);
    this.#readers = openAll(readers);
    this.#timer = setInterval(() => {
      for (const socket of this.#senders) if (socket.writable) socket.write("1");
      for (const socket of this.#readers) socket.read(1);
    }, secondMs);
  }

  /** Of those who send, the ones that the server has not cut off. */
  get sending(): number {
    return this.#senders.filter(({ destroyed }) => !destroyed).length;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const socket of [...this.#senders, ...this.#readers]) socket.destroy();
  }
}

function open(kind: DripKind, target: DripTarget): Socket {
  const socket = connect(target.port, "127.0.0.1");
  socket.on("error", () => undefined);
  // Nothing is read but what the timer asks for.
  socket.on("readable", () => undefined);
  socket.write(opening(kind, target));
  if (kind === "live") {
    const hello = aHello(randomUUID(), null);
    // The answer to the upgrade first.
    setTimeout(() => socket.write(frameOf(hello)), secondMs);
  }
  return socket;
}

/** A short text in the form of a client's frame; its mask changes nothing. */
function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = Buffer.from([0x81, 0xfe, length >> 8, length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(text)]);
}
