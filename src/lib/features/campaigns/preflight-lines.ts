/** What a launch would do, as names and values for the review. */
import type { CodePolicy } from "#domain/codes/pool.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatList,
  formatMoney,
  formatNumber,
} from "#lib/i18n/format.ts";
import { standingText } from "#lib/i18n/pause-words.ts";
import type { PreflightAnswer } from "#lib/state/preflight.svelte.ts";

export interface Line {
  readonly name: string;
  readonly value: string;
}

/** What a budget keeps from happening; null where it reaches everybody. */
export function budgetText({ budget, recipients }: PreflightAnswer): string | null {
  if (budget === null || budget.reaches >= recipients) return null;
  const whose =
    budget.what === "campaign" ? "The campaign's budget" : "What is left of the month's budget";
  const of = `${formatNumber(budget.reaches)} of ${formatCount(recipients, "recipient")}`;
  return `${whose} reaches about ${of}. The others are skipped.`;
}

/** What a pool with too few codes keeps from happening; null where it has enough. */
export function codesText(
  { codes }: Pick<PreflightAnswer, "codes">,
  policy: CodePolicy,
): string | null {
  if (codes === null || codes.needed <= codes.left) return null;
  const missing = formatCount(codes.needed - codes.left, "recipient");
  return policy === "skip"
    ? `The pool has too few codes: about ${missing} will be skipped.`
    : `The pool has too few codes, so it cannot be sent. Choose a larger pool, or allow it under Content: about ${missing} would then be skipped.`;
}

/** What may come to by text messages instead. */
function fallbackLines({
  straight,
  further,
  segments,
  cost,
}: NonNullable<PreflightAnswer["fallback"]>): readonly Line[] {
  const price = cost === null ? "" : `, ${formatMoney(cost.amount, cost.currency)}`;
  const who =
    straight === 0
      ? `up to ${formatNumber(further)}, should they not be reached`
      : `${formatNumber(straight)} at once, as they have no address; up to ${formatNumber(further)} more, should they not be reached`;
  return [
    { name: "Text message instead", value: who },
    { name: "For that at most", value: `${formatCount(segments, "segment")}${price}` },
  ];
}

export function preflightLines(told: PreflightAnswer, now: Instant): readonly Line[] {
  const { total, recipients, unwritable } = told;
  const lines: Line[] = [
    { name: "Contacts", value: formatNumber(total) + whenFrozen(told, now) },
    { name: "Will be sent to", value: formatCount(recipients, "recipient") },
    ...skipLines(told),
    ...priceLines(told),
  ];
  if (told.fallback !== null) lines.push(...fallbackLines(told.fallback));
  if (told.codes !== null) lines.push({ name: "Codes", value: codeCounts(told.codes) });
  if (unwritable > 0) {
    const value = `${aboutOf(told)}${formatCount(unwritable, "message")}: a merge field has no usable value`;
    lines.push({ name: "Cannot be written", value });
  }
  return [...lines, ...timeLines(told)];
}

/** Where not every message was looked at, the rest is estimated. */
function aboutOf({ looked, recipients }: PreflightAnswer): string {
  return looked < recipients ? "about " : "";
}

function skipLines({ skips }: PreflightAnswer): readonly Line[] {
  if (skips.length === 0) return [];
  const whys = skips.map(({ reason, n }) => `${formatNumber(n)}: ${reasonText(reason)}`);
  return [{ name: "Will be skipped", value: whys.join(". ") }];
}

function priceLines(told: PreflightAnswer): readonly Line[] {
  const { segments, cost } = told;
  const about = aboutOf(told);
  const lines: Line[] = [];
  if (segments !== null) {
    lines.push({ name: "Segments", value: `${about}${formatNumber(segments)} in all` });
  }
  if (cost !== null) {
    lines.push({ name: "Cost", value: `${about}${formatMoney(cost.amount, cost.currency)}` });
  }
  return lines;
}

function whoText({ recipients, total }: PreflightAnswer): string {
  return `${formatNumber(recipients)} of ${formatCount(total, "contact")}`;
}

/** Of a run that is still to come: whom it would write to, were it today, and when it is through. */
export function runLines(told: PreflightAnswer): readonly Line[] {
  return [{ name: "With today's audience", value: whoText(told) }, ...timeLines(told)];
}

/** Of a campaign that waits for people: who of the audience could be written to, and the price. */
export function waitingLines(told: PreflightAnswer): readonly Line[] {
  const { recipients, cost, segments, looked } = told;
  const lines: Line[] = [
    { name: "Can be written to today", value: whoText(told) },
    ...skipLines(told),
  ];
  if (looked === 0) return lines;
  if (segments !== null) {
    const each = Math.round((10 * segments) / recipients) / 10;
    lines.push({ name: "Segments", value: `about ${formatNumber(each)} each` });
  }
  if (cost !== null) {
    const price = formatMoney((1_000 * cost.amount) / recipients, cost.currency);
    lines.push({ name: "Cost", value: `about ${price} for 1,000 messages` });
  }
  return lines;
}

/** Of a campaign that begins with everybody who is in its audience. */
export function atOnceLines(told: PreflightAnswer): readonly Line[] {
  return [
    { name: "Written to at once", value: whoText(told) },
    ...skipLines(told),
    ...priceLines(told),
  ];
}

/** Whatever its time, nothing goes out while its account stands still. */
export function standingWords({ standing }: Pick<PreflightAnswer, "standing">): string | null {
  if (standing === null) return null;
  const { since, retryAt } = standing;
  const times = {
    since: Date.parse(since),
    retryAt: retryAt === null ? null : Date.parse(retryAt),
  };
  const said = standing.detail === "" ? "" : ` The provider's words: ${standing.detail}`;
  return `The account keeps it waiting. ${standingText({ ...standing, ...times })}${said}`;
}

/** What its time means for recipients: who waits for their own, and when all is through. */
export function timeLines(told: PreflightAnswer): readonly Line[] {
  const { recipients, waits, missed } = told;
  const about = aboutOf(told);
  const lines: Line[] = [];
  if (waits !== null) {
    const until = formatDateTime(Date.parse(waits.until));
    const value = `${about}${formatCount(waits.n, "message")}, the last until ${until}`;
    lines.push({ name: "Wait for their time", value });
    lines.push({ name: "Their times come", value: spreadText(waits.spread, about) });
  }
  if (missed > 0) {
    const value = `${about}${formatCount(missed, "recipient")}: the campaign ends first`;
    lines.push({ name: "Not reached in time", value });
  }
  if (recipients > 0) lines.push({ name: "Through by", value: endText(told) });
  return lines;
}

function codeCounts({ needed, left }: NonNullable<PreflightAnswer["codes"]>): string {
  const few = needed > left ? "only " : "";
  return `${formatNumber(needed)} needed, ${few}${formatNumber(left)} left in the pool`;
}

/** Whoever comes into the audience until then is written to as well. */
function whenFrozen({ audience, startsAt }: PreflightAnswer, now: Instant): string {
  if (audience === "frozen") return ", as they were fixed when it started";
  const isLater = Date.parse(startsAt) > now + minuteMs;
  return isLater ? " now; who they are is fixed when it starts" : "";
}

type Waits = NonNullable<PreflightAnswer["waits"]>;

/** Hours that are told one by one. */
const mostHours = 6;

/** `22 Nov, 08:00: 120 (Berlin)`, hour by hour. */
function spreadText(spread: Waits["spread"], about: string): string {
  const hours = spread.slice(0, mostHours).map(({ from, n, zones }) => {
    const known = zones.filter((zone) => zone !== "");
    const named = known.slice(0, 2).map((zone) => cityOfZone(zone));
    const where = known.length > 2 ? [...named, `${known.length - 2} more`] : named;
    const clocks = where.length === 0 ? "" : ` (${formatList(where)})`;
    return `${formatDateTime(Date.parse(from))}: ${about}${formatNumber(n)}${clocks}`;
  });
  const later = spread.slice(mostHours).reduce((sum, { n }) => sum + n, 0);
  return [...hours, ...(later === 0 ? [] : [`${about}${formatNumber(later)} later`])].join("; ");
}

/** `America/New_York`: New York. */
function cityOfZone(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

/** When it would be through, and what decides it. */
function endText({ startsAt, endsAt, end }: PreflightAnswer): string {
  if (endsAt === null || end === null) {
    return "not known: the account has no limit, and no campaign of late shows how fast it is";
  }
  const span = Date.parse(endsAt) - Date.parse(startsAt);
  const lasts = span < secondMs ? "at once" : `after ${formatDuration(span)}`;
  const when = `about ${formatDateTime(Date.parse(endsAt))}, ${lasts}`;
  const shared =
    end.sharedWith === 0 ? "" : `; shared with ${formatCount(end.sharedWith, "other campaign")}`;
  return `${when}${limitWords(end)}${shared}`;
}

function limitWords({ limit, perSecond }: NonNullable<PreflightAnswer["end"]>): string {
  if (limit === null) return "";
  const speed = `${formatNumber(perSecond ?? 0)} a second`;
  const words = {
    account: `limited by the account's ${speed}`,
    sender: `limited by the sender's ${speed}`,
    domain: `limited by ${speed} to one mail domain`,
    recipient: "limited by the time between two messages to one person",
    provider: `at the ${speed} that the account reached of late`,
    warm_up: "limited by the sender's warm-up, if each day goes well",
    times: "when the time of the last recipient comes",
  } as const satisfies Record<typeof limit, string>;
  return `, ${words[limit]}`;
}
