/** What the store tells of a campaign, as the API answers it. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { stateCodes } from "#domain/message/state.ts";
import { outcomeOf } from "#domain/report/outcome.ts";
import { headline } from "#domain/report/headline.ts";
import {
  broadcastCounters,
  dashboardCounters,
  flowCounters,
  segmentCounters,
} from "#domain/report/vocabulary.ts";
import { redemptionRate } from "#domain/codes/pool.ts";
import type {
  ActivityItem,
  BlockDynamic,
  BlockStatic,
  MessageRow,
  ReportAnswer,
} from "#protocol/rest/report.ts";
import type { NumberedEntry, ReportData, ReportRow } from "../store/report-store.ts";

export function toReport({ campaign, rollup, tally }: ReportData): ReportAnswer {
  const { id, number, name, type, phase } = campaign;
  const { total, states, segments, reasons, marks, spanMs, series } = rollup;
  const totalSegments = Object.values(segments).reduce((sum, n) => sum + n, 0);
  return {
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
    reasons: reasons.map((row) => ({ ...row, text: reasonText(row.reason) })),
    marks: { ...marks },
    codes: toCodes(rollup.codes),
    timeline: timelineOf(campaign),
    spanMs,
    series: series.map(({ at, entered, marked }) => ({
      at: toTime(at),
      entered: { ...entered },
      marked: { ...marked },
    })),
  };
}

function toCodes(codes: ReportData["rollup"]["codes"]): ReportAnswer["codes"] {
  if (codes === undefined) return null;
  const { published, redeemed, poolRedeemed } = codes;
  const rate = redemptionRate(codes);
  return { published, redeemed, redemptionRate: rate, campaignCodesRedeemed: poolRedeemed };
}

function timelineOf(campaign: Campaign): ReportAnswer["timeline"] {
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
  };
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
  };
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
