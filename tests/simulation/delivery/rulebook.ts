/**
 * What is promised to each recipient about the moment of a message, looked at when it is claimed
 * and when it is called:
 *
 * quiet   nobody is written to in their quiet hours
 * local   nobody is written to before their own clocks show the planned time
 * valid   nothing goes out after its campaign's end
 * delay   who entered a campaign is written to when the wait after what happened is over, and whose
 *         date comes, when it does
 * agreed  nothing is said that a second person did not agree to, where that is asked for
 * cap     nobody gets more messages than the cap allows in its days
 */
import { dayMs, minuteMs, secondMs } from "#domain/core/time.ts";
import type { Outgoing } from "#server/providers/provider.ts";
import { startOfTime } from "../../support/delivery/world.ts";
import { campaignZone, clocksAt, homeClocks, isQuiet } from "./places.ts";
import { isWaiting, type Plan } from "./plan.ts";

/** A call may follow its intent by so much: limits hold it back for a moment. */
const slackMs = minuteMs;

export interface Rulebook {
  /** Something happened for the person, which a message may follow. */
  happened(address: string, at: number): void;
  /** Answers the broken promise, null when all are kept. */
  claimed(claim: Claim, now: number): string | null;
  called(message: Pick<Outgoing, "content" | "to">, now: number): string | null;
}

export interface RulebookDeps {
  readonly plan: Plan;
  /** Messages that really reached a person, by address. */
  readonly reached: () => ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether a second person agreed to the text. */
  readonly isAgreed: (text: string) => boolean;
}

export interface Claim {
  readonly name: string;
  readonly address: string;
  /** The first try of the first deliberate send. */
  readonly isFirst: boolean;
}

/** When the planned time of a schedule by recipients' own clocks is, as they show it. */
export function plannedWall({ scheduledInMs }: Pick<Plan, "scheduledInMs">): string {
  return clocksAt(startOfTime + (scheduledInMs ?? 0), campaignZone);
}

/** The person's number in the run, from `person7@example.org`. */
function numberOf(address: string): number {
  return Number(/\d+/.exec(address)?.[0]);
}

export function createRulebook({ plan, reached, isAgreed }: RulebookDeps): Rulebook {
  const { rules, jumps, kind, trigger } = plan;
  const { quietHours, isLocal, validForMs, cap } = rules;
  const wall = plannedWall(plan);
  const isPlanned =
    kind === "recurring" || (kind === "plain" && (isLocal || plan.scheduledInMs !== null));
  const firstHappened = new Map<string, number>();
  const claimedAt = new Map<string, number>();

  const timeBroken = (address: string, now: number): string | null => {
    const n = numberOf(address);
    if (quietHours !== null && isQuiet(n, quietHours, { at: now, isPlanned }))
      return `quiet: ${address} is asleep`;
    if (isLocal && homeClocks(n, now) < wall) return `local: it is not ${wall} for ${address}`;
    if (validForMs !== null && now >= startOfTime + validForMs) return `valid: ${address} is late`;
    return null;
  };
  const isTooSoon = (address: string, now: number): boolean => {
    const happenedAt = firstHappened.get(address) ?? Infinity;
    if (!isWaiting(kind) || jumps) return false;
    return now < happenedAt + (kind === "dated" ? 0 : trigger.delayMinutes * minuteMs);
  };
  /** Other messages that reached the person and were claimed in the cap's days. */
  const isOverCap = ({ name, address }: Claim, now: number): boolean => {
    if (cap === null || jumps) return false;
    const since = now - cap.days * dayMs;
    const others = [...(reached().get(address) ?? [])].filter(
      (other) => other !== name && (claimedAt.get(other) ?? 0) > since,
    );
    return others.length >= cap.messages;
  };
  return {
    happened: (address, at) => {
      firstHappened.set(address, Math.min(at, firstHappened.get(address) ?? Infinity));
    },
    claimed: (claim, now) => {
      const { address, name, isFirst } = claim;
      if (isFirst && isOverCap(claim, now)) return `cap: ${address} gets ${name}, too`;
      if (!claimedAt.has(name)) claimedAt.set(name, now);
      if (isTooSoon(address, now)) return `delay: ${address} is written to at once`;
      return timeBroken(address, now);
    },
    called: ({ content, to: address }, now) => {
      const text = content.text.replace(/Name\d+/, "{{ first_name }}");
      if (kind === "approved" && !isAgreed(text)) return `agreed: nobody agreed to “${text}”`;
      if (jumps) return null;
      // The call began long after it stopped being right: it was at no moment of late.
      const broken = timeBroken(address, now);
      if (broken === null) return null;
      for (let at = now - slackMs; at < now; at += secondMs) {
        if (timeBroken(address, at) === null) return null;
      }
      return broken;
    },
  };
}
