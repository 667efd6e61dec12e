// The live stream of many devices on one server, in a time of its own: the product's hub and
// sessions over sockets that are quick, slow or stalled. Checked with each frame: nobody is told
// more often than the pace allows, nobody's unread pages grow, and nobody waits for another (I14).
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { anId } from "../../support/campaigns.ts";
import { fewAtOnce } from "#server/live/few-at-once.ts";
import type { Listener } from "#server/live/crowds.ts";
import { createHub, type Hub } from "#server/live/hub.ts";
import { hiddenEveryMs, visibleEveryMs } from "#server/live/pace.ts";
import type { Puller } from "#server/live/pull.ts";
import { createSession } from "#server/live/session.ts";
import type { Moved } from "#server/store/store.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { vi } from "vitest";
import { createRandom, type Random } from "../random.ts";
import { LiveDevice, type Temper } from "./hub-device.ts";
import { Violation } from "./violation.ts";

export const hubBugs = [
  /** Whoever is woken is told at once, however often, and whether they take it or not. */
  "no-pace",
  /** A page is read only when everybody has acknowledged the last one. */
  "waits-for-the-slowest",
] as const;

export type HubBug = (typeof hubBugs)[number];

export interface HubRun {
  readonly seed: number;
  readonly bug?: HubBug | null;
}

export interface HubOutcome {
  readonly frames: number;
  /** The first broken promise; null when all were kept. */
  readonly violation: string | null;
}

const workspace = anId(0xe);
const runMs = 12_000;
/** Reading a page takes at most this. */
const maxReadMs = 40;
/** After the last change everybody who listens has heard it. */
const calmMs = 3_000;
/** A page that comes a little after its beat does not make the next one late. */
const lateMs = 50;
const pageRows = 200;

/** Timers and clocks of this process are the run's own while it lasts. */
export async function simulateHub({ seed, bug = null }: HubRun): Promise<HubOutcome> {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  const random = createRandom(seed);
  const stage = open(random, bug);
  try {
    const end = Date.now() + runMs;
    while (Date.now() < end) await step(stage, random);
    await vi.advanceTimersByTimeAsync(calmMs);
    stage.devices.forEach((device) => device.checkSettled(stage.feed.head));
    return { frames: stage.devices.reduce((sum, { frames }) => sum + frames, 0), violation: null };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { frames: 0, violation: error.message };
  } finally {
    stage.hub.close();
    vi.useRealTimers();
  }
}

interface Stage {
  readonly hub: Hub;
  readonly devices: readonly LiveDevice[];
  readonly feed: { head: number };
  /** The head is another one: everybody in the workspace is woken. */
  readonly move: (by: number) => void;
}

function open(random: Random, bug: HubBug | null): Stage {
  const feed = { head: 5 };
  const hears: ((moved: readonly Moved[]) => void)[] = [];
  const devices: LiveDevice[] = [];
  const isAnyBehind = (): boolean => devices.some(({ isBehind }) => isBehind);
  const puller = aPuller(feed, random, bug === "waits-for-the-slowest" ? isAnyBehind : () => false);
  const store = {
    onMove: (hear: (moved: readonly Moved[]) => void) => {
      hears.push(hear);
      return () => undefined;
    },
  };
  const hub = careless(createHub({ store, puller, clock, onError: rethrow }), bug);
  const fifth = random.pick(["quick", "slow", "stalled"] as const);
  const tempers: readonly Temper[] = ["quick", "quick", "slow", "stalled", fifth];
  for (const [n, temper] of tempers.entries()) {
    devices.push(aListener({ hub, puller, random, temper, n }));
  }
  const move = (by: number): void => {
    feed.head += by;
    for (const device of devices) device.isOwed(feed.head);
    for (const hear of hears) hear([{ workspace, feed: "roll", user: null }]);
  };
  return { hub, devices, feed, move };
}

interface Newcomer {
  readonly hub: Hub;
  readonly puller: Puller;
  readonly random: Random;
  readonly temper: Temper;
  readonly n: number;
}

function aListener({ hub, puller, random, temper, n }: Newcomer): LiveDevice {
  const leaseUntil = Date.now();
  const devices = {
    meet: async () => ({ outcome: "known" as const, leaseUntil }),
    renew: async () => leaseUntil,
  };
  const inTurn = fewAtOnce(8);
  const deps = { hub, puller, devices, userAgent: "", clock, onError: rethrow, inTurn };
  const holder = { workspace, user: anId(0x10 + n), access: defaultAccessSettings };
  // Half of a beat more than the pace: a page may come late, and the next one on time.
  const everyMs = { visible: visibleEveryMs, hidden: hiddenEveryMs, lateMs };
  const patienceMs = visibleEveryMs + lateMs + 2 * maxReadMs;
  const device = new LiveDevice({ random, temper, everyMs, patienceMs });
  const session = createSession(deps, holder, device.wire);
  device.join((message) => session.hear(JSON.stringify(message)), {
    v: protocolVersion,
    schema: schemaVersion,
    client: anId(0x100 + n),
    instance: anId(0x200 + n),
    epoch: "one",
    ch: anId(0x300 + n),
    feeds: { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 }, user: { from: 0 } },
  });
  return device;
}

/** Counters that move; what each page says does not matter here, only how long it is. */
function aPuller(feed: { head: number }, random: Random, isHeldUp: () => boolean): Puller {
  return {
    epoch: async () => "one",
    pull: async ({ ch, feeds }) => {
      const from = feeds.roll?.from ?? 0;
      const to = Math.min(feed.head, from + pageRows);
      await sleep(1 + random.below(maxReadMs - 1));
      while (isHeldUp()) await sleep(maxReadMs);
      const ver = Array.from({ length: Math.min(to - from, 20) }, (_, i) => to - i).toReversed();
      const id = ver.map(anId);
      const rows = { ver, kind: ver.map(() => "rollup" as const), id, doc: ver.map(() => null) };
      const roll = { from, to, more: to < feed.head && to - from === pageRows, rows };
      return { t: "page", epoch: "one", ch, feeds: { roll }, time: Date.now() };
    },
  };
}

async function step({ devices, move }: Stage, random: Random): Promise<void> {
  await vi.advanceTimersByTimeAsync(1 + random.below(60));
  // Now and then a whole campaign's counters move at once, or nothing does for a while.
  if (random.chance(0.9)) move(1 + random.below(random.chance(0.05) ? 700 : 12));
  else if (random.chance(0.3)) await vi.advanceTimersByTimeAsync(random.below(2_000));
  if (random.chance(0.01)) random.pickOr(devices)?.turn();
  for (const device of devices) device.check();
}

/** The hub with a mistake in how it keeps the pace of its listeners. */
function careless(hub: Hub, bug: HubBug | null): Hub {
  if (bug !== "no-pace") return hub;
  return {
    ...hub,
    join: (listener) => {
      const send = listener.send.bind(listener);
      const forget = (): void => {
        const pace = hub.paceOf(listener);
        if (pace !== null) hub.place(listener, { ...pace, nextAt: 0, inFlight: [] });
      };
      const sendAnyhow: Listener["send"] = (shared) => {
        send(shared);
        queueMicrotask(forget);
      };
      Object.defineProperty(listener, "send", { value: sendAnyhow });
      hub.join(listener);
    },
  };
}

function clock(): number {
  return Date.now();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function rethrow(error: unknown): never {
  throw error;
}
