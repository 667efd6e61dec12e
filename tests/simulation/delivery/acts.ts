/** What may happen at any moment while faults are on. */
import { hourMs, secondMs } from "#domain/core/time.ts";
import { StoreError } from "#server/store/store.ts";
import { settleDown } from "../../support/delivery/drive.ts";
import { accountId, readCampaign, setPhase, workspace } from "../../support/delivery/world.ts";
import { rewrite, sendAgain, writeBack } from "./people.ts";
import { pass, PowerCut, type Run } from "./run.ts";
import { openAccount, startCore } from "./start.ts";

/** One act, then a moment passes. */
export async function act(run: Run): Promise<void> {
  if (run.isDown) crash(run);
  const { random } = run;
  const luck = random.next();
  if (luck < 0.5) await step(run);
  else if (luck < 0.72) run.carrier.answer();
  else if (luck < 0.82) await hear(run);
  else if (luck < 0.87) pass(run, random.below(5_000));
  else if (luck < 0.9) run.carrier.turn();
  else await actSeldom(run);
  pass(run, random.below(150));
  await settleDown();
}

async function actSeldom(run: Run): Promise<void> {
  const { random } = run;
  const luck = random.next();
  if (luck < 0.18) crash(run);
  else if (luck < 0.45) await togglePause(run, random.pick(run.campaignIds));
  else if (luck < 0.58) optOut(run);
  else if (luck < 0.7) await writeBack(run);
  else if (luck < 0.75) await cancel(run, random.pick(run.campaignIds));
  else if (luck < 0.78) await sendAgain(run, random.pick(run.campaignIds));
  else if (luck < 0.86) await edit(run, random.pick(run.campaignIds));
  else if (luck < 0.91) changeAccount(run);
  else if (luck < 0.95 && run.plan.fills) run.fullUntil = run.elapsed.now + random.below(4_000);
  else if (run.plan.jumps) jump(run);
}

/** Looks once at everything. A disk without room is tried again later, as the runner does. */
export async function step(run: Run): Promise<number | null> {
  const still = run.ledger.still();
  try {
    const next = await run.core.step();
    if (!run.isDown) run.ledger.looked(still);
    return next;
  } catch (error) {
    if (isExpected(error)) return run.clock.now + secondMs;
    throw error;
  }
}

/** What the provider says comes in; what was not taken is said again. */
export async function hear(run: Run): Promise<void> {
  const receipts = run.carrier.takeReceipts();
  if (receipts.length === 0) return;
  // As our own clock dates what a provider dates later than now.
  const dated = receipts.map((each) => ({ ...each, at: Math.min(each.at, run.clock.now) }));
  try {
    await run.core.receive({ workspace, accountId }, dated);
  } catch (error) {
    if (!isExpected(error)) throw error;
    run.carrier.giveBack(receipts);
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof PowerCut || error instanceof StoreError;
}

/** The process dies, and another one starts. */
export function crash(run: Run): void {
  run.core.kill();
  run.crashes += 1;
  run.carrier.forgetCallers();
  run.ledger.died();
  run.isDown = false;
  run.core = startCore(run);
}

export async function togglePause(run: Run, id: string): Promise<void> {
  const { phase, pausedFrom } = await readCampaign(run.store, id);
  if (phase === "active" || phase === "preparing") {
    const paused = { phase: "paused", pausedFrom: phase, pauseReason: "user" } as const;
    await setPhase(run.store, paused, id);
  } else if (phase === "paused") {
    const back = { phase: pausedFrom ?? "active", pausedFrom: null, pauseReason: null };
    await setPhase(run.store, back, id);
  }
}

/** Somebody opts out: from now on, only what was in flight already may still go. */
function optOut({ db, plan, random }: Run): void {
  const contact = 1 + random.below(plan.people);
  db.transact([() => db.run("update consent set granted = 0 where contact = ?", contact)]);
}

async function cancel(run: Run, id: string): Promise<void> {
  const { phase } = await readCampaign(run.store, id);
  if (phase === "completed" || phase === "canceled") return;
  const ended = { pausedFrom: null, pauseReason: null, completedAt: run.clock.now };
  await setPhase(run.store, { phase: "canceled", ...ended }, id);
}

/** Its text changes while it is paused, or only its name. */
async function edit(run: Run, id: string): Promise<void> {
  if (run.random.chance(0.6)) await rewrite(run, id);
  else await rename(run, id);
}

/** Somebody else works on the campaign meanwhile. */
async function rename(run: Run, id: string): Promise<void> {
  await setPhase(run.store, { name: `Autumn ${run.random.below(100)}` }, id);
}

/** Limits change, or the account cannot be opened for a while. */
function changeAccount(run: Run): void {
  const { random } = run;
  if (typeof run.account === "string") run.account = openAccount(run);
  else if (random.chance(0.4)) run.account = "The key was withdrawn";
  else run.account = openAccount(run, 1 + random.below(20));
}

/** Somebody sets the server's clock, or it is right again. */
function jump(run: Run): void {
  const { clock, elapsed, random } = run;
  const years = 10 * 365 * 24 * hourMs;
  const skew = random.pick([0, 0, hourMs, -hourMs, -20 * secondMs, years, -years]);
  clock.now = elapsed.now + skew;
}
