/** The key figures of a campaign as its tiles say them: pure. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isRunning } from "#domain/campaign/lifecycle.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import { before, usualOf, type Usual } from "#domain/report/compare.ts";
import { courseOf } from "#domain/report/course.ts";
import {
  layoutOf,
  metricOf,
  rateOf,
  type Measured,
  type Metric,
  type MetricKey,
} from "#domain/report/metric.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { recipientsHref } from "#lib/features/recipients/query.ts";
import { formatShare } from "#lib/features/reports/shares.ts";
import { formatCount, formatDateTime, formatMoney, formatNumber } from "#lib/i18n/format.ts";
import { inText } from "#lib/i18n/in-text.ts";
import { formatDecimal, formatUnitPrice } from "#lib/i18n/rate-format.ts";
import { channelWords } from "#lib/i18n/state-words.ts";

export interface Figure {
  readonly key: MetricKey;
  readonly label: string;
  /** "96.2%", "1.8", "€0.04". */
  readonly value: string;
  /** "9,412 of 9,600 sent". */
  readonly count: string;
  /** "1.1 points above usual"; "" where nothing can be compared. */
  readonly change: string;
  readonly mood: "good" | "bad" | "even";
  /** What it means, its formula, what is usual, and of when it is. */
  readonly definition: string;
  /** Empty: its course is not known. */
  readonly course: readonly number[];
  /** The rows behind it; null: no filter shows them. */
  readonly href: string | null;
}

interface Row {
  readonly campaign: Pick<Campaign, "id" | "type" | "launchedAt" | "phase">;
  readonly rollup: Rollup | null;
}

/** The figures that the campaign's channel has, each beside what is usual in the workspace. */
export function figuresOf(row: Row, rows: readonly Row[], asOf: Instant): readonly Figure[] {
  const { campaign, rollup } = row;
  if (rollup === null) return [];
  const past = before(row, rows);
  return layoutOf(campaign.type, rollup).map((key) => {
    const metric = metricOf(key);
    const usual = sameMoney(metric, rollup, past) ? usualOf(key, past) : null;
    const isEarly = comesStill(key, campaign, asOf);
    return figureOf(key, rollup, { usual, isEarly, channel: channelWords[campaign.type], asOf });
  });
}

/** People take so long to open a message, to follow its links and to use its code. */
const reactingMs = 2 * dayMs;
const reactions: ReadonlySet<MetricKey> = new Set(["opened", "clicked", "redeemed"]);

/** Whether more of it is to be expected: campaigns that are over have all of theirs. */
function comesStill(
  key: MetricKey,
  { phase, launchedAt }: Row["campaign"],
  asOf: Instant,
): boolean {
  if (reactions.has(key)) return asOf < (launchedAt ?? asOf) + reactingMs || isRunning(phase);
  return isRunning(phase) && (metricOf(key).better === "more" || key === "unconfirmed");
}

interface Beside {
  readonly usual: Usual | null;
  readonly isEarly: boolean;
  readonly channel: string;
  readonly asOf: Instant;
}

function figureOf(key: MetricKey, rollup: Rollup, beside: Beside): Figure {
  const metric = metricOf(key);
  const measured = metric.measure(rollup) ?? { n: 0, of: 0 };
  const currency = rollup.cost?.currency ?? "EUR";
  const say = (value: number): string => sayRate(value, metric, currency);
  const n = metric.form === "money" ? formatMoney(measured.n, currency) : formatNumber(measured.n);
  const of = `${formatNumber(measured.of)} ${metric.formula.of}`;
  return {
    key,
    label: metric.form === "share" ? metric.label : `${metric.label} per message`,
    value: valueOf(measured, metric, say),
    count: counted(n, of, metric),
    ...changeOf(rateOf(measured), { metric, ...beside, say }),
    definition: [
      metric.definition,
      `${capital(metric.formula.n)} ÷ ${metric.formula.of}: ${n} ÷ ${formatNumber(measured.of)}.`,
      usualText(beside, say),
      `As of ${formatDateTime(beside.asOf)}.`,
    ].join(" "),
    course: metric.course === undefined ? [] : courseOf(rollup, metric.course),
    href:
      metric.states === undefined || measured.n === 0
        ? null
        : recipientsHref({ states: [...metric.states] }),
  };
}

function valueOf(measured: Measured, { form }: Metric, say: (value: number) => string): string {
  const rate = rateOf(measured);
  if (rate === null) return "–";
  return form === "share" ? formatShare(measured.n, measured.of) : say(rate);
}

function counted(n: string, of: string, { form, label }: Metric): string {
  if (form === "share") return `${n} of ${of}`;
  return form === "per" ? `${n} ${inText(label)} for ${of}` : `${n} for ${of}`;
}

function usualText({ usual, channel }: Beside, say: (value: number) => string): string {
  if (usual === null) {
    return "Too few campaigns of this channel before it to say what is usual.";
  }
  const last = formatCount(usual.n, "campaign");
  return `Usual: ${say(usual.rate)}, the median of the last ${last} (${channel}).`;
}

function sayRate(value: number, { form }: Metric, currency: string): string {
  if (form === "share") return formatShare(value, 1);
  return form === "money" ? formatUnitPrice(value, currency) : formatDecimal(value, 2);
}

interface Compared extends Pick<Beside, "usual" | "isEarly"> {
  readonly metric: Metric;
  readonly say: (value: number) => string;
}

/** Less than a tenth of a point, or of a hundredth of the unit, is no change. */
function changeOf(
  rate: number | null,
  { metric, usual, isEarly, say }: Compared,
): Pick<Figure, "change" | "mood"> {
  if (rate === null || usual === null) return { change: "", mood: "even" };
  const delta = rate - usual.rate;
  if (isEven(delta, metric.form)) return { change: "as usual", mood: "even" };
  const size = Math.abs(delta);
  const far = metric.form === "share" ? formatPoints(size) : say(size);
  const isMore = delta > 0;
  const mood =
    metric.better === null ? "even" : isMore === (metric.better === "more") ? "good" : "bad";
  if (isEarly && mood === "bad") return { change: "too early to compare", mood: "even" };
  return { change: isMore ? `${far} above usual` : `${far} below usual`, mood };
}

/** "1.1 points": so far apart are two shares. */
function formatPoints(share: number): string {
  const points = formatDecimal(share * 100, 1);
  return points === "1" ? "1 point" : `${points} points`;
}

function isEven(delta: number, form: Metric["form"]): boolean {
  return Math.abs(delta) < (form === "share" ? 0.0005 : 0.005);
}

/** Amounts are compared with amounts of the same currency only. */
function sameMoney({ form }: Metric, rollup: Rollup, past: readonly Row[]): boolean {
  if (form !== "money") return true;
  return past.every(({ rollup: other }) => other?.cost?.currency === rollup.cost?.currency);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
