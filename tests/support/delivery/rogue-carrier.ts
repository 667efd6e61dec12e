/**
 * A carrier behind a URL that misbehaves at will: what it does with a call is decided by the
 * test. It remembers every call, and how much of its answers was taken from it.
 */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface RogueCall {
  readonly key: string;
  readonly to: string;
  readonly callbackUrl: string;
  /** Calls with this key so far, this one included. */
  readonly call: number;
}

/** Answers a call, or does not. */
export type Misdeed = (response: ServerResponse, call: RogueCall) => void | Promise<void>;

const json = { "content-type": "application/json" };

/** An answer as it should be, but for what is given. */
export function answering(
  status: number,
  body = "{}",
  headers: OutgoingHttpHeaders = json,
): Misdeed {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** A hundred megabytes, as fast as they are taken. */
export function huge(status: number): Misdeed {
  return async (response) => {
    response.writeHead(status, json);
    const part = Buffer.alloc(64 * 1024, "x");
    const end = gone(response);
    for (let sent = 0; sent < 1_600 && !response.destroyed; sent++) {
      if (!response.write(part)) await Promise.race([once(response, "drain"), end]);
    }
    response.end();
  };
}

/** Never comes to an end of its body. */
export const drips: Misdeed = async (response) => {
  response.writeHead(200, json);
  while (!response.destroyed) {
    response.write(" ");
    await sleep(200);
  }
};

/** Never answers. */
export const silent: Misdeed = () => undefined;

/** Cuts the connection instead of an answer. */
export const cutHead: Misdeed = (response) => void response.socket?.destroy();

/** Promises a thousand bytes and cuts the connection after a few. */
export const cutBody: Misdeed = async (response) => {
  response.writeHead(200, { ...json, "content-length": "1000" }).write('{"id":');
  await sleep(20);
  response.socket?.destroy();
};

/** Says something that is no HTTP at all. */
export const noHttp: Misdeed = (response) => void response.socket?.end("SSH-2.0-OpenSSH_9.2\r\n");

/** A head that is larger than any client takes. */
export const bigHead: Misdeed = (response) => {
  const lines = Array.from({ length: 64 }, (_, n) => `x-${n}: ${"y".repeat(2_000)}\r\n`);
  response.socket?.write(`HTTP/1.1 200 OK\r\n${lines.join("")}\r\n`);
};

export class RogueCarrier {
  /** Calls by recipient, in order. */
  readonly calls: RogueCall[] = [];
  readonly #server: Server;
  readonly #decide: (call: RogueCall) => Misdeed;
  readonly #byKey = new Map<string, number>();

  private constructor(decide: (call: RogueCall) => Misdeed) {
    this.#decide = decide;
    this.#server = createServer((request, response) => void this.#hear(request, response));
  }

  static async open(decide: (call: RogueCall) => Misdeed): Promise<RogueCarrier> {
    const carrier = new RogueCarrier(decide);
    await carrier.listen(0);
    return carrier;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/messages`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Nobody listens any more; the port stays free for `listen`. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  callsTo(to: string): readonly RogueCall[] {
    return this.calls.filter((call) => call.to === to);
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    let text = "";
    for await (const part of request) text += String(part);
    if (request.method !== "POST") {
      response.writeHead(204).end();
      return;
    }
    const { key, to, callbackUrl } = JSON.parse(text);
    const n = (this.#byKey.get(key) ?? 0) + 1;
    this.#byKey.set(key, n);
    const call: RogueCall = { key, to, callbackUrl, call: n };
    this.calls.push(call);
    await this.#decide(call)(response, call);
  }
}

async function gone(response: ServerResponse): Promise<void> {
  if (!response.destroyed) await once(response, "close");
}
