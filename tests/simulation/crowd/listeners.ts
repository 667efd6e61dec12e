/** Devices on the live stream of a real server, many of them: each keeps only what it must. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { feeds } from "#domain/sync/document.ts";
import { columns, fromColumns } from "#protocol/columns.ts";
import { fromFrame } from "#protocol/frame.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import * as v from "valibot";
import { WebSocket } from "ws";

/** As often as the app says what it has. */
const ackEveryMs = 1_000;
/** A server of the size that this is run on takes so many handshakes at once. */
const openAtOnce = 50;

/** The first message of a device that has nothing yet; its chain is named `crowd`. */
export function aHello(client: string, epoch: string | null): string {
  const at = Object.fromEntries(feeds.map((feed) => [feed, { from: 0 }]));
  // An instance of its own each time would be a copy of the device.
  const who = { v: protocolVersion, schema: schemaVersion, client, instance: client };
  return JSON.stringify({ t: "hello", ...who, epoch, ch: "crowd", feeds: at });
}

export interface ListenersOf {
  readonly url: string;
  /** One device each, by API key. */
  readonly keys: readonly string[];
  readonly campaign: string;
}

/** Everybody who listens, and what each was told of one campaign. */
export class Listeners {
  readonly #devices: readonly Listener[];

  private constructor(devices: readonly Listener[]) {
    this.#devices = devices;
  }

  static async open({ url, keys, campaign }: ListenersOf): Promise<Listeners> {
    const devices: Listener[] = [];
    for (let at = 0; at < keys.length; at += openAtOnce) {
      const some = keys.slice(at, at + openAtOnce);
      devices.push(...(await Promise.all(some.map((key) => Listener.open(url, key, campaign)))));
    }
    return new Listeners(devices);
  }

  /** How many were told of so many delivered messages. */
  toldOf(delivered: number): number {
    return this.#devices.filter((each) => each.delivered >= delivered).length;
  }

  /** Connections that are still there. */
  get alive(): number {
    return this.#devices.filter(({ isOpen }) => isOpen).length;
  }

  close(): void {
    for (const each of this.#devices) each.close();
  }
}

class Listener {
  delivered = 0;
  readonly #client = randomUUID();
  readonly #socket: WebSocket;
  readonly #campaign: string;
  readonly #at: Record<string, number> = {};
  readonly #acks: NodeJS.Timeout;
  #hasNews = false;

  private constructor(socket: WebSocket, campaign: string) {
    this.#socket = socket;
    this.#campaign = campaign;
    socket.on("message", (data: Buffer, isBytes: boolean) => this.#hear(data, isBytes));
    socket.on("error", () => undefined);
    this.#acks = setInterval(() => this.#acknowledge(), ackEveryMs);
  }

  static async open(url: string, key: string, campaign: string): Promise<Listener> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/sync/live`, {
      headers: { authorization: `Bearer ${key}`, origin: url },
      perMessageDeflate: false,
    });
    const listener = new Listener(socket, campaign);
    await once(socket, "open");
    socket.send(aHello(listener.#client, null));
    return listener;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    clearInterval(this.#acks);
    this.#socket.terminate();
  }

  #hear(data: Buffer, isBytes: boolean): void {
    const text = isBytes ? "" : data.toString();
    if (text.includes('"t":"reset"')) {
      const { epoch } = JSON.parse(text);
      this.#socket.send(aHello(this.#client, epoch));
      return;
    }
    if (!isBytes && !text.includes('"t":"page"')) return;
    const { at, delivered } = readPage(data, isBytes, this.#campaign);
    Object.assign(this.#at, at);
    this.delivered = Math.max(this.delivered, delivered);
    this.#hasNews = true;
  }

  #acknowledge(): void {
    if (!this.#hasNews || !this.isOpen) return;
    this.#hasNews = false;
    this.#socket.send(JSON.stringify({ t: "ack", ch: "crowd", feeds: this.#at }));
  }
}

interface ReadPage {
  readonly at: Readonly<Record<string, number>>;
  readonly delivered: number;
}

const Rollup = v.object({ id: v.string(), states: v.object({ delivered: v.number() }) });
const Page = v.object({
  feeds: v.record(
    v.string(),
    v.object({
      to: v.number(),
      rows: v.object({ doc: v.pipe(columns, v.transform(fromColumns)) }),
    }),
  ),
});

/** Who stands at the same place hears the same words: they are read once. */
let last: { readonly data: Buffer; readonly page: ReadPage } | null = null;

function readPage(data: Buffer, isBytes: boolean, campaign: string): ReadPage {
  if (last?.data.equals(data) === true) return last.page;
  const counted = isBytes ? { feeds: { roll: fromFrame(data)?.roll } } : null;
  const { feeds: pages } = v.parse(Page, counted ?? JSON.parse(data.toString()));
  const docs = Object.values(pages).flatMap(({ rows }) => rows.doc);
  const counts = docs.map((doc) =>
    v.is(Rollup, doc) && doc.id === campaign ? doc.states.delivered : 0,
  );
  const at = Object.fromEntries(Object.entries(pages).map(([feed, { to }]) => [feed, to]));
  const page = { at, delivered: Math.max(0, ...counts) };
  last = { data, page };
  return page;
}
