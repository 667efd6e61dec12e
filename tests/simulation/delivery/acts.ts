/** What may happen at any moment while faults are on. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hourMs, secondMs } from "#domain/core/time.ts";
import type { Receipt } from "#server/providers/provider.ts";
import { StoreError } from "#server/store/store.ts";
import { settleDown } from "../../support/delivery/drive.ts";
import { accountId, setPhase, workspace } from "../../support/delivery/world.ts";
import {
  campaignsOf,
  cancel,
  liveOn,
  rewrite,
  sendAgain,
  togglePause,
  writeBack,
} from "./people.ts";
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
  else if (luck < 0.86) pass(run, random.below(random.chance(0.3) ? run.plan.longestMs : 5_000));
  else if (luck < 0.88) run.carrier.turn();
  else if (luck < 0.9 || (luck < 0.95 && run.plan.kind !== "plain")) await liveOn(run);
  else await actSeldom(run);
  pass(run, random.below(150));
  await settleDown();
}

async function actSeldom(run: Run): Promise<void> {
  let luck = run.random.below(100);
  for (const [share, doIt] of seldomActs) {
    if (luck < share) return doIt(run);
    luck -= share;
  }
}

type Seldom = (run: Run) => Promise<void> | void;

/** Out of a hundred. */
const seldomActs: readonly (readonly [share: number, act: Seldom])[] = [
  [18, crash],
  [27, withCampaign(togglePause)],
  [13, optOut],
  [12, writeBack],
  [5, withCampaign(cancel)],
  [3, withCampaign(sendAgain)],
  [8, withCampaign(edit)],
  [5, changeAccount],
  [4, fillDisk],
  [5, jump],
];

function withCampaign(change: (run: Run, campaign: Campaign) => Promise<unknown>): Seldom {
  return async (run) => {
    const campaign = run.random.pickOr(await campaignsOf(run));
    if (campaign !== null) await change(run, campaign);
  };
}

/** Looks once at everything. A disk without room is tried again later, as the runner does. */
export async function step(run: Run): Promise<number | null> {
  const still = run.ledger.still();
  const began = run.clock.now;
  try {
    const next = await run.core.step();
    if (run.isDown) return next;
    run.ledger.looked(still);
    run.lookedAt = began;
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
    if (run.plan.keepsReceipts) await keep(run, dated);
    else await run.core.receive({ workspace, accountId }, dated);
  } catch (error) {
    if (!isExpected(error)) throw error;
    run.carrier.giveBack(receipts);
  }
}

/** As where more come than can be merged: what the server says that it has, it has. */
async function keep(run: Run, receipts: readonly Receipt[]): Promise<void> {
  await run.core.keep({ workspace, accountId }, receipts);
  const real = new Set(run.carrier.effects.map(({ key }) => key));
  run.ledger.kept(receipts.filter(({ key }) => real.has(key)));
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

/** Somebody opts out: from now on, only what was in flight already may still go. */
function optOut({ db, plan, random }: Run): void {
  const contact = 1 + random.below(plan.people);
  db.transact([() => db.run("update consent set granted = 0 where contact = ?", contact)]);
}

/** Its text changes while it is paused, or only its name. */
async function edit(run: Run, campaign: Campaign): Promise<void> {
  if (run.random.chance(0.6)) await rewrite(run, campaign);
  else await rename(run, campaign);
}

/** Somebody else works on the campaign meanwhile. */
async function rename(run: Run, { id }: Campaign): Promise<void> {
  await setPhase(run.store, { name: `Autumn ${run.random.below(100)}` }, id);
}

/** Limits change, or the account cannot be opened for a while. */
function changeAccount(run: Run): void {
  const { random } = run;
  run.ledger.limitsChanged();
  if (typeof run.account === "string") run.account = openAccount(run);
  else if (random.chance(0.4)) run.account = "The key was withdrawn";
  else run.account = openAccount(run, 1 + random.below(20));
}

/** For a while there is no room for anything. */
function fillDisk(run: Run): void {
  if (run.plan.fills) run.fullUntil = run.elapsed.now + run.random.below(4_000);
}

/** Somebody sets the server's clock, or it is right again. */
function jump({ clock, elapsed, plan, random }: Run): void {
  if (!plan.jumps) return;
  const years = 10 * 365 * 24 * hourMs;
  const skew = random.pick([0, 0, hourMs, -hourMs, -20 * secondMs, years, -years]);
  clock.now = elapsed.now + skew;
}
