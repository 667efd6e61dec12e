/**
 * A campaign of two ways that an account's breaker stopped, while nothing goes by that account's
 * way: no message of its own finds out whether the account is mended, and the other way waits for
 * it. Once the rest is over the campaign goes on, with the breaker half open: the next message by
 * that way is the one that finds out. A campaign of one way never comes here.
 */
import type { Instant } from "#domain/core/time.ts";
import { pauseReasonOf } from "#domain/message/breaker.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import type { EngineDeps } from "./carriers.ts";
import type { Gate } from "./gate.ts";
import type { Guard } from "./guard.ts";

interface UntriedDeps extends Pick<EngineDeps, "carriers" | "store"> {
  readonly guard: Guard;
}

/** The ways of a paused campaign of which nothing is in flight. Answers when to look again. */
export async function goOnUntried(
  deps: UntriedDeps,
  ways: readonly OpenDistribution[],
  now: Instant,
): Promise<Instant | null> {
  const [first] = ways;
  if (first === undefined || ways.length < 2) return null;
  const stopped = await gatesThatStop(deps, ways);
  if (stopped === null) return null;
  const resting = stopped.find((gate) => gate.state === "open" && !gate.isRetryDue(now));
  if (resting !== undefined) return resting.breaker.retryAt;
  const reason = first.pauseReason;
  if (!stopped.some(({ breaker }) => pauseReasonOf(breaker.reason) === reason)) return null;
  for (const gate of stopped) if (gate.state === "open") gate.halfOpen("itself");
  if (reason !== null) await deps.store.delivery.resume({ distribution: first.seq, reason, now });
  return now;
}

/** The gates of accounts whose breaker is not closed; null: a message finds out, or an account is not there. */
async function gatesThatStop(
  { carriers, guard }: UntriedDeps,
  ways: readonly OpenDistribution[],
): Promise<readonly Gate[] | null> {
  const gates: Gate[] = [];
  for (const way of ways) {
    const account = await carriers.open(way.workspace, way.accountId);
    if (typeof account === "string") return null;
    const gate = await guard.gateOf(way, account);
    if (gate.state === "closed") continue;
    if (way.hasWork || gate.inFlight > 0) return null;
    gates.push(gate);
  }
  return gates;
}
