/** The workspace of a run as its plan wants it: its people, its rules, and how its campaigns begin. */
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign, Schedule } from "#domain/campaign/campaign.ts";
import type { Trigger as TriggerOf } from "#domain/campaign/trigger.ts";
import { dayMs, minuteMs } from "#domain/core/time.ts";
import { defaultPeopleLimits } from "#domain/limits/people-limits.ts";
import type { Store } from "#server/store/store.ts";
import {
  accountId,
  aCampaign,
  startOfTime,
  user,
  workspace,
  type ContactSeed,
} from "../../support/delivery/world.ts";
import { poolId } from "../../support/delivery/code-world.ts";
import type { Random } from "../random.ts";
import { accessOf } from "./people.ts";
import { campaignZone, clocksAt, placeOf } from "./places.ts";
import { dateTime, fieldsOf } from "./comings.ts";
import { isWaiting, type Plan } from "./plan.ts";
import { plannedWall } from "./rulebook.ts";

export const keyedProvider: Account["provider"] = "webhook";

export function seedPeople(
  { kind, people, rules }: Pick<Plan, "kind" | "people" | "rules">,
  random: Random,
): readonly ContactSeed[] {
  const isSpread = rules.quietHours !== null || rules.isLocal;
  return Array.from({ length: people }, (_, index) => ({
    consents: !random.chance(0.05),
    ...(random.chance(0.03) ? { email: null } : {}),
    ...(isSpread ? placeOf(index + 1).known : {}),
    ...fieldsOf(kind, index + 1),
  }));
}

export const secondAccountId = accountId.replace("a1", "a2");

const fallback = { accountId: secondAccountId, text: "Call us, {{ first_name }}" };

/** A campaign as it is when the run begins. */
export function lifeOf(plan: Plan): Partial<Campaign> {
  const { validForMs } = plan.rules;
  const validUntil = validForMs === null ? null : startOfTime + validForMs;
  const content = { ...aCampaign().content, subject: "Hello {{ first_name }}: {{ code }}" };
  const coded = { codePoolId: poolId, codePolicy: "skip", content } as const;
  const falling = plan.fallsBack ? { fallback } : {};
  return { validUntil, ...(plan.codes === null ? {} : coded), ...falling, ...begin(plan) };
}

function begin(plan: Plan): Partial<Campaign> {
  const { kind, scheduledInMs, rules, ifLate } = plan;
  const planned = { phase: "scheduled", launchedAt: null } as const;
  if (kind === "recurring") return { phase: "active", schedule: daily(plan) };
  if (isWaiting(kind)) return { trigger: triggerOf(plan) };
  if (kind === "approved") return { phase: "pending", launchedAt: null };
  if (rules.isLocal) {
    const wall = plannedWall(plan);
    const at = startOfTime + (scheduledInMs ?? 0);
    const local = { at: at - (at % minuteMs), zone: campaignZone, wall, local: true, ifLate };
    return { ...planned, schedule: local };
  }
  if (scheduledInMs === null) return {};
  return { ...planned, schedule: { at: startOfTime + scheduledInMs, zone: campaignZone, ifLate } };
}

function triggerOf({ ifLate, kind, trigger }: Plan): TriggerOf {
  const { againAfterHours, by, delayMinutes, existing } = trigger;
  const entrance = { delayMinutes, againAfterHours };
  if (kind === "entering") return { kind: "entry", existing, ...entrance };
  if (kind === "triggered" && by === "redeemed") {
    return { kind: "redeemed", code: "SPRING*", campaignId: null, ...entrance };
  }
  if (kind === "triggered") return { kind: "event", event: "order_paid", ...entrance };
  const when = { days: 0, time: dateTime, zone: "UTC", local: false } as const;
  return { kind: "date", field: "Birthday", every: "year", order: "dayFirst", ifLate, ...when };
}

/** Every day from a quarter of an hour on. */
export const firstFiringAt = startOfTime + 15 * minuteMs;
export const betweenFirings = dayMs;

function daily({ times, ifLate }: Plan): Schedule {
  const wall = clocksAt(firstFiringAt, campaignZone);
  const repeat = { from: wall, every: "day", interval: 1, times } as const;
  return { at: firstFiringAt, zone: campaignZone, wall, ifLate, repeat };
}

export async function seedRules(store: Store, plan: Plan): Promise<void> {
  const doc = { id: workspace, rev: 1, name: "Acme", access: accessOf(plan), createdAt: 0 };
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "workspace", id: workspace, doc }],
    activity: null,
    now: startOfTime,
  });
  const { cap } = plan.rules;
  if (cap === null) return;
  const frequency = { ...defaultPeopleLimits.frequency, email: cap };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: startOfTime });
}
