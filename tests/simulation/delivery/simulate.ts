/**
 * One campaign through everything that can go wrong, all of it from one seed: a carrier at its
 * worst, power cuts at the engine's fault points and between them, pauses, opt-outs, now and then
 * a cancellation. Then all faults end, and everything has to come to rest. Invariants: see `check`.
 */
import { maxGens } from "#domain/message/retry.ts";
import { stateOf, type MessageState } from "#domain/message/state.ts";
import { faultPoints, type FaultPoint } from "#server/delivery/carriers.ts";
import type { Core } from "#server/delivery/core.ts";
import type { Outgoing } from "#server/providers/provider.ts";
import { openFake } from "../../support/delivery/fake-carrier.ts";
import {
  createClock,
  openCore,
  settleDown,
  testKeys,
  type Clock,
} from "../../support/delivery/drive.ts";
import {
  accountId,
  aCampaign,
  anAccount,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
  type OpenStore,
} from "../../support/delivery/world.ts";
import { createRandom, type Random } from "../random.ts";
import { WorstCarrier } from "./carrier.ts";

export interface Simulated {
  readonly violation: string | null;
  readonly calls: number;
  readonly crashes: number;
}

class Violation extends Error {}
class PowerCut extends Error {}

interface Run extends OpenStore {
  readonly random: Random;
  readonly clock: Clock;
  readonly carrier: WorstCarrier;
  readonly isKeyed: boolean;
  core: Core;
  open: () => Core;
  calls: number;
  crashes: number;
  isCanceled: boolean;
  /** Set by a check that runs inside a call. */
  violation: string | null;
}

const steps = 120;
const restSteps = 4_000;

export async function simulateDelivery(seed: number): Promise<Simulated> {
  const run = await begin(seed);
  try {
    for (let acts = 0; acts < steps; acts++) await act(run);
    await comeToRest(run);
    await check(run);
    await checkEnd(run);
    return { violation: null, calls: run.calls, crashes: run.crashes };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { violation: error.message, calls: run.calls, crashes: run.crashes };
  } finally {
    run.core.kill();
    await run.store.close();
  }
}

async function begin(seed: number): Promise<Run> {
  const random = createRandom(seed);
  const isKeyed = random.chance(0.6);
  const { store, db } = openTestStore();
  seedContacts(
    db,
    Array.from({ length: 20 + random.below(random.chance(0.2) ? 700 : 80) }, () => ({
      consents: !random.chance(0.05),
      ...(random.chance(0.03) ? { email: null } : {}),
    })),
  );
  const account = anAccount({ provider: isKeyed ? "sandbox" : "smtp" });
  await seedDocuments(store, { account, campaign: aCampaign() });
  const clock = createClock();
  const carrier = new WorstCarrier(random, isKeyed, (message) => noteCall(run, message));
  const limits = {
    perSecond: random.chance(0.5) ? null : 20 + random.below(200),
    concurrency: 1 + random.below(30),
  };
  const opened = openFake(carrier.carrier, {
    honoursKeys: isKeyed,
    receipts: "push",
    receiptWindowMs: 120_000,
    limits,
  });
  const open = (): Core =>
    openCore({
      store,
      clock,
      account: opened,
      random: () => random.next(),
      fault: (point) => cut(run, point),
    });
  const run: Run = {
    store,
    db,
    random,
    clock,
    carrier,
    isKeyed,
    open,
    core: open(),
    calls: 0,
    crashes: 0,
    isCanceled: false,
    violation: null,
  };
  return run;
}

/** Each fault point may cut the power while faults are on; the two that every message passes, seldom. */
function cut({ carrier, random }: Run, point: FaultPoint): void {
  if (!carrier.isFaulty || !faultPoints.includes(point)) return;
  const isOften = point === "sent" || point === "before send";
  if (random.chance(isOften ? 0.000_5 : 0.01)) throw new PowerCut(point);
}

/** A call must have its intent on disk, and must not be for somebody who had opted out before it. */
function noteCall(run: Run, message: Outgoing): void {
  run.calls += 1;
  const place = testKeys.read(message.key);
  const row = run.db.get(
    `select m.state_now as state, m.gen, s.granted from standing m
       left join consent s on s.contact = m.contact and s.channel = 'email'
      where m.distribution = ? and m.n = ?`,
    place?.distribution ?? 0,
    place?.n ?? 0,
  );
  const state = row === undefined ? "missing" : stateOf(Number(row["state"]));
  // The failure of an earlier try may have been told meanwhile: the message waits for its next send.
  const isPast = Number(row?.["gen"]) > (place?.gen ?? 0);
  if (state !== "sending" && !isPast && !isProven(state)) {
    run.violation = `I4: ${message.to} was called while its row was ${state}`;
  }
}

/** A receipt may overtake the call that it is about. */
function isProven(state: MessageState | "missing"): boolean {
  return state === "delivered" || state === "undelivered" || state === "sent";
}

async function act(run: Run): Promise<void> {
  const { carrier, clock, random } = run;
  const luck = random.next();
  if (luck < 0.5) await step(run);
  else if (luck < 0.75) carrier.answer(clock.now);
  else if (luck < 0.85) await hear(run);
  else if (luck < 0.9) clock.now += random.below(5_000);
  else if (luck < 0.93) crash(run);
  else if (luck < 0.96) await togglePause(run);
  else if (luck < 0.99) optOut(run);
  else if (luck < 0.992) await cancel(run);
  clock.now += random.below(200);
  await settleDown();
  if (random.chance(0.15)) await check(run);
}

async function step(run: Run): Promise<void> {
  try {
    await run.core.step();
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    crash(run);
  }
}

async function hear(run: Run): Promise<void> {
  try {
    await run.core.receive({ workspace, accountId }, run.carrier.takeReceipts());
  } catch (error) {
    // The carrier repeats what was not taken: it is durable or it is heard again.
    if (!(error instanceof PowerCut)) throw error;
    crash(run);
  }
}

function crash(run: Run): void {
  run.core.kill();
  run.crashes += 1;
  run.carrier.forgetCallers(run.clock.now);
  run.core = run.open();
}

async function togglePause(run: Run): Promise<void> {
  const { phase, pausedFrom } = await readCampaign(run.store);
  if (phase === "active" || phase === "preparing") {
    await setPhase(run.store, { phase: "paused", pausedFrom: phase, pauseReason: "user" });
  } else if (phase === "paused") {
    const back = pausedFrom ?? "active";
    await setPhase(run.store, { phase: back, pausedFrom: null, pauseReason: null });
  }
}

/** Somebody opts out: from now on, only what was in flight already may still go. */
function optOut({ db, random }: Run): void {
  const contact = 1 + random.below(700);
  db.transact([() => db.run("update consent set granted = 0 where contact = ?", contact)]);
}

async function cancel(run: Run): Promise<void> {
  const { phase } = await readCampaign(run.store);
  if (phase === "completed") return;
  run.isCanceled = true;
  await setPhase(run.store, { phase: "canceled", completedAt: run.clock.now });
}

/** Faults end: everything must settle without anybody's help but the resuming of a pause. */
async function comeToRest(run: Run): Promise<void> {
  run.carrier.isFaulty = false;
  crash(run);
  for (let i = 0; i < restSteps; i++) {
    if ((await readCampaign(run.store)).phase === "paused") await togglePause(run);
    const next = await run.core.step();
    run.carrier.answer(run.clock.now);
    await settleDown();
    await hear(run);
    const { open } = await run.store.delivery.work({ now: run.clock.now });
    if (open.length === 0 && run.carrier.waiting === 0) return;
    run.clock.now = Math.max(run.clock.now + 1, Math.min(next ?? 0, run.clock.now + 700_000));
  }
  throw new Violation(`I9: not at rest after ${restSteps} steps: ${await describe(run)}`);
}

/** What must hold at every moment (looked at now and then): counters are their rows, and nobody was written to twice. */
async function check(run: Run): Promise<void> {
  if (run.violation !== null) throw new Violation(run.violation);
  const [finding] = await run.store.delivery.findings({});
  if (finding !== undefined) throw new Violation(`${finding.check}: ${finding.detail}`);
  for (const [key, times] of run.carrier.acted) {
    if (times > 1) throw new Violation(`${key} was acted upon ${times} times`);
  }
  for (const [to, keys] of run.carrier.keysOf) {
    if (keys.size > maxGens) throw new Violation(`${to} was sent to ${keys.size} times`);
  }
}

/** What must hold at the end: every row tells what really became of its recipient. */
async function checkEnd(run: Run): Promise<void> {
  const rows = run.db.all(
    "select address, state_now as state, gen from standing where address <> ''",
  );
  for (const row of rows) {
    const address = String(row["address"]);
    // What became of a later send says nothing of the first one, which may have been acted upon.
    if (Number(row["gen"]) > 1) continue;
    checkRow(address, stateOf(Number(row["state"])), run.carrier.effects.has(address));
  }
  const rollup = await readRollup(run.store);
  // A campaign that was canceled before its launch has neither.
  if ((rollup?.total ?? 0) !== Number(run.db.get("select count(*) as n from message")?.["n"])) {
    throw new Violation("I1: the rollup's total is not the number of rows");
  }
}

/** States that say that the carrier took the message, and those that say that it did not. */
const claims: ReadonlySet<MessageState> = new Set(["delivered", "undelivered", "submitted"]);
const denials: ReadonlySet<MessageState> = new Set(["skipped", "canceled", "failed"]);

function checkRow(address: string, state: MessageState, wasReached: boolean): void {
  if (claims.has(state)) {
    if (!wasReached) throw new Violation(`I8: ${address} is ${state} and was not reached`);
  } else if (denials.has(state)) {
    if (wasReached) throw new Violation(`${address} is ${state} and was reached`);
  } else if (state !== "unconfirmed") throw new Violation(`I9: ${address} is still ${state}`);
}

async function describe({ store, db }: Run): Promise<string> {
  const { phase } = await readCampaign(store);
  const states = db.all(
    "select state_now as state, count(*) as n from standing group by state_now",
  );
  return `${phase}, ${JSON.stringify(states)}`;
}
