/** From a plan to a run, and from a dead process to the next one. */
import { resolveWindowOf, type Account } from "#domain/campaign/account.ts";
import type { OpenAccount } from "#server/delivery/carriers.ts";
import type { Core } from "#server/delivery/core.ts";
import { openFake } from "../../support/delivery/fake-carrier.ts";
import { createClock, openCore, testKeys } from "../../support/delivery/drive.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  emptyTestStore,
  openTestStore,
  readAccount,
  seedContacts,
  seedDocuments,
  workspace,
  type OpenStore,
} from "../../support/delivery/world.ts";
import { seedPool } from "../../support/delivery/code-world.ts";
import { createRandom } from "../random.ts";
import { createBoot } from "./boot.ts";
import { plantKeys, plantLimits, plantTurns, plantWindow } from "./bugs.ts";
import { WorstCarrier } from "./carrier.ts";
import { audienceOf, beginComings, noComings } from "./comings.ts";
import { createLedger, nameOf } from "./ledger.ts";
import { createPlan } from "./plan.ts";
import type { Run } from "./run.ts";
import { keyedProvider, lifeOf, secondAccountId, seedPeople, seedRules } from "./seeding.ts";
import type { DeliveryBug } from "./violation.ts";

/** One database for all runs: each of them finds it empty. */
let shared: OpenStore | null = null;

export async function begin(seed: number, bug: DeliveryBug | null): Promise<Run> {
  const random = createRandom(seed);
  const plan = createPlan(seed, random, bug);
  shared ??= openTestStore();
  emptyTestStore(shared);
  countByCarrier(shared.db);
  const { store, db } = shared;
  const second = campaignId.replace("c1", "c2");
  const campaignIds: Run["campaignIds"] =
    plan.campaigns === 1 ? [campaignId] : [campaignId, second];
  seedContacts(db, seedPeople(plan, random));
  const account = anAccount({
    // A sandbox writes to nobody, so no frequency cap is counted for it.
    provider: plan.isKeyed ? keyedProvider : "smtp",
    onUnknown: plan.onUnknown,
    receiptDelay: plan.receiptDelay,
  });
  for (const id of campaignIds) {
    const campaign = aCampaign({ id, ...lifeOf(plan) });
    await seedDocuments(store, { account, audience: audienceOf(plan.kind), campaign });
  }
  if (plan.fallsBack) await seedSecond(store, account);
  await seedRules(store, plan);
  if (plan.codes !== null) await seedPool(store, plan.codes);
  const clock = createClock();
  const elapsed = createClock();
  const { isKeyed, receipts } = plan;
  let run: Run | null = null;
  const ledger = createLedger({
    db,
    clock,
    elapsed,
    plan,
    starts: () => run?.crashes ?? 0,
    reached: () => carrier.reached(messageOf),
    isAgreed: (text) => run?.approved.has(text) === true,
    leftOpen: (key) => carrier.leftOpen(key),
    width: () => widthOf(run?.account),
  });
  const carrier = new WorstCarrier({
    random,
    honoursKeys: isKeyed,
    receipts,
    now: () => elapsed.now,
    onCall: (message) => ledger.called(message),
  });
  const made = { plan, random, clock, elapsed, carrier, ledger, campaignIds, store, db };
  const begun: Pick<Run, keyof typeof made> = made;
  beginComings(made);
  run = withCore(begun);
  return run;
}

/** The account through which text messages go instead. */
async function seedSecond(store: OpenStore["store"], account: Account): Promise<void> {
  const doc: Account = { ...account, id: secondAccountId, name: "Second", channel: "sms" };
  const writes = [{ kind: "account", id: doc.id, doc }] as const;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 0 });
}

function messageOf(key: string): string | null {
  const place = testKeys.read(key);
  return place === null ? null : nameOf(place.distribution, place.n);
}

function widthOf(account: Run["account"] | undefined): number {
  return typeof account === "object" ? account.limits.concurrency : 1;
}

function withCore(
  begun: Pick<
    Run,
    "plan" | "random" | "clock" | "elapsed" | "carrier" | "ledger" | "campaignIds" | "store" | "db"
  >,
): Run {
  const run: Run = {
    ...begun,
    canceled: new Set(),
    approved: new Set(),
    entries: { told: new Map(), entered: new Set() },
    comings: noComings(),
    untold: [],
    pausedSince: new Map(),
    lookedAt: 0,
    isEnded: false,
    outside: begun.store.delivery,
    account: "not opened yet",
    isFaulty: true,
    fullUntil: 0,
    isDown: false,
    crashes: 0,
    get core(): Core {
      throw new Error("no process was started");
    },
    set core(core: Core) {
      Object.defineProperty(run, "core", { value: core, writable: true });
    },
  };
  run.account = openAccount(run);
  run.core = startCore(run);
  return run;
}

/** The account as it is opened; with other limits when they are given. */
export function openAccount(
  { carrier, plan }: Pick<Run, "carrier" | "plan">,
  concurrency = plan.limits.concurrency,
): OpenAccount {
  return openFake(carrier.carrier, {
    honoursKeys: plan.isKeyed,
    receipts: plan.receipts,
    receiptWindowMs: plan.receiptWindowMs,
    limits: plantLimits(plan.bug, { ...plan.limits, concurrency }),
  });
}

/** With the window that the account's receipts have taught by now. */
function asTaught({ account, db, plan }: Run): OpenAccount | string {
  if (typeof account === "string") return account;
  const windowMs = plantWindow(plan.bug, resolveWindowOf(readAccount(db)));
  return { ...account, provider: { ...account.provider, resolveWindowMs: windowMs } };
}

export function startCore(run: Run): Core {
  const { store, cut } = createBoot(run, () => core.kill());
  run.outside = store.delivery;
  const core = openCore({
    store,
    clock: run.clock,
    account: () => asTaught(run),
    random: () => run.random.next(),
    keys: plantKeys(run.plan.bug),
    turns: () => plantTurns(run.plan.bug),
    fault: cut,
  });
  return core;
}

/** Here everybody has an e-mail address: their carriers are what receipts say. */
function countByCarrier(db: OpenStore["db"]): void {
  db.run(`create trigger if not exists count_by_carrier after insert on distribution
    begin update distribution set by_carrier = 1 where seq = new.seq; end`);
}
