/**
 * Campaigns through everything that can go wrong, all of it from one seed: a carrier at its
 * worst, power cuts before and after every commit, a full disk, a clock that jumps, pauses,
 * opt-outs, replies, changes of the account, now and then a cancellation or a person who sends
 * again. Campaigns go out once, day after day, to whoever something happens for, or when a second
 * person agrees; some in nobody's night, some only until their end. After every act the invariants
 * of checks.ts and campaign-checks.ts hold. Then all faults end, and everything has to come to rest.
 */
import { isLive } from "#domain/campaign/live.ts";
import { dayMs, secondMs } from "#domain/core/time.ts";
import { settleDown } from "../../support/delivery/drive.ts";
import { act, crash, hear, step } from "./acts.ts";
import { checkNobodyMissed, untilAllCame } from "./comings.ts";
import { checkCampaigns, checkCampaignsEnd, checkPauses } from "./campaign-checks.ts";
import { check, checkEnd, type Memory } from "./checks.ts";
import { agreeAtLast, campaignsOf, end, sendAgain, tellAll, togglePause } from "./people.ts";
import { describePlan, isWaiting } from "./plan.ts";
import { pass, type Run } from "./run.ts";
import { begin, openAccount } from "./start.ts";
import { Violation, type DeliveryBug } from "./violation.ts";

export interface Simulated {
  /** The first broken promise, in words; null when all were kept. */
  readonly violation: string | null;
  readonly plan: string;
  readonly calls: number;
  readonly crashes: number;
  /** How every row ended: the same for the same seed. */
  readonly trace: string;
}

export interface SimulateOptions {
  readonly seed: number;
  readonly bug?: DeliveryBug | null;
}

const restSteps = 1_500;

export async function simulateDelivery({ seed, bug = null }: SimulateOptions): Promise<Simulated> {
  const run = await begin(seed, bug);
  const memory: Memory = new Map();
  let violation: string | null = null;
  try {
    for (let acts = 0; acts < run.plan.acts; acts++) {
      await act(run);
      await checkAll(run, memory);
    }
    await comeToRest(run, memory);
    checkEnd(run);
    await checkCampaignsEnd(run);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error.message;
  } finally {
    run.core.kill();
  }
  const trace = [...memory.values()].map(({ state, gen }) => `${state}${gen}`).join(" ");
  const { calls } = run.ledger;
  return { violation, plan: describePlan(run.plan), calls, crashes: run.crashes, trace };
}

async function checkAll(run: Run, memory: Memory): Promise<void> {
  await check(run, memory);
  await checkCampaigns(run);
}

/** The command that repeats a seed. */
export function replayOf({ seed, bug = null }: SimulateOptions): string {
  const options = `--only delivery${bug === null ? "" : ` --bug ${bug}`}`;
  return `npm run simulate -- --seeds 1 --from ${seed} ${options}`;
}

/**
 * Faults end: everything must settle without anybody's help but the resuming of a pause, where
 * somebody resumes, the answer to what was asked, and the end of what goes on by itself.
 */
async function comeToRest(run: Run, memory: Memory): Promise<void> {
  await endFaults(run);
  let isSentAgain = run.random.chance(0.5);
  for (let i = 0; i < restSteps; i++) {
    await resumeAll(run);
    await endAll(run);
    const next = await step(run);
    run.carrier.answer();
    await settleDown();
    await hear(run);
    checkPauses(run, await campaignsOf(run));
    if (i % 10 === 0) await checkAll(run, memory);
    if (await isAtRest(run)) {
      await checkAll(run, memory);
      const campaign = run.random.pickOr(await campaignsOf(run));
      if (isSentAgain || campaign === null || !(await sendAgain(run, campaign))) return;
      isSentAgain = true;
      if (run.random.chance(0.5)) crash(run);
    }
    const wait = next === null ? 250 : next - run.clock.now;
    // Later than it asked for is never wrong, and sooner at rest: the more so, the longer it takes.
    pass(run, Math.max(2 * secondMs * (1 + i / 50), Math.min(wait, dayMs)));
  }
  throw new Violation("I9", `not at rest after ${restSteps} steps: ${await describe(run)}`);
}

async function endFaults(run: Run): Promise<void> {
  run.isFaulty = false;
  run.carrier.isFaulty = false;
  run.fullUntil = 0;
  run.account = openAccount(run);
  // A clock that is late would keep a schedule waiting, as it should; one that is ahead may stay.
  if (run.clock.now < run.elapsed.now || run.random.chance(0.5)) run.clock.now = run.elapsed.now;
  crash(run);
  await tellAll(run);
  if (run.plan.kind === "dated" || run.plan.kind === "entering") await letAllCome(run);
  await endAll(run);
  for (const { id } of await campaignsOf(run)) {
    if (run.plan.kind === "approved") await agreeAtLast(run, id);
  }
}

/** What is still being prepared cannot be ended yet. */
async function endAll(run: Run): Promise<void> {
  if (!isWaiting(run.plan.kind)) return;
  for (const campaign of await campaignsOf(run)) if (isLive(campaign)) await end(run, campaign);
}

/** What a campaign watches for comes, and it is given the time to see it. */
async function letAllCome(run: Run): Promise<void> {
  await goOn(run);
  pass(run, untilAllCame(run));
  await goOn(run);
  checkNobodyMissed(run);
}

async function goOn(run: Run): Promise<void> {
  for (let steps = 0; steps < 12; steps++) {
    await resumeAll(run);
    await step(run);
    run.carrier.answer();
    await settleDown();
    pass(run, 100);
  }
}

async function resumeAll(run: Run): Promise<void> {
  for (const campaign of await campaignsOf(run)) {
    if (campaign.phase === "paused") await togglePause(run, campaign);
  }
}

async function isAtRest({ carrier, clock, core, store }: Run): Promise<boolean> {
  if (carrier.waiting > 0 || core.isBehind()) return false;
  const { awaited, open } = await store.delivery.work({ now: clock.now });
  return open.length === 0 && awaited.length === 0;
}

async function describe(run: Run): Promise<string> {
  const phases = (await campaignsOf(run)).map(({ phase }) => phase);
  const states = run.db.all(
    "select state_now as state, count(*) as n from standing group by state_now",
  );
  return `${phases.join(", ")}, ${JSON.stringify(states)}`;
}
