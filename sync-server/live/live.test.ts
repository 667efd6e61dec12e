import { randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import type { Rollup } from "#domain/report/rollup.ts";
import { feeds } from "#domain/sync/document.ts";
import type { Page } from "#protocol/down.ts";
import { createUnderstanding, type Heard } from "#protocol/heard.ts";
import { protocolVersion } from "#protocol/version.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { WebSocket } from "ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aCampaign, ana, anId, ben } from "../../tests/support/campaigns.ts";
import { aRollup } from "../../tests/support/analytics.ts";
import { toProblem } from "../http/problem.ts";
import type { Caller } from "../http/route.ts";
import { openInlineStore } from "../store/sqlite/inline.ts";
import type { Store } from "../store/store.ts";
import { registerLive, type Live } from "./live.ts";
import { createDevices } from "../access/devices.ts";
import { createPuller } from "./pull.ts";

const workspace = anId(0x1);
const origin = "http://localhost:3000";

const aPin = { id: anId(0x500), rev: 1, campaignId: aCampaign().id, at: 0 };

const caller: Caller = {
  workspace,
  user: ana,
  role: "office",
  name: "Ana",
  access: { fieldMaySend: false },
  viaKey: false,
};

let store: Store;
let reads = 0;
let app: FastifyInstance;
let live: Live;
let url: string;
const devices: Device[] = [];
const sessions = new Set<string>();
/** Until then nobody is told who they are. */
let gate = Promise.resolve();

beforeEach(async () => {
  const inner = openInlineStore(":memory:");
  reads = 0;
  sessions.add("session=ana").add("session=other").add("session=ben");
  store = {
    ...inner,
    sync: {
      ...inner.sync,
      pages: (args) => {
        reads += 1;
        return inner.sync.pages(args);
      },
    },
  };
  const clock = Date.now;
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    const { problem } = toProblem(error);
    return reply.code(problem.status).send(problem);
  });
  live = registerLive(app, {
    store,
    puller: createPuller({ store, clock }),
    devices: createDevices({ store, clock, endSession: async () => undefined }),
    clock,
    authenticate: async ({ headers: { cookie = "" } }) => {
      await gate;
      if (!sessions.has(cookie)) return null;
      return cookie === "session=ben" ? { ...caller, user: ben } : caller;
    },
    origins: [origin],
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  url = `${address.replace("http", "ws")}/sync/live`;
});

afterEach(async () => {
  for (const device of devices.splice(0)) device.socket.terminate();
  await app.close();
  await store.close();
});

/** A device at the other end: remembers what it heard and where it stands. */
class Device {
  readonly client = randomUUIDv7();
  readonly socket: WebSocket;
  readonly heard: Heard[] = [];
  /** How long each message was that is no text. */
  readonly bytes: number[] = [];
  readonly #understand = createUnderstanding();
  readonly #waiting = new Set<() => void>();

  constructor(headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers: { cookie: "session=ana", origin, ...headers } });
    this.socket.on("message", (data: Buffer, isBytes: boolean) => {
      if (isBytes) this.bytes.push(data.length);
      const heard = this.#understand(isBytes ? data : String(data));
      if (heard !== null) this.heard.push(heard);
      for (const look of this.#waiting) look();
    });
    this.socket.on("error", () => undefined);
    devices.push(this);
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message heard so far or from now on that fits. */
  hears<T extends Heard>(fits: (message: Heard) => message is T): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.heard.find(fits);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async hello(from: Partial<Record<string, number>> = {}, epoch?: string): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, "open");
    this.say({
      t: "hello",
      v: protocolVersion,
      schema: 1,
      client: this.client,
      instance: anId(0xd1),
      epoch: epoch ?? (await store.sync.epoch({})),
      ch: "chain",
      feeds: Object.fromEntries(feeds.map((feed) => [feed, { from: from[feed] ?? 0 }])),
    });
  }
}

function pageTo(team: number) {
  return (message: Heard): message is Page =>
    message.t === "page" && message.feeds["team"]?.to === team;
}

function isBye(message: Heard): message is Extract<Heard, { t: "bye" }> {
  return message.t === "bye";
}

async function writeCampaign(rev: number): Promise<void> {
  const doc = aCampaign({ rev });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "campaign", id: doc.id, doc }],
    activity: null,
    now: 0,
  });
}

const point = (n: number, sent: number) => ({ at: n * 60_000, entered: { sent } });

function rollTo(roll: number) {
  return (message: Heard): message is Page =>
    message.t === "page" && message.feeds["roll"]?.to === roll;
}

function rollupIn(page: Page): unknown {
  return page.feeds["roll"]?.rows.doc[0];
}

async function writeRollup(doc: Rollup): Promise<void> {
  const writes = [{ kind: "rollup", id: doc.id, doc } as const];
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 0 });
}

describe("the live stream", () => {
  test("[S25] answers a hello with where the server is, then tells what moves", async () => {
    await writeCampaign(1);
    const device = new Device();
    await device.hello();
    const first = await device.hears(pageTo(1));
    expect(first).toMatchObject({ ch: "chain", feeds: { team: { from: 0, more: false } } });
    device.say({ t: "ack", ch: "chain", feeds: { org: 0, team: 1, roll: 0 } });
    await writeCampaign(2);
    const second = await device.hears(pageTo(2));
    expect(second.feeds["team"]).toMatchObject({ from: 1, rows: { ver: [2] } });
  });

  test("[S25] another history is answered with a reset", async () => {
    const device = new Device();
    await device.hello({}, "elsewhere");
    const reset = await device.hears((message) => message.t === "reset");
    expect(reset).toMatchObject({ feeds: { team: { h0: 0 } } });
  });

  test("[S26] a device that acknowledges nothing gets two pages and no more, then all at once", async () => {
    await writeCampaign(1);
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(1));
    await writeCampaign(2);
    await device.hears(pageTo(2));
    for (const rev of [3, 4, 5, 6]) await writeCampaign(rev);
    device.say({ t: "ping", n: 1 });
    await device.hears((message) => message.t === "pong");
    expect(device.heard.filter(({ t }) => t === "page")).toHaveLength(2);
    device.say({ t: "ack", ch: "chain", feeds: { org: 0, team: 2, roll: 0 } });
    const third = await device.hears(pageTo(6));
    expect(third.feeds["team"]).toMatchObject({ from: 2, rows: { ver: [6] } });
  });

  test("[S26] a device that names another chain is believed, and sent from there", async () => {
    await writeCampaign(1);
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(1));
    device.say({ t: "ack", ch: "other", feeds: { org: 0, team: 0, roll: 0 } });
    const again = await device.hears(
      (message): message is Page => message.t === "page" && message.ch === "other",
    );
    expect(again.feeds["team"]).toMatchObject({ from: 0, to: 1 });
  });

  test("[S20] a device that was behind while removals were purged must begin again", async () => {
    await writeCampaign(1);
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(1));
    const gone = { kind: "campaign", id: aCampaign().id, doc: null } as const;
    let purged = false;
    const inner = { ...store.sync };
    // The removal is purged between its wake-up and the read that would have told it.
    Object.assign(store.sync, {
      pages: async (args: Parameters<typeof inner.pages>[0]) => {
        if (!purged) await store.sync.purge({ before: 10 });
        purged = true;
        return inner.pages(args);
      },
    });
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes: [gone],
      activity: null,
      now: 0,
    });
    const reset = await device.hears((message) => message.t === "reset");
    expect(reset).toMatchObject({ feeds: { team: { h0: 2 } } });
  });

  test("[S28] devices at the same place share one read", async () => {
    const crowd = Array.from({ length: 20 }, () => new Device());
    await Promise.all(crowd.map((device) => device.hello()));
    await Promise.all(crowd.map((device) => device.hears(pageTo(0))));
    const before = reads;
    await writeCampaign(1);
    await Promise.all(crowd.map((device) => device.hears(pageTo(1))));
    expect(reads - before).toBeLessThan(crowd.length);
  });

  test("[S51] who follows counters is told what changed of them, and the whole after a break", async () => {
    const { id } = aCampaign();
    const hour = Array.from({ length: 60 }, (_, n) => point(n, 100 + n));
    await writeRollup(aRollup({ id, series: hour }));
    const device = new Device();
    await device.hello();
    const first = await device.hears(rollTo(1));
    expect(rollupIn(first)).toMatchObject({ series: hour });
    device.say({ t: "ack", ch: "chain", feeds: { org: 0, team: 0, roll: 1 } });
    await writeRollup(aRollup({ id, rate: 7, series: [...hour.slice(0, 59), point(59, 200)] }));
    const second = await device.hears(rollTo(2));
    expect(rollupIn(second)).toEqual({ id, since: 1, rate: 7, series: [point(59, 200)] });
    // Nor is there a word of the feeds that did not move.
    expect([Object.keys(first.feeds).length, Object.keys(second.feeds)]).toEqual([4, ["roll"]]);
    expect(JSON.stringify(second).length).toBeLessThan(JSON.stringify(first).length / 5);
    // The buckets stay as they are: nothing of them is sent.
    device.say({ t: "ack", ch: "chain", feeds: { org: 0, team: 0, roll: 2 } });
    const now = aRollup({ id, rate: 8, series: [...hour.slice(0, 59), point(59, 200)] });
    await writeRollup(now);
    expect(rollupIn(await device.hears(rollTo(3)))).toEqual({ id, since: 2, rate: 8 });
    expect(device.bytes).toHaveLength(2);
    expect(Math.max(...device.bytes)).toBeLessThan(60);
    // Which pages arrived nobody knows: the whole, from where the device says that it stands.
    device.say({ t: "ack", ch: "other", feeds: { org: 0, team: 0, roll: 1 } });
    const again = await device.hears(
      (message): message is Page => message.t === "page" && message.ch === "other",
    );
    expect(rollupIn(again)).toEqual(now);
    const late = new Device();
    await late.hello({ roll: 2 });
    expect(rollupIn(await late.hears(rollTo(3)))).toEqual(now);
  });

  test("[S16] nobody hears of another workspace", async () => {
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(0));
    await store.sync.commitWrites({
      workspace: anId(0x2),
      expect: [],
      writes: [{ kind: "campaign", id: anId(0x150), doc: aCampaign({ id: anId(0x150) }) }],
      activity: null,
      now: 0,
    });
    await writeCampaign(1);
    const page = await device.hears(pageTo(1));
    expect(page.feeds["team"]?.rows.id).toEqual([aCampaign().id]);
  });

  test("[S16] what is a person's own goes to their devices and to nobody else's", async () => {
    const everybody = [new Device(), new Device(), new Device({ cookie: "session=ben" })] as const;
    const [one, other, bens] = everybody;
    for (const device of everybody) {
      await device.hello();
      await device.hears(pageTo(0));
    }
    const doc = { ...aPin, user: ana };
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes: [{ kind: "pin", id: doc.id, doc }],
      activity: null,
      now: 0,
    });
    const hasPin = (message: Heard): message is Page =>
      message.t === "page" && message.feeds["user"]?.rows.id.includes(doc.id) === true;
    await Promise.all([one.hears(hasPin), other.hears(hasPin)]);
    await writeCampaign(1);
    await bens.hears(pageTo(1));
    expect(bens.heard.some(hasPin)).toBe(false);
  });

  test("[S31] a ping is answered with the server's time", async () => {
    const device = new Device();
    await once(device.socket, "open");
    device.say({ t: "ping", n: 7 });
    expect(await device.hears((message) => message.t === "pong")).toMatchObject({ n: 7 });
  });
});

describe("who may listen", () => {
  test("[S30] nobody signed in is told so and sent away", async () => {
    const device = new Device({ cookie: "session=nobody" });
    const [code] = await once(device.socket, "close");
    expect(code).toBe(4401);
    expect(device.heard).toEqual([{ t: "bye", why: "signed_out" }]);
    expect(live.size()).toBe(0);
  });

  test("[S30] signing out ends the stream of that person", async () => {
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(0));
    live.end(workspace, ana);
    expect(await device.hears(isBye)).toMatchObject({ why: "signed_out" });
  });

  test("[S30] signing out on one device leaves the others", async () => {
    const [one, other] = [new Device(), new Device({ cookie: "session=other" })];
    for (const device of [one, other]) {
      await device.hello();
      await device.hears(pageTo(0));
    }
    sessions.delete("session=ana");
    await live.look();
    await one.hears(isBye);
    await writeCampaign(1);
    await other.hears(pageTo(1));
    expect(one.heard.at(-1)?.t).toBe("bye");
  });

  test("[S29] a page of another site gets no stream, one of the same host does", async () => {
    const foreign = new Device({ origin: "https://evil.example" });
    const [error] = await once(foreign.socket, "error");
    expect(String(error)).toContain("403");
    const same = new Device({ origin: url.replace("ws", "http").replace("/sync/live", "") });
    await same.hello();
    await same.hears(pageTo(0));
  });

  test("[S29] what is not of this protocol ends the stream, what is newer is ignored", async () => {
    const device = new Device();
    await device.hello();
    device.say({ t: "dance" });
    device.say({ t: "ping", n: 1 });
    await device.hears((message) => message.t === "pong");
    device.say({ t: "ping", n: "one" });
    const [code] = await once(device.socket, "close");
    expect(code).toBe(1008);
  });

  test("[S29] a message that is too large, and too many of them, end the stream", async () => {
    const large = new Device();
    await once(large.socket, "open");
    large.socket.send("x".repeat(70_000));
    expect((await once(large.socket, "close"))[0]).toBe(1009);
    const many = new Device();
    await once(many.socket, "open");
    for (let n = 0; n <= 301; n++) many.say({ t: "ping", n });
    expect((await once(many.socket, "close"))[0]).toBe(1008);
  });

  test("[S23] an old build is told to update", async () => {
    const device = new Device();
    await once(device.socket, "open");
    device.say({
      t: "hello",
      v: protocolVersion,
      schema: 0,
      client: anId(0xc1),
      instance: anId(0xd1),
      epoch: null,
      ch: "",
      feeds: {},
    });
    expect(await device.hears(isBye)).toMatchObject({ why: "upgrade_required" });
  });

  test("who is gone before it is known who they are is not kept", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const device = new Device();
    await once(device.socket, "open");
    const gone = once(device.socket, "close");
    device.socket.terminate();
    await gone;
    // By then the server knows, too: another one that came later has been closed again.
    const later = new Device();
    await once(later.socket, "open");
    later.socket.close();
    await once(later.socket, "close");
    resolve();
    await gate;
    const known = new Device();
    await known.hello();
    await known.hears(pageTo(0));
    expect(live.size()).toBe(1);
  });

  test("a server that stops closes every stream", async () => {
    const device = new Device();
    await device.hello();
    await device.hears(pageTo(0));
    const closed = once(device.socket, "close");
    await app.close();
    await closed;
    expect(device.socket.readyState).toBe(WebSocket.CLOSED);
  });
});
