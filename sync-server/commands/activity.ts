/** What the activity tells of an accepted command: who did what, to what, and when. */
import type { Trigger } from "#domain/campaign/trigger.ts";
import type { Id } from "#domain/core/id.ts";
import { dayMs, minuteMs, type Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Decision } from "#domain/sync/decision.ts";
import type { Command } from "#protocol/command.ts";
import type { ActivityEntry, Found } from "../store/sync-store.ts";

export interface Circumstances {
  readonly user: Id;
  readonly now: Instant;
  /** The rows as they were: the name of what was removed. */
  readonly before: readonly Found[];
}

type Detail = Readonly<Record<string, string | number | boolean | null>>;

/** The line to add; null when the command was refused, or concerns nobody but who made it. */
export function activityOf(
  act: Act,
  decision: Decision,
  about: Circumstances,
): ActivityEntry | null {
  if (decision.outcome === "rejected" || isOfOnePerson(act)) return null;
  const { id } = act.args;
  const name = nameOf(id, decision, about.before);
  const overwrote =
    decision.outcome === "merged"
      ? { overwrote: decision.lost.map(({ field }) => field).join(", ") }
      : {};
  return {
    campaignId: act.name.startsWith("campaign.") ? id : null,
    event: isAsked(act, decision) ? "campaign.ask" : act.name,
    by: about.user,
    at: about.now,
    detail: { id, ...(name === null ? {} : { name }), ...specifics(act), ...overwrote },
  };
}

/** What people keep for themselves and each other, and never asked to hear of. */
function isOfOnePerson({ name }: Act): boolean {
  return name.startsWith("pin.") || name.startsWith("report.");
}

/**
 * When the device says that the command was made. No clock of a device is trusted with order: the
 * claim is only told, never later than now, and left out when it says nothing new. A clock that
 * was never compared, or not for a day, is marked.
 */
export function claimed(at: Command["at"], now: Instant): Detail {
  const made = Math.min(madeAt(at), now);
  const isLow = !isTrusted(at, now);
  if (!isLow && now - made < minuteMs) return {};
  return { madeAt: made, ...(isLow ? { clockTrust: "low" } : {}) };
}

/** By more than so much no comparison of clocks is off: half of a slow way, and what a clock drifts in a day. */
const usualErrorMs = 2 * minuteMs;

/**
 * Whether the device's clock was compared with ours within a day before it was made. What claims to
 * be of later than now was dated by a clock that was set since.
 */
export function isTrusted(at: Command["at"], now: Instant): boolean {
  const { offset, offsetAge } = at;
  const isOfLater = madeAt(at) > now + usualErrorMs;
  return offset !== null && offsetAge !== null && offsetAge <= dayMs && !isOfLater;
}

/** By the server's clock, as well as the device could tell. */
export function madeAt({ wall, offset }: Command["at"]): Instant {
  return wall + (offset ?? 0);
}

function nameOf(id: Id, decision: Decision, before: readonly Found[]): string | null {
  const after = decision.outcome === "rejected" ? [] : decision.writes;
  for (const { id: rowId, doc } of [...after, ...before]) {
    if (rowId === id && doc !== null && "name" in doc) return doc.name;
  }
  return null;
}

/** Whether the launch waits for another person now. */
function isAsked({ name, args }: Act, decision: Decision): boolean {
  const isLaunch =
    name === "campaign.send" || name === "campaign.schedule" || name === "campaign.setLive";
  if (!isLaunch) return false;
  const writes = decision.outcome === "rejected" ? [] : decision.writes;
  return writes.some(
    ({ kind, id, doc }) =>
      kind === "campaign" && id === args.id && doc?.approval?.state === "asked",
  );
}

function specifics(act: Act): Detail {
  switch (act.name) {
    case "campaign.schedule":
      return {
        scheduledFor: act.args.schedule.at,
        zone: act.args.schedule.zone,
        ...(act.args.schedule.repeat === undefined ? {} : { repeats: true }),
      };
    case "campaign.reject":
      return { why: act.args.reason };
    case "campaign.setLive":
      return { trigger: nameOfTrigger(act.args.trigger) };
    case "campaign.duplicate":
      return { from: act.args.from };
    case "consent.in":
    case "consent.out":
      return { channel: act.args.channel };
    case "campaign.edit":
      return { fields: changedFields(act.args).join(", ") };
    default:
      return {};
  }
}

function nameOfTrigger(trigger: Trigger): string {
  if (trigger.kind === "event") return trigger.event;
  return trigger.kind === "date" ? trigger.field : trigger.kind;
}

function changedFields(args: Extract<Act, { readonly name: "campaign.edit" }>["args"]): string[] {
  const { name, content, audienceId, accountId, fallback } = args;
  const changes = Object.entries({ name, ...content, audienceId, accountId, fallback });
  return changes.filter(([, change]) => change !== undefined).map(([field]) => field);
}
