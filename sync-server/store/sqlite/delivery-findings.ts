/** Recounts what the engine counted: used by the command `doctor` and after every simulation. */
import { hasMark, marks } from "#domain/message/marks.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { messageStates, stateCodes, stateOf, type MessageState } from "#domain/message/state.ts";
import { headline } from "#domain/report/headline.ts";
import { broadcastCounters, flowCounters } from "#domain/report/vocabulary.ts";
import type { Finding } from "../admin-store.ts";
import type { DistributionSeq } from "../live-store.ts";
import { codesOfMessages } from "./code-findings.ts";
import { carrierFindings } from "./carrier-findings.ts";
import { chargeFindings, monthSpendFindings } from "./charge-findings.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { campaignOf, findDistribution, type Distribution } from "./delivery-rows.ts";
import { readRollup, readTally } from "./delivery-rollup.ts";
import { fallbackFindings } from "./fallback-rollup.ts";
import { linkFindings } from "./link-findings.ts";
import { openFindings } from "./open-findings.ts";
import { workFindings } from "./work-findings.ts";

/** Everything that should be equal and is not; empty when all is well. */
export function deliveryFindings(
  db: Database,
  only?: readonly DistributionSeq[],
): readonly Finding[] {
  const all =
    only ?? db.all("select seq from distribution order by seq").map((row) => Number(row["seq"]));
  const wrong = all.flatMap((seq) => {
    const distribution = findDistribution(db, seq);
    return distribution === null ? [] : findingsOf(db, distribution);
  });
  return [...wrong, ...monthSpendFindings(db)];
}

function findingsOf(db: Database, distribution: Distribution): readonly Finding[] {
  const where = `campaign ${distribution.campaign}`;
  const wrong = [
    ...tallyAgainstRows(db, distribution),
    ...rowsAgainstTotal(db, distribution),
    ...chunksAgainstRows(db, distribution),
    ...seriesAgainstTally(db, distribution),
    ...workFindings(db, distribution),
    ...identities(db, distribution),
    ...openRowsWithoutWork(db, distribution),
    ...rollupAgainstTally(db, distribution),
    ...marksAgainstRows(db, distribution),
    ...chargeFindings(db, distribution),
    ...codesOfMessages(db, distribution),
    ...carrierFindings(db, distribution),
    ...fallbackFindings(db, distribution, readRollup(db, distribution, { rate: 0, now: 0 })),
    ...linkFindings(db, distribution),
    ...openFindings(db, distribution),
    ...illegalEvidence(db, distribution),
  ];
  return wrong.map(({ check, detail }) => ({ check, detail: `${where}: ${detail}` }));
}

function tallyAgainstRows(db: Database, place: Place): readonly Finding[] {
  const counted = db.all(
    `select state_now as state, reason, count(*) as n, sum(segments) as segments from standing
      where ws = ? and distribution = ? group by state_now, reason order by state_now, reason`,
    place.ws,
    place.seq,
  );
  const inRows = counted.map(
    (row) =>
      `${messageStates[Number(row["state"])]}/${reasonOf(Number(row["reason"]))}: ${Number(row["n"])} (${Number(row["segments"])})`,
  );
  const inTally = readTally(db, place).map(
    ({ state, reason, n, segments }) => `${state}/${reason}: ${n} (${segments})`,
  );
  return compare("tally", "the tally says", inTally.join(", "), inRows.join(", "));
}

function rowsAgainstTotal(db: Database, { ws, seq, total }: Distribution): readonly Finding[] {
  const row = db.get(
    "select count(*) as n from message where ws = ? and distribution = ?",
    ws,
    seq,
  );
  return compare("total", "the total says", String(total), String(Number(row?.["n"])));
}

function chunksAgainstRows(db: Database, { ws, seq }: Place): readonly Finding[] {
  const wrong = db.all(
    `select c.k, c.sending, c.waiting, count(*) filter (where m.state_now = 1) as flying,
        count(*) filter (where m.state_now in (3, 4)) as awaiting
       from chunk c left join standing m on m.ws = c.ws and m.distribution = c.distribution
        and m.n between c.k * 500 + 1 and c.last
      where c.ws = ? and c.distribution = ? group by c.k
     having c.sending <> flying or c.waiting <> awaiting`,
    ws,
    seq,
  );
  return wrong.map((row) => ({
    check: "chunk",
    detail: `chunk ${Number(row["k"])} says ${Number(row["sending"])} in flight and ${Number(row["waiting"])} awaited, its rows ${Number(row["flying"])} and ${Number(row["awaiting"])}`,
  }));
}

/**
 * Whoever is in a state entered it at some time, and nobody leaves delivered but to read: so the
 * counts over time, minutes, hours and days together, are at least those of now, and for these
 * two exactly.
 */
function seriesAgainstTally(db: Database, place: Place): readonly Finding[] {
  const { states, series } = readRollup(db, { ...place, campaign: "" }, { rate: 0, now: 0 });
  const entered = (state: MessageState): number =>
    series.reduce((sum, point) => sum + (point.entered[state] ?? 0), 0);
  const short = messageStates
    .filter((state) => stateCodes[state] >= stateCodes.submitted && entered(state) < states[state])
    .map((state) => ({
      check: "series",
      detail: `${states[state]} are ${state}, but the counts over time know ${entered(state)}`,
    }));
  const arrived = String(states.delivered + states.read);
  return [
    ...short,
    ...compare("series", "over time, delivered are", String(entered("delivered")), arrived),
    ...compare("series", "over time, read are", String(entered("read")), String(states.read)),
  ];
}

/** The other systems' sums must hold of the counters whatever they are. */
function identities(db: Database, distribution: Distribution): readonly Finding[] {
  const rollup = readRollup(db, distribution, { rate: 0, now: 0 });
  const flow = flowCounters(rollup);
  const broadcast = broadcastCounters(rollup);
  const head = headline(rollup);
  return [
    ...compare(
      "identity",
      "submitted + not submitted + waiting is",
      String(flow.submitted + flow.notSubmitted + flow.waiting),
      String(flow.total),
    ),
    ...compare(
      "identity",
      "sent + failed + remaining is",
      String(broadcast.sent + broadcast.failed + broadcast.remaining),
      String(broadcast.total),
    ),
    ...compare(
      "identity",
      "sent + failed + skipped + to go is",
      String(head.sent + head.failed + head.skipped + head.toGo),
      String(head.total),
    ),
  ];
}

/** A row that is queued or in doubt must be in reach of an intent: in a chunk's rest, or on a timer. */
function openRowsWithoutWork(db: Database, distribution: Distribution): readonly Finding[] {
  const { ws, seq, stage } = distribution;
  const lost = db.get(
    `select count(*) as n from standing m join chunk c on c.ws = m.ws and c.distribution = m.distribution
        and c.k = (m.n - 1) / 500
      where m.ws = ? and m.distribution = ? and m.state_now in (0, 2) and m.n < c.next
        and not exists (select 1 from timer t where t.ws = m.ws and t.distribution = m.distribution and t.n = m.n)`,
    ws,
    seq,
  );
  const n = Number(lost?.["n"]);
  const wrong = n === 0 ? [] : [{ check: "lost", detail: `${n} open rows are in nobody's reach` }];
  const phase = campaignOf(db, distribution.workspace, distribution.campaign)?.phase;
  if (phase !== "completed" || stage === "done") return wrong;
  return [...wrong, { check: "stage", detail: `it is completed, but its stage is ${stage}` }];
}

function rollupAgainstTally(db: Database, distribution: Distribution): readonly Finding[] {
  if (distribution.ver !== distribution.flushed) return [];
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'rollup' and id = ? and dead = 0",
    distribution.workspace,
    distribution.campaign,
  );
  if (row === undefined) return [];
  const shown: { readonly states: unknown } = JSON.parse(String(row["doc"]));
  const { states } = readRollup(db, distribution, { rate: 0, now: 0 });
  return compare(
    "rollup",
    "the synced counters are",
    JSON.stringify(shown.states),
    JSON.stringify(states),
  );
}

/** The marks of the rows, against their times and against their counts by the minute. */
function marksAgainstRows(db: Database, place: Place): readonly Finding[] {
  const { ws, seq } = place;
  const onRows = db.all(
    "select marks, count(*) as n from message where ws = ? and distribution = ? and marks > 0 group by marks",
    ws,
    seq,
  );
  const timed = db.all(
    "select mark, count(*) as n from message_mark where ws = ? and distribution = ? group by mark",
    ws,
    seq,
  );
  const { marks: counted = {} } = readRollup(db, { ...place, campaign: "" }, { rate: 0, now: 0 });
  return marks.flatMap((mark) => {
    const inRows = onRows
      .filter((row) => hasMark(Number(row["marks"]), mark))
      .reduce((sum, row) => sum + Number(row["n"]), 0);
    const inTimes = Number(timed.find((row) => row["mark"] === mark)?.["n"] ?? 0);
    return [
      ...compare("mark", `the counters say ${mark}`, String(counted[mark] ?? 0), String(inRows)),
      ...compare("mark", `the times say ${mark}`, String(inTimes), String(inRows)),
    ];
  });
}

/** What the table of transitions refused: nothing was changed, but somebody asked for it. */
function illegalEvidence(db: Database, { ws, seq }: Place): readonly Finding[] {
  const rows = db.all(
    "select from_state, to_state, cause, n from illegal_evidence where ws = ? and distribution = ?",
    ws,
    seq,
  );
  return rows.map((row) => ({
    check: "illegal_evidence",
    detail: `${Number(row["n"])} times, by ${String(row["cause"])}: ${stateOf(Number(row["from_state"]))} -> ${stateOf(Number(row["to_state"]))}`,
  }));
}

function compare(check: string, says: string, known: string, counted: string): readonly Finding[] {
  if (known === counted) return [];
  return [{ check, detail: `${says} ${known}, but the rows give ${counted}` }];
}
