/** What the store tells of a campaign, as the API answers it. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { editionOf } from "#domain/message/edition.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { stateCodes } from "#domain/message/state.ts";
import { outcomeOf } from "#domain/report/outcome.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import type { CarrierCounts } from "#domain/report/rollup.ts";
import { countriesOf, segmentsByStatus } from "#domain/report/usage.ts";
import { openSigns } from "#domain/engagement/open.ts";
import { openSignWords } from "#domain/engagement/open-words.ts";
import type { ClickCount, LinkLine } from "#domain/engagement/link-report.ts";
import { headline } from "#domain/report/headline.ts";
import {
  broadcastCounters,
  dashboardCounters,
  flowCounters,
  segmentCounters,
} from "#domain/report/vocabulary.ts";
import { redemptionRate } from "#domain/codes/pool.ts";
import type { MessageRow, ReportAnswer } from "#protocol/rest/report.ts";
import type { ActivityItem } from "#protocol/rest/activity.ts";
import type { BlockDynamic, BlockStatic } from "#protocol/rest/blocks.ts";
import type {
  KeptReport,
  NumberedEntry,
  ReportedCampaign,
  ReportRow,
  RunRow,
} from "../store/report-store.ts";

export function toReport(
  { campaign, rollup, tally }: KeptReport,
  pace: ReportAnswer["pace"],
): ReportAnswer {
  const { id, number, name, type, phase } = campaign;
  const { total, states, segments, reasons, marks, spanMs, series } = rollup;
  const totalSegments = Object.values(segments).reduce((sum, n) => sum + n, 0);
  return {
    snapshot: snapshotOf(rollup),
    asOf: toTime(rollup.at),
    campaign: { id, number, name, type, phase, outcome: outcomeOf(phase, headline(rollup)) },
    counters: { total, ...states },
    segments: { total: totalSegments, ...segments },
    cost: rollup.cost ?? null,
    vocabularies: {
      headline: { ...headline(rollup) },
      flow: { ...flowCounters(rollup) },
      broadcast: { ...broadcastCounters(rollup) },
      segments: { ...segmentCounters(tally) },
      dashboard: { ...dashboardCounters(rollup) },
    },
    carriers: rollup.carriers?.map(toCarrierPart) ?? null,
    countries:
      rollup.carriers === undefined ? null : countriesOf(rollup.carriers).map(toCarrierPart),
    opens: toOpens(rollup.opens),
    links: rollup.links?.links.map(toLinkPart) ?? null,
    reasons: reasons.map((row) => ({ ...row, text: reasonText(row.reason) })),
    marks: { ...marks },
    codes: toCodes(rollup.codes),
    fallback: toFallback(rollup.fallback),
    pace,
    timeline: timelineOf(campaign),
    spanMs,
    series: series.map(({ at, entered, marked }) => ({
      at: toTime(at),
      entered: { ...entered },
      marked: { ...marked },
    })),
  };
}

function toOpens(opens: KeptReport["rollup"]["opens"]): ReportAnswer["opens"] {
  if (opens === undefined) return null;
  const { person, scanner, byProxy } = opens;
  return {
    people: { total: person.opens, unique: person.recipients },
    programs: { total: scanner.opens, unique: scanner.recipients },
    byProxy,
    rule: openSigns.map((sign) => ({ sign, text: openSignWords[sign] })),
  };
}

function toLinkPart({ n, name, url, person, scanner }: LinkLine) {
  return { n, name, url, people: toClicks(person), scanners: toClicks(scanner) };
}

/** As the link report has them. */
export function toClicks({ clicks, recipients }: ClickCount) {
  return { total: clicks, unique: recipients };
}

/** One carrier in one country, by the statuses of segments. */
export function toCarrierPart({ country, carrier, isRest, counts }: CarrierCounts) {
  const { messages, segments } = segmentsByStatus(counts);
  return {
    country,
    carrier,
    rest: isRest ?? false,
    messages: { ...messages },
    segments: { ...segments },
  };
}

function toFallback(counts: KeptReport["rollup"]["fallback"]): ReportAnswer["fallback"] {
  if (counts === undefined) return null;
  const { channel, total, states, segments } = counts;
  return { channel, total, counters: { ...states }, segments: { ...segments } };
}

function toCodes(codes: KeptReport["rollup"]["codes"]): ReportAnswer["codes"] {
  if (codes === undefined) return null;
  const { published, redeemed, poolRedeemed } = codes;
  const rate = redemptionRate(codes);
  return { published, redeemed, redemptionRate: rate, campaignCodesRedeemed: poolRedeemed };
}

function timelineOf(campaign: ReportedCampaign): ReportAnswer["timeline"] {
  return {
    createdAt: toTime(campaign.createdAt),
    scheduledFor: toTimeOrNull(campaign.schedule?.at ?? null),
    launchedAt: toTimeOrNull(campaign.launchedAt),
    startedAt: toTimeOrNull(campaign.startedAt),
    submittedAt: toTimeOrNull(campaign.submittedAt),
    completedAt: toTimeOrNull(campaign.completedAt),
  };
}

/** How addresses are shown to whoever asks: plain, or masked. */
export type ShowAddress = (address: string) => string;

export function addressShower(campaign: Pick<Campaign, "type">, maySee: boolean): ShowAddress {
  const kind = addressKindOf[campaign.type];
  return (address) => (maySee || address === "" ? address : maskAddress(address, kind));
}

export function toMessageRow(row: ReportRow, show: ShowAddress): MessageRow {
  return {
    n: row.n,
    address: show(row.address),
    name: row.name,
    state: row.state,
    at: toTime(row.at),
    time: toTime(row.at),
    reason: row.reason,
    reasonText: reasonText(row.reason),
    attempts: row.attempts,
    segments: row.segments,
    carrier: row.carrier,
    channel: row.channel,
    edition: row.edition,
    code: row.code,
    words: row.words,
  };
}

export function toRunRow(row: RunRow, show: ShowAddress): MessageRow {
  return { ...toMessageRow(row, show), run: { campaignId: row.campaignId, n: row.run } };
}

export function toStaticBlock(rows: readonly ReportRow[], show: ShowAddress): BlockStatic {
  return {
    part: "static",
    first: rows[0]?.n ?? 0,
    masked: show("x@example.org") !== "x@example.org",
    address: rows.map(({ address }) => show(address)),
    name: rows.map(({ name }) => name),
  };
}

export function toDynamicBlock(rows: readonly ReportRow[]): BlockDynamic {
  return {
    part: "dynamic",
    first: rows[0]?.n ?? 0,
    state: rows.map(({ state }) => stateCodes[state]),
    at: rows.map(({ at }) => at),
    reason: rows.map(({ reason }) => reasonCode(reason)),
    attempts: rows.map(({ attempts }) => attempts),
    segments: rows.map(({ segments }) => segments),
    ...saidOf(rows),
    ...carriersOf(rows),
    ...editionsOf(rows),
    ...fallenOf(rows),
  };
}

function saidOf(rows: readonly ReportRow[]): Pick<BlockDynamic, "said"> {
  const texts: [string, string][] = [];
  const numbers = new Map<string, number>();
  const of = rows.map(({ code, words }) => {
    if (code === "" && words === "") return 0;
    const key = `${code}\n${words}`;
    const known = numbers.get(key) ?? texts.push([code, words]);
    numbers.set(key, known);
    return known;
  });
  return texts.length === 0 ? {} : { said: { texts, of } };
}

function carriersOf(rows: readonly ReportRow[]): Pick<BlockDynamic, "carriers"> {
  const names = [...new Set(rows.flatMap(({ carrier }) => carrier ?? []))];
  const numbers = new Map(names.map((name, index) => [name, index + 1]));
  const of = rows.map(({ carrier }) => (carrier === null ? 0 : (numbers.get(carrier) ?? 0)));
  return names.length === 0 ? {} : { carriers: { names, of } };
}

/** What device would say by itself is left out. */
function editionsOf(rows: readonly ReportRow[]): Pick<BlockDynamic, "editions"> {
  const isUsual = rows.every((row) => row.edition === editionOf({ ...row, edition: 1 }));
  return isUsual ? {} : { editions: rows.map(({ edition }) => edition ?? 0) };
}

function fallenOf(rows: readonly ReportRow[]): Pick<BlockDynamic, "fallen"> {
  const fallen = rows.flatMap(({ isSecond }, row) => (isSecond ? [row] : []));
  return fallen.length === 0 ? {} : { fallen };
}

export function toActivityItem(entry: NumberedEntry): ActivityItem {
  const { at, detail, ...facts } = entry;
  return { ...facts, at: toTime(at), detail: { ...detail } };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}

function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}
