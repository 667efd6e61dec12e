/** From a plan to a run, and from a dead process to the next one. */
import type { OpenAccount } from "#server/delivery/carriers.ts";
import type { Core } from "#server/delivery/core.ts";
import { openFake } from "../../support/delivery/fake-carrier.ts";
import { createClock, openCore } from "../../support/delivery/drive.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  emptyTestStore,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime,
  type OpenStore,
} from "../../support/delivery/world.ts";
import { createRandom } from "../random.ts";
import { createBoot } from "./boot.ts";
import { plantKeys, plantLimits } from "./bugs.ts";
import { WorstCarrier } from "./carrier.ts";
import { createLedger } from "./ledger.ts";
import { createPlan } from "./plan.ts";
import type { Run } from "./run.ts";
import type { DeliveryBug } from "./violation.ts";

/** One database for all runs: each of them finds it empty. */
let shared: OpenStore | null = null;

export async function begin(seed: number, bug: DeliveryBug | null): Promise<Run> {
  const random = createRandom(seed);
  const plan = createPlan(seed, random, bug);
  shared ??= openTestStore();
  emptyTestStore(shared);
  const { store, db } = shared;
  const second = campaignId.replace("c1", "c2");
  const campaignIds: Run["campaignIds"] =
    plan.campaigns === 1 ? [campaignId] : [campaignId, second];
  seedContacts(
    db,
    Array.from({ length: plan.people }, () => ({
      consents: !random.chance(0.05),
      ...(random.chance(0.03) ? { email: null } : {}),
    })),
  );
  const account = anAccount({ provider: plan.isKeyed ? "sandbox" : "smtp" });
  const start =
    plan.scheduledInMs === null
      ? {}
      : {
          phase: "scheduled" as const,
          launchedAt: null,
          schedule: { at: startOfTime + plan.scheduledInMs, zone: "UTC", ifLate: plan.ifLate },
        };
  for (const id of campaignIds) {
    await seedDocuments(store, { account, campaign: aCampaign({ id, ...start }) });
  }
  const clock = createClock();
  const elapsed = createClock();
  const { isKeyed, limits, receipts } = plan;
  let run: Run | null = null;
  const ledger = createLedger({ db, elapsed, limits, starts: () => run?.crashes ?? 0 });
  const carrier = new WorstCarrier({
    random,
    honoursKeys: isKeyed,
    receipts,
    now: () => elapsed.now,
    onCall: (message) => ledger.called(message),
  });
  const made = { plan, random, clock, elapsed, carrier, ledger, campaignIds, store, db };
  const begun: Pick<Run, keyof typeof made> = made;
  run = withCore(begun);
  return run;
}

function withCore(
  begun: Omit<Run, "account" | "core" | "isFaulty" | "fullUntil" | "isDown" | "crashes">,
): Run {
  const run: Run = {
    ...begun,
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

export function startCore(run: Run): Core {
  const { store, cut } = createBoot(run, () => core.kill());
  const core = openCore({
    store,
    clock: run.clock,
    account: () => run.account,
    random: () => run.random.next(),
    keys: plantKeys(run.plan.bug),
    fault: cut,
  });
  return core;
}
