/**
 * The live connection: the same pages as a pull, sent by the server when something moved. An
 * open socket proves nothing (a tablet that slept holds a dead one for an hour), so it must
 * answer pings.
 */
import type { LiveDown } from "#protocol/down.ts";
import { createUnderstanding, type Heard } from "#protocol/heard.ts";
import type { LiveUp } from "#protocol/up.ts";
import { momentOf, type DeviceClock, type Moment } from "./clock.ts";
import type { SyncCore } from "./core.ts";

/** What is used of a WebSocket. */
export interface Wire {
  readonly readyState: number;
  /** Of messages that are not text: `ArrayBuffer`s. */
  binaryType: string;
  send(data: string): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

export interface LiveSocketDeps {
  readonly core: Pick<SyncCore, "hello" | "receive" | "renew" | "hangUp" | "compare">;
  readonly createSocket: () => Wire;
  readonly clock: DeviceClock;
  /** It was open and is no longer. */
  readonly onClose: () => void;
}

export interface LiveSocket {
  /** Dials and says hello; false when nobody answered in time. */
  dial(): Promise<boolean>;
  readonly isOpen: boolean;
  /** The app went out of sight, or came back. */
  pace(hidden: boolean): void;
  close(): void;
}

export const dialTimeoutMs = 5_000;
export const pingEveryMs = 20_000;
export const pongWithinMs = 10_000;
/**
 * What was taken is acknowledged together: after so many pages, bytes, or this time, and when
 * nothing more came for a while ([S26]).
 */
export const ackAfterPages = 32;
export const ackAfterBytes = 64 * 1024;
export const ackAfterMs = 8_000;
export const ackAfterQuietMs = 1_500;

export function createLiveSocket(deps: LiveSocketDeps): LiveSocket {
  let current: Connection | null = null;

  return {
    get isOpen() {
      return current?.isOpen ?? false;
    },
    async dial() {
      current?.close();
      const connection = new Connection(deps, () => {
        if (current !== connection) return;
        current = null;
        deps.core.hangUp();
        deps.onClose();
      });
      current = connection;
      return connection.opened;
    },
    pace: (hidden) => current?.pace(hidden),
    close: () => current?.close(),
  };
}

type Ack = Extract<LiveUp, { readonly t: "ack" }>;

/** Pages that were taken and not acknowledged yet. */
interface Unsaid {
  readonly message: Ack;
  readonly pages: number;
  readonly bytes: number;
  /** When the first of them came, by the monotonic clock. */
  readonly since: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

class Connection {
  readonly opened: Promise<boolean>;
  isOpen = false;
  readonly #deps: LiveSocketDeps;
  readonly #socket: Wire;
  readonly #onEnd: () => void;
  #hasEnded = false;
  #resolveOpened: (isOpen: boolean) => void = () => undefined;
  #timer: ReturnType<typeof setTimeout>;
  readonly #understand = createUnderstanding();
  #unsaid: Unsaid | null = null;
  /** The first with rows is told at once: the server learns how quick the line is. */
  #hasAcked = false;
  /** Browsers let timers wait for a minute there: nothing is left to one. */
  #isHidden = false;
  #pings = 0;
  #pinged: Moment;
  #isWaiting = false;

  constructor(deps: LiveSocketDeps, onEnd: () => void) {
    this.#deps = deps;
    this.#onEnd = onEnd;
    this.#pinged = momentOf(deps.clock);
    this.opened = new Promise((resolve) => {
      this.#resolveOpened = resolve;
    });
    this.#socket = deps.createSocket();
    this.#socket.binaryType = "arraybuffer";
    this.#timer = setTimeout(() => this.close(), dialTimeoutMs);
    // What the database cannot do now is no loss: the next connection says where it stands.
    const giveUp = () => this.close();
    this.#socket.addEventListener("open", () => void this.#greet().catch(giveUp));
    this.#socket.addEventListener("message", ({ data }) => void this.#hear(data).catch(giveUp));
    this.#socket.addEventListener("close", () => this.close());
    this.#socket.addEventListener("error", () => this.close());
  }

  say(message: LiveUp): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  pace(hidden: boolean): void {
    this.#isHidden = hidden;
    if (hidden) this.#sayAck();
    this.say({ t: "pace", hidden });
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const wasOpen = this.isOpen;
    this.isOpen = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#unsaid?.timer);
    this.#socket.close();
    this.#resolveOpened(false);
    if (wasOpen) this.#onEnd();
  }

  async #greet(): Promise<void> {
    const hello = await this.#deps.core.hello();
    if (this.#hasEnded) return;
    this.say(hello);
    this.isOpen = true;
    this.#resolveOpened(true);
    this.#pingSoon();
  }

  #pingSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ping(), pingEveryMs);
  }

  #ping(): void {
    this.#pings += 1;
    this.#pinged = momentOf(this.#deps.clock);
    this.#isWaiting = true;
    this.say({ t: "ping", n: this.#pings });
    this.#timer = setTimeout(() => this.close(), pongWithinMs);
  }

  async #hear(data: unknown): Promise<void> {
    const message = this.#understand(data);
    if (message === null || this.#hasEnded) return;
    if (message.t === "pong") {
      return this.#pong(message);
    }
    const step = await this.#deps.core.receive(message);
    if (this.#hasEnded) return;
    if (step.act === "ack") this.#ack(step.message, message, sizeOf(data));
    // It stands elsewhere than the server thinks: a new hello on the same line says where.
    if (step.act === "redial") {
      this.#forgetAck();
      this.say(await this.#deps.core.hello());
    }
    if (step.act === "stop") this.close();
  }

  /** The last one speaks for those before it. */
  #ack(message: Ack, about: Heard, bytes: number): void {
    const before = this.#unsaid;
    const now = this.#deps.clock.monotonic();
    const since = before?.since ?? now;
    const waitMs = Math.min(ackAfterQuietMs, since + ackAfterMs - now);
    clearTimeout(before?.timer);
    const unsaid = {
      message,
      pages: (before?.pages ?? 0) + 1,
      bytes: (before?.bytes ?? 0) + bytes,
      since,
      timer: setTimeout(() => this.#sayAck(), waitMs),
    };
    this.#unsaid = unsaid;
    if (this.#isDue(unsaid, about)) this.#sayAck();
    this.#hasAcked ||= hasRows(about);
  }

  #isDue(unsaid: Unsaid, about: Heard): boolean {
    return !this.#hasAcked || this.#isHidden || isFull(unsaid) || isFilling(about);
  }

  #sayAck(): void {
    const unsaid = this.#unsaid;
    this.#forgetAck();
    if (unsaid !== null && !this.#hasEnded) this.say(unsaid.message);
  }

  #forgetAck(): void {
    clearTimeout(this.#unsaid?.timer);
    this.#unsaid = null;
  }

  async #pong({ n, time, lease }: Extract<LiveDown, { readonly t: "pong" }>): Promise<void> {
    if (!this.#isWaiting || n !== this.#pings) return;
    this.#isWaiting = false;
    this.#pingSoon();
    await this.#deps.core.compare(this.#pinged, time);
    this.#deps.core.renew(lease);
  }
}

function isFull({ pages, bytes }: Unsaid): boolean {
  return pages >= ackAfterPages || bytes >= ackAfterBytes;
}

/** More follows at once. */
function isFilling(message: Heard): boolean {
  return message.t === "page" && Object.values(message.feeds).some(({ more }) => more);
}

function hasRows(message: Heard): boolean {
  return message.t === "page" && Object.values(message.feeds).some(({ from, to }) => from !== to);
}

function sizeOf(data: unknown): number {
  return data instanceof ArrayBuffer ? data.byteLength : String(data).length;
}
