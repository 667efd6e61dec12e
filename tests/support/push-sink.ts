// A push service on loopback and the browser behind it: it hands out subscriptions, checks who
// pushes (VAPID, RFC 8292), opens what was pushed (RFC 8291, with nothing but Node's own
// cryptography) and keeps, for each subscription, what its device would show.
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface PushedNotice {
  readonly web_push: number;
  readonly notification: {
    readonly title: string;
    readonly body: string;
    readonly navigate: string;
    readonly tag: string;
  };
}

export interface Push {
  readonly notice: PushedNotice;
  readonly topic: string;
  readonly ttl: number;
}

interface Browser {
  readonly ecdh: ECDH;
  readonly auth: Buffer;
}

/** The keys with which a browser opens what is pushed to one subscription. */
export function createBrowser(privateKey?: Buffer, auth: Buffer = randomBytes(16)): Browser {
  const ecdh = createECDH("prime256v1");
  if (privateKey === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(privateKey);
  return { ecdh, auth };
}

/** What a push says (RFC 8291, 3.4; RFC 8188). Throws when it was not meant for this browser. */
export function openPush({ ecdh, auth }: Browser, body: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync("sha256", ecdh.computeSecret(sender), auth, info, 32));
  const part = (name: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", ikm, salt, `Content-Encoding: ${name}\0`, length));
  const opened = createDecipheriv("aes-128-gcm", part("aes128gcm", 16), part("nonce", 12));
  opened.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([opened.update(sealed.subarray(0, -16)), opened.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString("utf8");
}

export class PushSink {
  /** By the name of the subscription, all that was taken for it. */
  readonly taken = new Map<string, Push[]>();
  /** By the name of the subscription: every call, the refused ones too. */
  readonly calls = new Map<string, number>();
  readonly #browsers = new Map<string, Browser>();
  readonly #server: Server;
  /** What it answers instead of taking the push. */
  readonly status = new Map<string, number>();
  #serverKey = "";

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<PushSink> {
    const sink = new PushSink();
    sink.#server.listen(0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  /** What a browser would answer that subscribed for the server with this key. */
  subscribe(name: string, serverKey: string) {
    this.#serverKey = serverKey;
    const browser = createBrowser();
    this.#browsers.set(name, browser);
    const keys = {
      p256dh: browser.ecdh.getPublicKey("base64url"),
      auth: browser.auth.toString("base64url"),
    };
    return { name, endpoint: `${this.#origin}/push/${name}`, keys };
  }

  /** What is on the device's screen: one for each tag. */
  shown(name: string): readonly PushedNotice["notification"][] {
    const all = (this.taken.get(name) ?? []).map(({ notice }) => notice.notification);
    return [...new Map(all.map((each) => [each.tag, each])).values()];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  get #origin(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the sink is not open");
    return `http://127.0.0.1:${address.port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? "").split("/").at(-1) ?? "";
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(Buffer.from(part));
    const browser = this.#browsers.get(name);
    const status = this.status.get(name) ?? (browser === undefined ? 404 : this.#admit(request));
    if (browser !== undefined && status === 201) {
      const notice: PushedNotice = JSON.parse(openPush(browser, Buffer.concat(parts)));
      const { topic, ttl } = request.headers;
      const push = { notice, topic: String(topic), ttl: Number(ttl) };
      this.taken.set(name, [...(this.taken.get(name) ?? []), push]);
    }
    response.writeHead(status).end();
  }

  /** 201 for who holds the key that the browser subscribed with, for this service and for now. */
  #admit({ headers: { authorization = "" } }: IncomingMessage): number {
    const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
    if (key !== this.#serverKey || !isSignedBy(key, token)) return 403;
    const claims = Buffer.from(token.split(".")[1] ?? "", "base64url");
    const { aud, exp, sub } = JSON.parse(claims.toString());
    const isNow = exp > Date.now() / 1_000 && exp < Date.now() / 1_000 + 86_400;
    return aud === this.#origin && isNow && /^(?:mailto|https):/.test(sub) ? 201 : 403;
  }
}

function isSignedBy(key: string, token: string): boolean {
  const [head, claims, signature = ""] = token.split(".");
  return verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: publicKeyOf(key), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
}

function publicKeyOf(key: string) {
  const point = Buffer.from(key, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString("base64url"),
  );
  return createPublicKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" },
  });
}
