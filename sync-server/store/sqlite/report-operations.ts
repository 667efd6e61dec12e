/** The promise of report-store.ts over SQLite. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isRecurring } from "#domain/campaign/live.ts";
import { marks } from "#domain/message/marks.ts";
import { messageStates, noCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { foldSeries } from "#domain/report/fold-series.ts";
import { sumRollups } from "#domain/report/sum.ts";
import type {
  BlockFactsList,
  NumberedEntry,
  ReportData,
  ReportStore,
  TallyRow,
} from "../report-store.ts";
import type { Database, Value } from "./database.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { wordingsOf } from "./delivery-editions.ts";
import { campaignOf } from "./delivery-rows.ts";
import { readCodes, readRollup, readShownTally } from "./delivery-rollup.ts";
import { counted } from "./report-counted.ts";
import { checkIns } from "./report-check-ins.ts";
import { hourSpans } from "./report-hours.ts";
import { readLog } from "./report-log.ts";
import { messageHistory } from "./report-message.ts";
import { keepReach, reachedContacts, readReach, staleReach } from "./report-reach.ts";
import { placeOf, placesOf, type Frozen } from "./report-places.ts";
import { stoppedMessages } from "./report-usage.ts";
import { countRows, rows } from "./report-rows.ts";
import { countRunRows, runRows } from "./report-runs.ts";
import { keepSnapshot, keptSnapshot } from "./report-snapshots.ts";
import type { PartOperations } from "./operation.ts";

export const reportOperations: PartOperations<ReportStore> = {
  reads: [
    "message",
    "report",
    "counted",
    "hours",
    "snapshot",
    "campaign",
    "wordings",
    "staleReach",
    "readReach",
    "reached",
    "checkIns",
    "stopped",
    "log",
    "rows",
    "runRows",
    "countRows",
    "blocks",
    "activity",
  ],
  operations: {
    campaign: (db, { workspace, campaignId }) => campaignOf(db, workspace, campaignId),
    report: (db, { workspace, campaignId, now }) => {
      const campaign = campaignOf(db, workspace, campaignId);
      return campaign === null ? null : report(db, workspace, campaign, now);
    },
    counted,
    hours: (db, { workspace, campaignId, now }) => {
      const campaign = campaignOf(db, workspace, campaignId);
      if (campaign === null) return null;
      const { rollup } = report(db, workspace, campaign, now);
      return { rollup, spans: hourSpans(db, placesOf(db, workspace, campaign)) };
    },
    wordings: (db, { workspace, campaignId }) => {
      const place = placeOf(db, workspace, campaignId);
      return place === null ? [] : wordingsOf(db, place);
    },
    message: messageHistory,
    staleReach,
    readReach,
    keepReach,
    reached: reachedContacts,
    checkIns,
    stopped: stoppedMessages,
    log: (db, args) => readLog(db, args),
    keepSnapshot,
    snapshot: keptSnapshot,
    countRows: (db, { workspace, campaignId, filter }) => {
      const place = placeOf(db, workspace, campaignId);
      if (place === null) return countRunRows(db, { workspace, campaignId, filter });
      return countRows(db, place, filter);
    },
    rows: (db, { workspace, campaignId, filter, after, limit }) => {
      const place = placeOf(db, workspace, campaignId);
      return place === null ? [] : rows(db, place, filter, { after, limit });
    },
    runRows,
    blocks: (db, { workspace, campaignId, rowsPerBlock }) => {
      const place = placeOf(db, workspace, campaignId);
      return place === null ? null : blocks(db, place, rowsPerBlock);
    },
    activity: (db, args) => activity(db, args),
  },
};

function report(db: Database, workspace: string, campaign: Campaign, now: number): ReportData {
  if (isRecurring(campaign)) return seriesReport(db, workspace, campaign, now);
  const place = placeOf(db, workspace, campaign.id);
  if (place === null) return { campaign, rollup: emptyRollup(campaign.id, now), tally: [] };
  const shown = place.isShown ? shownRollup(db, workspace, campaign.id, now) : null;
  return {
    campaign,
    rollup:
      shown === null
        ? readRollup(db, place, { rate: 0, now })
        : { ...shown, ...codesNow(db, place, shown) },
    tally: readShownTally(db, place),
  };
}

/** Codes of its pool are redeemed wherever they came from: what was shown may know fewer. */
function codesNow(db: Database, place: Place, { marks: marked = {} }: Rollup) {
  const codes = readCodes(db, place, marked);
  return codes === null ? {} : { codes };
}

/** What the runs of a recurring campaign came to, together. */
function seriesReport(
  db: Database,
  workspace: string,
  campaign: Campaign,
  now: number,
): ReportData {
  const runs = placesOf(db, workspace, campaign);
  const rollups = runs.map((place) => readRollup(db, place, { rate: 0, now }));
  const course = rollups.flatMap(({ series, spanMs }) =>
    series.map(({ at, entered, marked = {} }) => ({ minute: at, spanMs, entered, marked })),
  );
  const entries = course.flatMap(({ minute, spanMs, entered }) =>
    messageStates.map((state) => ({ minute, spanMs, state, n: entered[state] ?? 0 })),
  );
  const marked = course.flatMap(({ minute, spanMs, marked: counts }) =>
    marks.map((mark) => ({ minute, spanMs, mark, n: counts[mark] ?? 0 })),
  );
  return {
    campaign,
    rollup: {
      ...sumRollups(campaign.id, rollups, now),
      ...foldSeries(entries, marked),
    },
    tally: sumTallies(runs.flatMap((place) => readShownTally(db, place))),
  };
}

function sumTallies(all: readonly TallyRow[]): readonly TallyRow[] {
  const sums = new Map<string, TallyRow>();
  for (const { state, reason, n, segments } of all) {
    const known = sums.get(`${state} ${reason}`) ?? { n: 0, segments: 0 };
    const sum = { n: known.n + n, segments: known.segments + segments };
    sums.set(`${state} ${reason}`, { state, reason, ...sum });
  }
  return [...sums.values()];
}

/** As every device has it: its course was told by shorter spans than what is kept after some days. */
function shownRollup(db: Database, workspace: string, id: string, now: number): Rollup | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'rollup' and id = ? and dead = 0",
    workspace,
    id,
  );
  if (row === undefined) return null;
  const shown: Rollup = JSON.parse(String(row["doc"]));
  return { ...shown, rate: 0, at: now };
}

function emptyRollup(id: string, at: number): Rollup {
  const nothing = { total: 0, states: noCounts, segments: noCounts, reasons: [] };
  return { id, ...nothing, ...foldSeries([]), rate: 0, at };
}

/**
 * From the chunks alone: their versions tell whether any row of a block changed. The driver binds
 * every number as a float, so the divisor is cast: blocks have whole numbers.
 */
function blocks(db: Database, place: Frozen, rowsPerBlock: number): BlockFactsList {
  const { ws, seq, total } = place;
  const fallen = fallenIn(db, place, rowsPerBlock);
  const perBlock = rowsPerBlock / chunkRows;
  const found = db.all(
    `select k / cast(? as integer) as n, sum(ver) as ver, sum(erased) as erased, max(last) as last from chunk
      where ws = ? and distribution = ? group by 1 order by 1`,
    perBlock,
    ws,
    seq,
  );
  return {
    distribution: seq,
    total,
    blocks: found.map((row) => ({
      n: Number(row["n"]),
      rows: Number(row["last"]) - Number(row["n"]) * rowsPerBlock,
      ver: Number(row["ver"]),
      erased: Number(row["erased"]),
      fallen: fallen.get(Number(row["n"])) ?? 0,
    })),
  };
}

/** How often rows of each block changed the channel, to the second one and back. */
function fallenIn(
  db: Database,
  { ws, seq, fallsBack }: Frozen,
  rowsPerBlock: number,
): ReadonlyMap<number, number> {
  if (!fallsBack) return new Map();
  const found = db.all(
    `select (n - 1) / cast(? as integer) as block, count(*) + sum(returned) as n from fallen
      where ws = ? and distribution = ? group by 1`,
    rowsPerBlock,
    ws,
    seq,
  );
  return new Map(found.map((row) => [Number(row["block"]), Number(row["n"])]));
}

type ActivityArgs = Parameters<ReportStore["activity"]>[0];

function activity(
  db: Database,
  { workspace, campaignId, from, to, before, limit }: ActivityArgs,
): readonly NumberedEntry[] {
  const parts = ["workspace = ?"];
  const values: Value[] = [workspace];
  const narrow = (condition: string, value: string | number | null): void => {
    if (value === null) return;
    parts.push(condition);
    values.push(value);
  };
  narrow("campaign = ?", campaignId);
  narrow("at >= ?", from);
  narrow("at <= ?", to);
  narrow("seq < ?", before);
  return db
    .all(
      `select seq, campaign, event, by, at, detail,
          (select name from api_key k where k.workspace = activity.workspace and k.id = by) as by_key
         from activity where ${parts.join(" and ")} order by seq desc limit ?`,
      ...values,
      limit,
    )
    .map((row) => ({
      seq: Number(row["seq"]),
      campaignId: textOrNull(row["campaign"]),
      event: String(row["event"]),
      by: textOrNull(row["by"]),
      byKey: textOrNull(row["by_key"]),
      at: Number(row["at"]),
      detail: JSON.parse(String(row["detail"])),
    }));
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
