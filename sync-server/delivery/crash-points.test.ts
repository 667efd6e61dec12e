/**
 * A power cut at every named point, and within and after every commit of the engine, on real files
 * that are opened anew each time, while one campaign comes due, is held by its breaker, edited and completes, and another one is canceled.
 * The provider honours keys: however the engine dies, everybody is reached, nobody twice, and no
 * key carries two texts.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  accepted,
  createFakeCarrier,
  openFake,
  type FakeCarrier,
} from "../../tests/support/delivery/fake-carrier.ts";
import { createClock, openCore, testKeys, type Clock } from "../../tests/support/delivery/drive.ts";
import {
  mortalFolder,
  PowerCut,
  type Home,
  type MortalFolder,
  type MortalStore,
  type Operation,
} from "../../tests/support/delivery/mortal-store.ts";
import {
  accountId,
  aCampaign,
  campaignId,
  manyContacts,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
  type OpenStore,
  user,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { err, ok } from "#domain/core/result.ts";
import { minuteMs } from "#domain/core/time.ts";
import { kindOf, stateOf } from "#domain/message/state.ts";
import type { Act } from "#domain/sync/command.ts";
import { createCommands } from "../commands/apply.ts";
import type { Carrier, Outgoing, Receipt } from "../providers/provider.ts";
import type { Store } from "../store/store.ts";
import { faultPoints, type FaultPoint, type OpenAccount } from "./carriers.ts";
import type { Core } from "./core.ts";
import { openContentCheck } from "./templates.ts";

const people = 40;
const checkContent = openContentCheck();
const canceledId = campaignId.replace("c1", "c2");

const recurringId = campaignId.replace("c1", "c3");
const welcomeId = campaignId.replace("c1", "c4");
/** Whose first message was refused, and who wants no more of them. */
const spammed = "person30@example.org";
const leaver = "person40@example.org";

/** The operation whose commit a point follows; null: the point lies between commits. */
const commits = {
  work: null,
  recovered: ["delivery", "recover"],
  "came due": ["delivery", "comeDue"],
  fired: ["delivery", "fire"],
  watched: ["delivery", "watch"],
  finished: ["delivery", "finish"],
  launched: ["delivery", "launch"],
  frozen: ["delivery", "freeze"],
  reopened: ["delivery", "reopen"],
  requeued: ["delivery", "requeue"],
  "before intent": null,
  intended: ["delivery", "intent"],
  "before send": null,
  sent: null,
  "before settle": null,
  settled: ["delivery", "settle"],
  "looked after": ["delivery", "lookedAfter"],
  proven: ["delivery", "prove"],
  inboxed: ["delivery", "keepReceipts"],
  drained: ["delivery", "dropReceipts"],
  canceled: ["delivery", "cancel"],
  paused: ["delivery", "pause"],
  kept: ["delivery", "keepAccount"],
  advanced: ["delivery", "advance"],
  noted: ["limits", "noteOutcomes"],
  heard: ["limits", "hear"],
  folded: ["delivery", "fold"],
} as const satisfies Record<FaultPoint, Operation | null>;

interface Cut {
  readonly fault: (point: FaultPoint) => void;
  /** Before the engine begins on a store; `onCut` stops it. */
  readonly prepare: (mortal: MortalStore, onCut: () => void) => void;
  /** What the cut left. */
  readonly left: (mortal: MortalStore) => Promise<MortalStore>;
}

function cutAt(point: FaultPoint): Cut {
  let isCut = false;
  return {
    prepare: () => undefined,
    fault: (name) => {
      if (name !== point || isCut) return;
      isCut = true;
      throw new PowerCut(name);
    },
    left: (mortal) => mortal.cut(),
  };
}

function cutWithin(operation: Operation): Cut {
  return {
    prepare: (mortal, onCut) => mortal.cutWithin(operation, onCut),
    fault: () => undefined,
    left: (mortal) => mortal.left(),
  };
}

/**
 * A carrier that refuses its credentials once and what it says to one person as spam, and tells of
 * every second message that it arrived.
 */
function aCarrier() {
  const receipts: Receipt[] = [];
  const accepts = new Map<string, number>();
  let calls = 0;
  let wasSpammed = false;
  const fake = createFakeCarrier((message: Outgoing) => {
    calls += 1;
    if (calls === 8) {
      return { outcome: "refused", reason: "auth_failed", code: "", words: "" };
    }
    if (message.to === spammed && !wasSpammed) {
      wasSpammed = true;
      return { outcome: "refused", reason: "spam_filtered", code: "", words: "" };
    }
    const known = accepts.get(message.key) ?? 0;
    accepts.set(message.key, known + 1);
    if (known === 0 && accepts.size % 2 === 0) receipts.push(delivered(message.key));
    return accepted;
  });
  return { fake, receipts, accepts };
}

function delivered(key: string): Receipt {
  return { key, state: "delivered", at: startOfTime, reason: "none", code: "", words: "" };
}

const nine = startOfTime + 10 * minuteMs;
const daily = {
  at: nine,
  wall: new Date(nine).toISOString().slice(0, 16),
  zone: "UTC",
  ifLate: "sendNow",
  repeat: {
    from: new Date(nine).toISOString().slice(0, 16),
    every: "day",
    interval: 1,
    times: 1,
  },
} as const;

/** Everybody comes into the audience at once. */
const welcome = {
  kind: "entry",
  existing: "send",
  delayMinutes: 1,
  againAfterHours: null,
} as const;

async function seed({ store, db }: OpenStore): Promise<void> {
  seedContacts(db, manyContacts(people));
  const schedule = { at: startOfTime + 1_000, zone: "UTC", ifLate: "sendNow" } as const;
  const planned = { phase: "scheduled", launchedAt: null, schedule } as const;
  await seedDocuments(store, { campaign: aCampaign(planned) });
  await seedDocuments(store, { campaign: aCampaign({ id: canceledId }) });
  const live = { id: recurringId, phase: "active", schedule: daily } as const;
  await seedDocuments(store, { campaign: aCampaign(live) });
  await seedDocuments(store, { campaign: aCampaign({ id: welcomeId, trigger: welcome }) });
}

/** An account that looks well after a second look, and is withdrawn for a while. */
function anUnreliableAccount({ carrier, calls }: FakeCarrier) {
  const limits = { ...openFake(carrier).limits, perSecond: 20, concurrency: 4 };
  let looks = 0;
  const check: Carrier["check"] = async () => {
    looks += 1;
    return looks === 1 ? err({ field: null, detail: "not yet" }) : ok("It answers.");
  };
  const opened = openFake({ ...carrier, check }, { receipts: "push", receiptWindowMs, limits });
  let withdrawn = 0;
  return (): OpenAccount | string => {
    if (calls.length < 20 || withdrawn > 3) return opened;
    withdrawn += 1;
    return "The key was withdrawn";
  };
}

const receiptWindowMs = 30_000;

/** What people do meanwhile, each of it once it can be done, and again until it was taken. */
function createPeople(now: () => Store, clock: Clock) {
  const access = { fieldMaySend: false };
  const order = (act: Act) => {
    const commands = createCommands({ store: now(), clock: () => clock.now, checkContent });
    return commands.act({ workspace, user, role: "admin", access, act });
  };
  let hasLeft = false;
  let isSentAgain = false;
  return {
    resume: async () => {
      for (const { id, phase } of await now().sync.list({ workspace, kind: "campaign" }))
        if (phase === "paused") await order({ name: "campaign.resume", args: { id } });
    },
    cancel: () => order({ name: "campaign.cancel", args: { id: canceledId } }),
    end: async () => {
      if ((await readRollup(now(), welcomeId))?.total !== people) return;
      await order({ name: "campaign.end", args: { id: welcomeId } });
    },
    sendAgain: async () => {
      if (isSentAgain || (await readCampaign(now())).phase !== "completed") return;
      const picks = [{ state: "failed", reason: "spam_filtered" }] as const;
      const done = await order({ name: "campaign.retry", args: { id: campaignId, picks } });
      isSentAgain = done.outcome === "ok";
    },
    leave: async (core: Core) => {
      if (hasLeft) return;
      const reply = { from: leaver, text: "STOP", isComplaint: false, key: null, at: clock.now };
      await core.listen({ workspace, accountId, channel: "email" }, [reply]);
      hasLeft = true;
    },
    isDone: async () => {
      const all = await now().sync.list({ workspace, kind: "campaign" });
      const isOver = all.every(({ phase }) => phase === "completed" || phase === "canceled");
      const { awaited, open } = await now().delivery.work({ now: clock.now });
      return (
        isSentAgain && hasLeft && isOver && all.length === 5 && open.length + awaited.length === 0
      );
    },
  };
}

let folder: MortalFolder;

beforeAll(async () => {
  folder = await mortalFolder(seed);
});

afterAll(async () => {
  await folder.remove();
});

/** Plays the campaigns to their end with one cut; answers whether it came. */
async function play(cut: Cut, home: Home = "here"): Promise<boolean> {
  let mortal = await folder.open(home);
  const clock = createClock();
  const { fake, receipts, accepts } = aCarrier();
  const account = anUnreliableAccount(fake);
  const others = createPeople(() => mortal.store, clock);
  const start = (): Core => openCore({ store: mortal.store, clock, account, fault });
  let wasCut = false;
  const die = (): void => {
    wasCut = true;
    core.kill();
  };
  const fault = (point: FaultPoint): void => {
    try {
      cut.fault(point);
    } catch (error) {
      die();
      throw error;
    }
  };
  let core = start();
  cut.prepare(mortal, die);
  let isReplaced = false;
  for (let steps = 0; steps < 3_000 && !(await others.isDone()); steps++) {
    let next: number | null = null;
    try {
      next = await core.step();
      await mortal.rest();
      const [first] = receipts;
      // Every other one is kept first, and merged by a step.
      if (first !== undefined) await hear(core, first, receipts.length % 2 === 0);
      receipts.shift();
      if (fake.calls.length > 12) await others.leave(core);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    if (wasCut && !isReplaced) {
      isReplaced = true;
      mortal = await cut.left(mortal);
      core = start();
    }
    await others.resume();
    if (fake.calls.length > 12) await others.cancel();
    await others.end();
    await others.sendAgain();
    clock.now = Math.max(clock.now + 50, Math.min(next ?? 0, clock.now + 60_000));
  }
  expect(await others.isDone()).toBe(true);
  await folder.look(mortal, (open) => checkRows(open, accepts));
  return wasCut;
}

async function hear(core: Core, receipt: Receipt, isKept: boolean): Promise<void> {
  const account = { workspace, accountId };
  if (isKept) expect(await core.keep(account, [receipt])).toBe("kept");
  else await core.receive(account, [receipt]);
}

/** Everybody who wants it was reached by what was not canceled, and nobody twice by anything. */
async function checkRows(
  { store, db }: OpenStore,
  accepts: ReadonlyMap<string, number>,
): Promise<void> {
  const places = [...accepts.keys()].map((key) => testKeys.read(key));
  const reached = places.map((place) => `${place?.distribution}/${place?.n}`);
  expect(new Set(reached).size).toBe(accepts.size);
  const rows = db
    .all(
      `select d.campaign, m.distribution, m.n, m.address, m.state_now as state, m.gen
         from standing m join distribution d on d.seq = m.distribution`,
    )
    .map((row) => ({
      campaign: String(row["campaign"]),
      name: `${Number(row["distribution"])}/${Number(row["n"])}`,
      address: String(row["address"]),
      state: stateOf(Number(row["state"])),
      gen: Number(row["gen"]),
    }));
  expect(rows).toHaveLength(4 * people);
  expect(rows.filter(({ state }) => kindOf[state] === "open")).toEqual([]);
  const wanted = rows.filter(
    ({ address, campaign }) => campaign !== canceledId && address !== leaver,
  );
  expect(wanted).toHaveLength(3 * (people - 1));
  expect(wanted.filter(({ name }) => !reached.includes(name))).toEqual([]);
  expect(rows.filter(({ address, gen }) => address === spammed && gen === 2)).toHaveLength(1);
  const run = rows.find(
    ({ address, campaign }) =>
      ![campaignId, canceledId, welcomeId].includes(campaign) && address === leaver,
  );
  expect(run).toMatchObject({ state: "skipped" });
  expect(await store.delivery.findings({})).toEqual([]);
}

test.each(faultPoints)("a power cut at '%s' loses nobody", async (point) => {
  expect(await play(cutAt(point))).toBe(true);
});

const committed = faultPoints.flatMap((point) => {
  const operation = commits[point];
  return operation === null ? [] : [{ point, operation }];
});

test.each(committed)("a power cut within the commit of '$point' loses nobody", async (each) => {
  expect(await play(cutWithin(each.operation))).toBe(true);
});

/** The threads write what comes together in one commit, and read beside it. */
const inThreads = ["intended", "settled", "proven"] as const;

test.each(inThreads)(
  "a power cut within the commit of '%s' in threads of its own loses nobody",
  { timeout: 60_000 },
  async (point) => {
    expect(await play(cutWithin(commits[point]), "threads")).toBe(true);
  },
);
