/** What charts and findings say, in one sentence computed from their numbers. */
import {
  gain,
  type Action,
  type Doubt,
  type Feature,
  type Finding,
} from "#domain/analytics/action.ts";
import type { Part } from "#domain/analytics/breakdown.ts";
import { figureOf, type Kpi } from "#domain/analytics/kpi.ts";
import type { AnalyticsReport } from "#domain/analytics/report.ts";
import { channels } from "#domain/campaign/channel.ts";
import { formatCount, formatNumber, formatPercent } from "#lib/i18n/format.ts";
import { channelInText } from "#lib/i18n/channel-text.ts";
import { daysName, kpiWords } from "./words.ts";

/** "1,204 submitted; most: Nov 3, 2026, 320." */
export function timeSentence({ total, course }: AnalyticsReport, kpi: Kpi): string {
  const { count } = figureOf(kpi, total);
  const word = kpiWords[kpi].label.toLowerCase();
  if (count === 0) return `Nothing ${word} in these days.`;
  const most = course.toSorted(
    (a, b) => figureOf(kpi, b.measures).count - figureOf(kpi, a.measures).count,
  )[0];
  if (most === undefined) return "";
  const { first, last } = most;
  const peak = formatNumber(figureOf(kpi, most.measures).count);
  return `${formatNumber(count)} ${word}; most: ${daysName({ first, last })}, ${peak}.`;
}

/** "Most: E-mail, 1,204 of 2,000 (60.2%)." */
export function partsSentence(
  parts: readonly Part[],
  kpi: Kpi,
  nameOf: (key: string) => string,
): string {
  const counts = parts.map((part) => ({ ...part, n: figureOf(kpi, part.measures).count }));
  const all = counts.reduce((sum, { n }) => sum + n, 0);
  const most = counts.toSorted((a, b) => b.n - a.n)[0];
  if (most === undefined || all === 0) {
    return `Nothing ${kpiWords[kpi].label.toLowerCase()} in these days.`;
  }
  const share = `${formatNumber(most.n)} of ${formatNumber(all)} (${formatPercent(most.n / all)})`;
  return `Most: ${nameOf(most.key)}, ${share}.`;
}

export const featureWords = {
  channel: "Channel",
  subjectLength: "Length of the subject",
  subjectNumber: "A number in the subject",
  subjectQuestion: "A question in the subject",
  personal: "The recipient's name",
  link: "A link",
  code: "A code",
  textLength: "Length of the SMS",
  time: "Time of day at the start",
  weekend: "Weekend or not",
} as const satisfies Record<Feature, string>;

const groupWords: Readonly<Record<string, string>> = {
  "subjectLength short": "a subject of up to 40 characters",
  "subjectLength long": "a longer subject",
  "subjectNumber yes": "a number in the subject",
  "subjectNumber no": "no number in the subject",
  "subjectQuestion yes": "a question in the subject",
  "subjectQuestion no": "no question in the subject",
  "personal yes": "the recipient's name",
  "personal no": "no name in it",
  "link yes": "a link",
  "link no": "no link",
  "code yes": "a code",
  "code no": "no code",
  "textLength oneSegment": "a text of one segment",
  "textLength moreSegments": "a longer text",
  "time morning": "a start from 6 to 10",
  "time noon": "a start from 10 to 14",
  "time afternoon": "a start from 14 to 18",
  "time evening": "a start from 18 to 22",
  "time night": "a start from 22 to 6",
  "weekend yes": "a start at the weekend",
  "weekend no": "a start from Monday to Friday",
};

/** What a group of campaigns has in common: "a link". */
export function groupName(feature: Feature, key: string): string {
  if (key === "rest") return "the others";
  const channel = feature === "channel" ? channels.find((each) => each === key) : undefined;
  if (channel !== undefined) return channelInText(channel);
  return groupWords[`${feature} ${key}`] ?? key;
}

/** The same as a heading: "A link". */
export function groupLabel(feature: Feature, key: string): string {
  const name = groupName(feature, key);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const doubtWords = {
  few: "Too few messages to tell.",
  single: "One side is a single campaign, so it may be that campaign alone.",
  same: "The difference may well be chance.",
} as const satisfies Record<Doubt, string>;

const actionWords = {
  opened: "opened",
  clicked: "clicked",
  redeemed: "redeemed",
} as const satisfies Record<Action, string>;

/** "Messages with a link were opened more often: 31% (29 to 33%) against 24% (…)." */
export function findingSentence(finding: Finding): string {
  const { feature, action, best, rest, doubt } = finding;
  const [ours, theirs] = [best.shares[action], rest.shares[action]];
  const which = (key: string): string =>
    feature === "channel" && key !== "rest"
      ? `by ${groupName(feature, key)}`
      : key === "rest"
        ? "of the others"
        : `with ${groupName(feature, key)}`;
  const range = ({ low, high }: typeof ours): string =>
    `${formatPercent(low)} to ${formatPercent(high)}`;
  const told = `${formatPercent(ours.rate)} (${range(ours)}) of messages ${which(best.key)} were ${actionWords[action]}, ${formatPercent(theirs.rate)} (${range(theirs)}) ${which(rest.key)}.`;
  const sure =
    doubt === null
      ? `In ${formatCount(best.campaigns, "campaign")} against ${formatNumber(rest.campaigns)}: ${formatNumber(Math.round(gain(finding) * 1_000) / 10)} points more.`
      : doubtWords[doubt];
  return `${told} ${sure}`;
}
