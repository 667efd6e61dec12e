/**
 * When a message of a campaign may go out: not before its recipient's own clocks show the
 * planned time, not in their quiet hours, and not after the campaign's end. Decided inside the
 * intent transaction, so that a rule which was changed before it is obeyed.
 */
import { sendingRules } from "#domain/access/permission.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import {
  quietReleaseMs,
  quietSpanOf,
  quietUntil,
  type QuietHours,
} from "#domain/schedule/quiet-hours.ts";
import { likelyZone, possibleZones, type Whereabouts } from "#domain/schedule/recipient-zone.ts";
import { instantOf } from "#domain/schedule/wall-time.ts";
import type { Workspace } from "#domain/sync/document.ts";
import { zonesOfCountry } from "./country-zones.ts";
import type { Database, Row } from "./database.ts";

/** Where a contact is, from the columns of its row. */
export function whereaboutsOf(row: Row): Whereabouts {
  return {
    timeZone: text(row["time_zone"]),
    country: text(row["country"]),
    city: text(row["city"]),
  };
}

/** "" for a contact that is gone. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** When the planned time comes for a recipient; null where the plan is not by their own clocks. */
export function createSlots(
  schedule: Campaign["schedule"],
): ((whereabouts: Whereabouts) => Instant) | null {
  if (schedule === null || schedule.local !== true || schedule.wall === undefined) return null;
  const { wall, zone } = schedule;
  return remembered((whereabouts) => {
    const theirs = likelyZone(whereabouts, zonesOfCountry, zone);
    return instantOf(wall, theirs) ?? schedule.at;
  });
}

export type Timing =
  | { readonly what: "go" }
  | { readonly what: "wait"; readonly reason: Reason; readonly until: Instant }
  | { readonly what: "skip"; readonly reason: Reason };

/** The times of one campaign, asked for each of its messages. */
export interface TimingRule {
  /** What it has to know of a contact, to stand in a select: "" when nothing. */
  readonly needs: string;
  /** Nobody has to wait, and it is not too late for anybody. */
  readonly isNow: boolean;
  of(row: Row): Timing;
}

const go: Timing = { what: "go" };

/** What the campaign's times mean for a message now. */
export function createTiming(
  campaign: Campaign,
  quiet: QuietHours | null,
  now: Instant,
): TimingRule {
  const { schedule, validUntil = null } = campaign;
  const slotOf = createSlots(schedule);
  const quietEnd = quiet === null ? null : createQuietEnds(campaign, quiet, now);
  const isOver = (at: Instant): boolean => validUntil !== null && at >= validUntil;
  const needs = slotOf === null && quietEnd === null ? "" : "c.time_zone, c.country, c.city, ";
  const of = (row: Row): Timing => {
    if (isOver(now)) return { what: "skip", reason: "campaign_expired" };
    if (slotOf === null && quietEnd === null) return go;
    const whereabouts = whereaboutsOf(row);
    const slot = slotOf === null ? now : slotOf(whereabouts);
    if (slot > now) {
      return isOver(slot)
        ? { what: "skip", reason: "campaign_expired" }
        : { what: "wait", reason: "recipient_time", until: slot };
    }
    const end = quietEnd === null ? now : quietEnd(whereabouts);
    if (end <= now) return go;
    if (isOver(end)) return { what: "skip", reason: "quiet_hours_missed" };
    const until = end + spread(Number(row["n"]));
    return { what: "wait", reason: "quiet_hours", until: isOver(until) ? end : until };
  };
  const isNow = slotOf === null && quietEnd === null && !isOver(now);
  return { needs, isNow, of };
}

/**
 * The same, told beforehand: the intent looks at one cause to wait after the other, so whose own
 * clocks show the planned time in their quiet hours waits for the end of these, too.
 */
export function createOutlook(
  campaign: Campaign,
  quiet: QuietHours | null,
  now: Instant,
): TimingRule {
  const rule = createTiming(campaign, quiet, now);
  const later = new Map<Instant, TimingRule>();
  const of = (row: Row): Timing => {
    const first = rule.of(row);
    if (first.what !== "wait" || first.reason !== "recipient_time") return first;
    const then = later.get(first.until) ?? createTiming(campaign, quiet, first.until);
    later.set(first.until, then);
    const second = then.of(row);
    return second.what === "go" ? first : second;
  };
  return { ...rule, of };
}

/** The rule of the workspace; null where nobody set one. */
export function quietHoursOf(db: Database, workspace: string): QuietHours | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'workspace' and id = ? and dead = 0",
    workspace,
    workspace,
  );
  if (row === undefined) return null;
  const doc: Workspace = JSON.parse(String(row["doc"]));
  return sendingRules(doc.access).quietHours;
}

/** When quiet hours end for somebody; `now` or before where it is not quiet. */
function createQuietEnds(
  { schedule }: Campaign,
  quiet: QuietHours,
  now: Instant,
): (whereabouts: Whereabouts) => Instant {
  // Where nothing is known of a person, it has to be day both for the campaign and for the workspace.
  const nowhere = [...new Set([schedule?.zone ?? quiet.zone, quiet.zone])];
  return remembered((whereabouts) => {
    const possible = possibleZones(whereabouts, zonesOfCountry);
    const zones = possible.length === 0 ? nowhere : possible;
    return quietUntil(now, quietSpanOf(quiet, whereabouts.country), zones) ?? now;
  });
}

/** Somewhere within the release: the same for a message however often it is asked. */
function spread(n: number): number {
  return Math.floor(((Math.imul(n, 0x9e3779b1) >>> 0) / 2 ** 32) * quietReleaseMs);
}

/** People live in far fewer places than there are people. */
function remembered(find: (whereabouts: Whereabouts) => Instant): (where: Whereabouts) => Instant {
  const known = new Map<string, Instant>();
  return (whereabouts) => {
    const key = `${whereabouts.timeZone}\n${whereabouts.country}\n${whereabouts.city}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = find(whereabouts);
    known.set(key, made);
    return made;
  };
}
