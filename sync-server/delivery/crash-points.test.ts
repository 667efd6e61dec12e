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
} from "../../tests/support/delivery/fake-carrier.ts";
import { createClock, openCore, settleDown } from "../../tests/support/delivery/drive.ts";
import {
  accountId,
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  setPhase,
  startOfTime,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { err, ok } from "#domain/core/result.ts";
import type { Carrier, Outgoing, Receipt } from "../providers/provider.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";
import { faultPoints, type EngineDeps, type FaultPoint, type OpenAccount } from "./carriers.ts";
import type { Core } from "./core.ts";

const people = 40;
const canceledId = campaignId.replace("c1", "c2");

class PowerCut extends Error {}

/** The operation whose commit a point follows. The other points lie between commits. */
const commits = {
  recovered: "recover",
  "came due": "comeDue",
  launched: "launch",
  frozen: "freeze",
  intended: "intent",
  settled: "settle",
  "looked after": "lookedAfter",
  proven: "prove",
  canceled: "cancel",
  paused: "pause",
  advanced: "advance",
} as const satisfies Partial<Record<FaultPoint, keyof DeliveryStore>>;

/**
 * Points that no sending passes: a retry that people ask for, replies, the folding of old counts,
 * what recurring campaigns do (recurring.test.ts), and what campaigns watch contacts for
 * (date-trigger.test.ts, entry-trigger.test.ts).
 */
const elsewhere: ReadonlySet<FaultPoint> = new Set([
  "reopened",
  "requeued",
  "heard",
  "folded",
  "fired",
  "finished",
  "watched",
]);

type Committed = keyof typeof commits;

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

function cutBefore(point: Committed): Cut {
  let isCut = false;
  const method = commits[point];
  return {
    around: (store, kill) => ({
      ...store,
      delivery: {
        ...store.delivery,
        [method]: async (args: never) => {
          if (isCut) return Reflect.apply(store.delivery[method], store.delivery, [args]);
          isCut = true;
          kill();
          throw new PowerCut(point);
        },
      },
    }),
    fault: () => undefined,
    wasCut: () => isCut,
  };
}

/** A carrier that refuses its credentials once, and tells of every second message that it arrived. */
function aCarrier() {
  const receipts: Receipt[] = [];
  const accepts = new Map<string, number>();
  let calls = 0;
  const fake = createFakeCarrier((message: Outgoing) => {
    calls += 1;
    if (calls === 8) {
      return { outcome: "refused", reason: "auth_failed", code: "", words: "" };
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

async function play(cut: Cut): Promise<void> {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const schedule = { at: startOfTime + 1_000, zone: "UTC", ifLate: "sendNow" } as const;
  const planned = { phase: "scheduled", launchedAt: null, schedule } as const;
  await seedDocuments(store, { campaign: aCampaign(planned) });
  await seedDocuments(store, { campaign: aCampaign({ id: canceledId }) });
  const clock = createClock();
  const { fake, receipts, accepts } = aCarrier();
  const limits = { ...openFake(fake.carrier).limits, perSecond: 20, concurrency: 4 };
  let looks = 0;
  const check: Carrier["check"] = async () => {
    looks += 1;
    return looks === 1 ? err({ field: null, detail: "not yet" }) : ok("It answers.");
  };
  const carrier = { ...fake.carrier, check };
  const opened = openFake(carrier, { receipts: "push", receiptWindowMs: 30_000, limits });
  let withdrawn = 0;
  let edits = 0;
  const account = (): OpenAccount | string => {
    if (fake.calls.length < 20 || withdrawn > 3) return opened;
    withdrawn += 1;
    return "The key was withdrawn";
  };
  let core: Core | null = null;
  const start = (): Core => {
    const around = cut.around(store, () => core?.kill());
    core = openCore({ store: around, clock, account, fault: cut.fault });
    return core;
  };
  core = start();
  const isDone = async (): Promise<boolean> =>
    (await store.delivery.work({ now: clock.now })).open.length === 0 &&
    (await readCampaign(store)).phase === "completed";
  for (let steps = 0; steps < 2_000 && !(await isDone()); steps++) {
    const wasCut = cut.wasCut();
    let next: number | null = null;
    try {
      next = await core.step();
      await settleDown();
      const [first] = receipts;
      if (first !== undefined) await core.receive({ workspace, accountId }, [first]);
      receipts.shift();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    if (cut.wasCut() && !wasCut) {
      core.kill();
      core = start();
    }
    for (const id of [campaignId, canceledId]) await resume(id);
    if (fake.calls.length > 12) await cancel();
    clock.now = Math.max(clock.now + 50, Math.min(next ?? 0, clock.now + 60_000));
  }
  expect(await isDone()).toBe(true);

  async function resume(id: string): Promise<void> {
    const { content, phase, pausedFrom } = await readCampaign(store, id);
    if (phase !== "paused") return;
    edits += 1;
    await setPhase(store, { content: { ...content, text: `Text ${edits}` } }, id);
    const back = { phase: pausedFrom ?? "active", pausedFrom: null, pauseReason: null };
    await setPhase(store, back, id);
  }

  async function cancel(): Promise<void> {
    const { phase } = await readCampaign(store, canceledId);
    if (phase !== "active" && phase !== "preparing") return;
    await setPhase(store, { phase: "canceled", completedAt: clock.now }, canceledId);
  }

  const reached = new Set(fake.calls.filter(({ key }) => accepts.has(key)).map(({ key }) => key));
  expect(accepts.size).toBe(reached.size);
  expect(edits).toBeGreaterThan(0);
  const texts = Map.groupBy(fake.calls, ({ key }) => key);
  for (const calls of texts.values()) {
    expect(new Set(calls.map(({ content }) => content.text)).size).toBe(1);
  }
  const rows = db.all(
    `select d.campaign, m.state_now as state, count(*) as n from standing m
       join distribution d on d.seq = m.distribution group by 1, 2`,
  );
  const open = rows.filter(({ state }) => Number(state) < 5);
  expect(open).toEqual([]);
  const total = rows.reduce((sum, { n }) => sum + Number(n), 0);
  expect(total).toBe(2 * people);
  expect(await store.delivery.findings({})).toEqual([]);
}

test.each(faultPoints.filter((point) => !elsewhere.has(point)))(
  "a power cut at '%s' loses nobody",
  async (point) => {
    const cut = cutAfter(point);
    await play(cut);
    expect(cut.wasCut()).toBe(true);
  },
);

test.each(Object.keys(commits).filter((name): name is Committed => name in commits))(
  "a power cut before the commit of '%s' loses nobody",
  async (point) => {
    const cut = cutBefore(point);
    await play(cut);
    expect(cut.wasCut()).toBe(true);
  },
);
