/**
 * A carrier behind a URL, as a customer would write one: it honours keys, remembers what it did
 * for whom, and reports each message to the callback URL until that was taken.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export interface SinkMessage {
  readonly key: string;
  readonly to: string;
  readonly content: { readonly subject: string; readonly text: string; readonly html: string };
  readonly callbackUrl: string;
}

export interface SinkOptions {
  /** Where it listens; at a free port when left out. */
  readonly port?: number;
  /** Decides the status of a call; 200 when left out. */
  readonly status?: (message: SinkMessage, call: number) => number;
  /** Cuts the connection after the message took effect. */
  readonly cuts?: (message: SinkMessage, call: number) => boolean;
  /** Acts on every call, also on one whose key it has heard before. */
  readonly ignoresKeys?: boolean;
  readonly latencyMs?: number;
  /** A call waits for it before anything becomes of it: a test holds the carrier where it has to look. */
  readonly turn?: (message: SinkMessage) => Promise<void>;
  /** Whether it reports each message as delivered. */
  readonly reports?: boolean;
  /** What it reports; delivered when left out. */
  readonly fate?: (message: SinkMessage) => { readonly state: string; readonly reason?: string };
}

export class WebhookSink {
  /** By key: the one message that took effect. */
  readonly effects = new Map<string, SinkMessage>();
  /** By recipient: how often it acted. */
  readonly acts = new Map<string, number>();
  /** Calls by key, the repeated ones too. */
  readonly calls = new Map<string, number>();
  /** Repeats of a key with another message: must stay empty. */
  readonly conflicts: string[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  readonly #server: Server;
  readonly #options: SinkOptions;
  readonly #unreported: SinkMessage[] = [];
  #reporting: Promise<void> = Promise.resolve();
  #isClosed = false;
  #count = 0;
  #underWay = 0;

  private constructor(options: SinkOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(options: SinkOptions = {}): Promise<WebhookSink> {
    const sink = new WebhookSink(options);
    sink.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(sink.#server, "listening");
    if (options.reports === true) sink.#reporting = sink.#report();
    return sink;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the sink is not open");
    return `http://127.0.0.1:${address.port}/messages`;
  }

  /** What it did and could not report yet. */
  get unreported(): number {
    return this.#unreported.length;
  }

  /** Whoever called was killed: until everything that they said is heard, and has come to its end. */
  async settled(): Promise<void> {
    const connections = promisify(this.#server.getConnections.bind(this.#server));
    while ((await connections()) + this.#underWay > 0) await sleep(20);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reporting;
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Reports these messages now, in one call; whether the server took it. */
  async tell(
    messages: readonly SinkMessage[],
    fate: NonNullable<SinkOptions["fate"]>,
  ): Promise<boolean> {
    const [first] = messages;
    return first !== undefined && (await post(first.callbackUrl, messages, fate));
  }

  /** As if it had done these before. */
  remember(messages: readonly SinkMessage[]): void {
    for (const message of messages) {
      this.effects.set(message.key, message);
      this.acts.set(message.to, (this.acts.get(message.to) ?? 0) + 1);
    }
  }

  /** Everything that took effect for addresses that begin so. */
  sentTo(start: string): readonly SinkMessage[] {
    return [...this.effects.values()].filter(({ to }) => to.startsWith(start));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#serve(request, response);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readAll(request);
    // Whoever called was killed in the middle of it.
    if (text === null) return;
    if (request.method !== "POST") {
      response.writeHead(204).end();
      return;
    }
    this.headers.push(request.headers);
    await this.#act(JSON.parse(text), response);
  }

  async #act(message: SinkMessage, response: ServerResponse): Promise<void> {
    this.#count += 1;
    const status = this.#options.status?.(message, this.#count) ?? 200;
    const cuts = this.#options.cuts?.(message, this.#count) ?? false;
    await this.#isTurnOf(message);
    this.calls.set(message.key, (this.calls.get(message.key) ?? 0) + 1);
    if (status < 300 || cuts) this.#take(message);
    if (cuts) response.socket?.destroy();
    else response.writeHead(status, status === 429 ? { "retry-after": "1" } : {}).end("{}");
  }

  async #isTurnOf(message: SinkMessage): Promise<void> {
    if (this.#options.latencyMs !== undefined) await sleep(this.#options.latencyMs);
    await this.#options.turn?.(message);
  }

  #take(message: SinkMessage): void {
    const known = this.effects.get(message.key);
    if (known === undefined || this.#options.ignoresKeys === true) {
      this.effects.set(message.key, message);
      this.acts.set(message.to, (this.acts.get(message.to) ?? 0) + 1);
      this.#unreported.push(message);
    } else if (known.to !== message.to || known.content.text !== message.content.text) {
      this.conflicts.push(message.key);
    }
  }

  /** Reports in order and in parts, again and again until the server is there to take it. */
  async #report(): Promise<void> {
    while (!this.#isClosed) {
      const part = this.#unreported.slice(0, 200);
      const [first] = part;
      if (first === undefined || !(await post(first.callbackUrl, part, this.#options.fate)))
        await sleep(50);
      else this.#unreported.splice(0, part.length);
    }
  }
}

/** null: it broke off. */
async function readAll(request: IncomingMessage): Promise<string | null> {
  let text = "";
  try {
    for await (const part of request) text += String(part);
  } catch {
    return null;
  }
  return text;
}

async function post(
  url: string,
  messages: readonly SinkMessage[],
  fate: SinkOptions["fate"] = () => ({ state: "delivered" }),
): Promise<boolean> {
  const receipts = messages.map((message) => ({ key: message.key, ...fate(message) }));
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ receipts }),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
