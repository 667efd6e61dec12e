/**
 * A power cut at every named point, and before and after every commit of the engine, while one
 * campaign comes due, is held by its breaker, edited and completes, and another one is canceled.
 * The provider honours keys: however the engine dies, everybody is reached, nobody twice, and no
 * key carries two texts.
 */
import { expect, test } from "vitest";
import {
  accepted,
  createFakeCarrier,
  openFake,
  type FakeCarrier,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  createClock,
  openCore,
  settleDown,
  testKeys,
  type Clock,
} from "../../tests/support/delivery/drive.ts";
import {
  accountId,
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
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
import { faultPoints, type EngineDeps, type FaultPoint, type OpenAccount } from "./carriers.ts";
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

class PowerCut extends Error {}

type Stores = EngineDeps["store"];
type Commit = {
  readonly [Part in keyof Stores]: readonly [part: Part, operation: keyof Stores[Part]];
}[keyof Stores];

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
  canceled: ["delivery", "cancel"],
  paused: ["delivery", "pause"],
  kept: ["delivery", "keepAccount"],
  advanced: ["delivery", "advance"],
  noted: ["limits", "noteOutcomes"],
  heard: ["limits", "hear"],
  folded: ["delivery", "fold"],
} as const satisfies Record<FaultPoint, Commit | null>;

interface Cut {
  readonly fault: (point: FaultPoint) => void;
  /** The store, which may die before a commit. */
  readonly around: (store: EngineDeps["store"], kill: () => void) => EngineDeps["store"];
  readonly wasCut: () => boolean;
}

function cutAfter(point: FaultPoint): Cut {
  let isCut = false;
  return {
    around: (store) => store,
    fault: (name) => {
      if (name !== point || isCut) return;
      isCut = true;
      throw new PowerCut(name);
    },
    wasCut: () => isCut,
  };
}

function cutBefore([part, operation]: Commit): Cut {
  let isCut = false;
  return {
    around: (store, kill) => {
      const whole: object = store[part];
      const real: unknown = Reflect.get(whole, operation);
      if (typeof real !== "function") throw new Error(`there is no ${part}.${operation}`);
      const dying = async (args: unknown): Promise<unknown> => {
        if (isCut) return Reflect.apply(real, whole, [args]);
        isCut = true;
        kill();
        throw new PowerCut(operation);
      };
      return { ...store, [part]: { ...whole, [operation]: dying } };
    },
    fault: () => undefined,
    wasCut: () => isCut,
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

async function aStore() {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const schedule = { at: startOfTime + 1_000, zone: "UTC", ifLate: "sendNow" } as const;
  const planned = { phase: "scheduled", launchedAt: null, schedule } as const;
  await seedDocuments(store, { campaign: aCampaign(planned) });
  await seedDocuments(store, { campaign: aCampaign({ id: canceledId }) });
  const live = { id: recurringId, phase: "active", schedule: daily } as const;
  await seedDocuments(store, { campaign: aCampaign(live) });
  await seedDocuments(store, { campaign: aCampaign({ id: welcomeId, trigger: welcome }) });
  return { store, db };
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
function createPeople({ store }: { readonly store: Store }, clock: Clock) {
  const access = { fieldMaySend: false };
  const commands = createCommands({ store, clock: () => clock.now, checkContent });
  const order = (act: Act) => commands.act({ workspace, user, role: "admin", access, act });
  let hasLeft = false;
  let isSentAgain = false;
  return {
    resume: async () => {
      for (const { id, phase } of await store.sync.list({ workspace, kind: "campaign" }))
        if (phase === "paused") await order({ name: "campaign.resume", args: { id } });
    },
    cancel: () => order({ name: "campaign.cancel", args: { id: canceledId } }),
    end: async () => {
      if ((await readRollup(store, welcomeId))?.total !== people) return;
      await order({ name: "campaign.end", args: { id: welcomeId } });
    },
    sendAgain: async () => {
      if (isSentAgain || (await readCampaign(store)).phase !== "completed") return;
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
      const all = await store.sync.list({ workspace, kind: "campaign" });
      const isOver = all.every(({ phase }) => phase === "completed" || phase === "canceled");
      const { awaited, open } = await store.delivery.work({ now: clock.now });
      return (
        isSentAgain && hasLeft && isOver && all.length === 5 && open.length + awaited.length === 0
      );
    },
  };
}

async function play(cut: Cut): Promise<void> {
  const { store, db } = await aStore();
  const clock = createClock();
  const { fake, receipts, accepts } = aCarrier();
  const account = anUnreliableAccount(fake);
  const others = createPeople({ store }, clock);
  const start = (): Core => {
    const around = cut.around(store, () => core.kill());
    return openCore({ store: around, clock, account, fault: cut.fault });
  };
  let core = start();
  for (let steps = 0; steps < 3_000 && !(await others.isDone()); steps++) {
    const wasCut = cut.wasCut();
    let next: number | null = null;
    try {
      next = await core.step();
      await settleDown();
      const [first] = receipts;
      if (first !== undefined) await core.receive({ workspace, accountId }, [first]);
      receipts.shift();
      if (fake.calls.length > 12) await others.leave(core);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    if (cut.wasCut() && !wasCut) {
      core.kill();
      core = start();
    }
    await others.resume();
    if (fake.calls.length > 12) await others.cancel();
    await others.end();
    await others.sendAgain();
    clock.now = Math.max(clock.now + 50, Math.min(next ?? 0, clock.now + 60_000));
  }
  expect(await others.isDone()).toBe(true);
  await checkRows({ store, db }, accepts);
}

/** Everybody who wants it was reached by what was not canceled, and nobody twice by anything. */
async function checkRows(
  { store, db }: Awaited<ReturnType<typeof aStore>>,
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
  const cut = cutAfter(point);
  await play(cut);
  expect(cut.wasCut()).toBe(true);
});

const committed = faultPoints.flatMap((point) => {
  const commit = commits[point];
  return commit === null ? [] : [{ point, commit }];
});

test.each(committed)("a power cut before the commit of '$point' loses nobody", async (each) => {
  const cut = cutBefore(each.commit);
  await play(cut);
  expect(cut.wasCut()).toBe(true);
});
