/**
 * The log of messages, page by page. Two lists, each in an order that an index has: what went out
 * (the newest campaign first, its recipients in their order) and what people wrote (the newest
 * first). A page takes from whichever has the later one next. However rare what is asked for is,
 * one page looks at a bounded number of messages, and says where to go on.
 */
import { channels } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import type { InboundRow, LogAsked, LogPage, LogPlace, OutboundRow } from "../log-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import type { Database, Row, Value } from "./database.ts";
import { toChannel } from "./delivery-rows.ts";
import { standsBySecond } from "./fallen.ts";

/** Messages that one page looks at. */
const looksPerPage = 100_000;
/** A campaign costs as much as so many of them. */
const fewest = 50;

const newest: LogPlace = {
  distribution: Number.MAX_SAFE_INTEGER,
  n: 0,
  at: Number.MAX_SAFE_INTEGER,
  seq: Number.MAX_SAFE_INTEGER,
};

/** Behind everything that went out. */
const noMore = { distribution: 0, n: 0 };

export function readLog(db: Database, asked: LogAsked): LogPage {
  const after = asked.after ?? newest;
  const sent = outbound(db, asked, after);
  const heard = inbound(db, asked, after);
  const { rows, out, into } = merged(sent, heard, asked.limit);
  const behindOut = out === sent.rows.length ? sent.end : placeOf(sent.rows[out - 1], after);
  const lastIn = heard.rows[into - 1];
  const behindIn = lastIn === undefined ? after : { at: lastIn.date, seq: lastIn.seq };
  const isOver = behindOut.distribution === 0 && heard.isAll && into === heard.rows.length;
  const { distribution, n } = behindOut;
  const next = isOver ? null : { distribution, n, at: behindIn.at, seq: behindIn.seq };
  return { rows, next };
}

interface Merged {
  readonly rows: LogPage["rows"];
  /** How many were taken of each. */
  readonly out: number;
  readonly into: number;
}

function merged(sent: Outbound, heard: Inbound, limit: number): Merged {
  const rows: (OutboundRow | InboundRow)[] = [];
  let [out, into] = [0, 0];
  while (rows.length < limit) {
    const one = sent.rows[out];
    const other = heard.rows[into];
    if (one !== undefined && one.date >= (other?.date ?? -Infinity)) {
      rows.push(one);
      out += 1;
      continue;
    }
    // What was not looked at yet may be newer than this.
    if (other === undefined || (one === undefined && other.date < sent.lookedTo)) break;
    rows.push(other);
    into += 1;
  }
  return { rows, out, into };
}

type OutPlace = Pick<LogPlace, "distribution" | "n">;

function placeOf(row: Sent | undefined, before: OutPlace): OutPlace {
  return row === undefined ? before : { distribution: row.distribution, n: row.n };
}

type Sent = OutboundRow & OutPlace;

interface Outbound {
  readonly rows: readonly Sent[];
  /** Behind the last one that was looked at. */
  readonly end: OutPlace;
  /** No message behind the end is newer; -Infinity: there is none. */
  readonly lookedTo: number;
}

function outbound(db: Database, asked: LogAsked, after: LogPlace): Outbound {
  if (asked.direction === "inbound") return { rows: [], end: noMore, lookedTo: -Infinity };
  const rows: Sent[] = [];
  let looks = looksPerPage;
  let place: OutPlace = { distribution: after.distribution, n: after.n };
  for (;;) {
    const found = distributionAt(db, asked, place);
    if (found === null) return { rows, end: noMore, lookedTo: -Infinity };
    const seq = Number(found["seq"]);
    const from = seq === place.distribution ? place.n : 0;
    const to = Math.min(Number(found["last"]), from + looks);
    const limit = asked.limit - rows.length;
    const got = messagesOf(db, asked, { found, from, to, limit });
    rows.push(...got);
    const last = got.length === limit ? got.at(-1) : undefined;
    if (last !== undefined) {
      return { rows, end: { distribution: seq, n: last.n }, lookedTo: last.date };
    }
    looks -= Math.max(fewest, to - from);
    place =
      to === Number(found["last"]) ? { distribution: seq - 1, n: 0 } : { distribution: seq, n: to };
    if (place.distribution === 0) return { rows, end: noMore, lookedTo: -Infinity };
    if (looks <= 0) return { rows, end: place, lookedTo: Number(found["latest"]) };
  }
}

/** The newest distribution from the place on that may have what is asked for. */
function distributionAt(db: Database, asked: LogAsked, { distribution, n }: OutPlace): Row | null {
  const { where, values } = ofDistributions(asked);
  const row = db.get(
    `select d.seq, d.ws, d.channel, d.created_at, d.falls_back,
        (select coalesce(json_extract(b.doc, '$.summary.from'), json_extract(b.doc, '$.name'), '')
           from fallback f join document b on b.workspace = d.workspace and b.kind = 'account'
            and b.id = f.account where f.distribution = d.seq) as second_account,
        coalesce((select max(m.n) from message m where m.ws = d.ws and m.distribution = d.seq), 0) as last,
        max(d.created_at, coalesce((select max(e.at) from entry e
          where e.ws = d.ws and e.distribution = d.seq), 0)) as latest,
        exists (select 1 from entry e where e.ws = d.ws and e.distribution = d.seq) as has_entries,
        c.id as campaign, json_extract(c.doc, '$.number') as number, json_extract(c.doc, '$.name') as name,
        coalesce(json_extract(a.doc, '$.summary.from'), json_extract(a.doc, '$.name'), '') as account
       from distribution d
       left join document c on c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign
       left join document a on a.workspace = d.workspace and a.kind = 'account' and a.id = d.account
      where d.workspace = ? and d.seq <= ? ${where}
        and exists (select 1 from message m where m.ws = d.ws and m.distribution = d.seq
          and (d.seq < ? or m.n > ?))
      order by d.seq desc limit 1`,
    asked.workspace,
    Math.min(distribution, Number.MAX_SAFE_INTEGER),
    ...values,
    distribution,
    n,
  );
  return row ?? null;
}

interface Condition {
  /** Begins with `and`; "": none. */
  readonly where: string;
  readonly values: readonly Value[];
}

/** Of a campaign that repeats those of its runs. */
const ofCampaign = `? in (d.campaign, (select c.series from document c
  where c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign))`;

function ofDistributions({ from, to, channel, campaignId }: LogAsked): Condition {
  return conditions([
    [mayGoBy(channel), channel],
    [ofCampaign, campaignId],
    ["d.created_at < ?", finite(to)],
    [
      `max(d.created_at, coalesce((select max(e.at) from entry e
         where e.ws = d.ws and e.distribution = d.seq), 0)) >= ?`,
      finite(from),
    ],
  ]);
}

/** As a condition on a distribution `d`: messages of it may go by this channel. */
function mayGoBy(channel: LogAsked["channel"]): string {
  return channel === fallbackChannel ? "(d.channel = ? or d.falls_back = 1)" : "d.channel = ?";
}

interface Part {
  readonly found: Row;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

function messagesOf(
  db: Database,
  asked: LogAsked,
  { found, from, to, limit }: Part,
): readonly Sent[] {
  const { where, values } = ofMessages(asked);
  const fallsBack = found["falls_back"] === 1;
  const date =
    found["has_entries"] === 1
      ? `coalesce((select e.at from entry e where e.ws = s.ws and e.distribution = s.distribution
          and e.contact = s.contact), ${Number(found["created_at"])})`
      : String(Number(found["created_at"]));
  return db
    .all(
      `select s.n, s.address, s.name, s.state_now, s.reason, s.at, k.name as carrier, ${date} as date,
          ${fallsBack ? standsBySecond("s") : "0"} as fell
         from standing s left join carrier k on k.seq = s.carrier
        where s.ws = ? and s.distribution = ? and s.n > ? and s.n <= ? ${where}
          ${fallsBack ? goesByChannel(asked.channel) : ""} and ${date} >= ? and ${date} < ?
        order by s.n limit ?`,
      Number(found["ws"]),
      Number(found["seq"]),
      from,
      to,
      ...values,
      finite(asked.from) ?? 0,
      finite(asked.to) ?? Number.MAX_SAFE_INTEGER,
      limit,
    )
    .map((row) => toSent(row, found));
}

/** Of a campaign of two channels those messages that went by the one that is asked for. */
function goesByChannel(channel: LogAsked["channel"]): string {
  if (channel === null) return "";
  return channel === fallbackChannel
    ? `and ${standsBySecond("s")}`
    : `and not ${standsBySecond("s")}`;
}

function ofMessages({ states, carrier, q, inAddress }: LogAsked): Condition {
  const pattern = q === null ? null : likePattern(q);
  return conditions([
    [
      "s.state_now in (select value from json_each(?))",
      states.length === 0 ? null : JSON.stringify(states.map((state) => stateCodes[state])),
    ],
    carrier === unknownCarrierName ? ["coalesce(k.name, '') = ?", ""] : ["k.name = ?", carrier],
    inAddress
      ? ["(s.name || char(10) || s.address) like ? escape '\\'", pattern]
      : ["s.name like ? escape '\\'", pattern],
  ]);
}

function conditions(
  parts: readonly (readonly [condition: string, value: Value | null])[],
): Condition {
  const given = parts.flatMap(([condition, value]) =>
    value === null ? [] : [{ condition, value }],
  );
  return {
    where: given.map(({ condition }) => `and ${condition}`).join(" "),
    values: given.map(({ value }) => value),
  };
}

function likePattern(q: string): string {
  return `%${q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
}

function finite(at: number): number | null {
  return Number.isFinite(at) ? at : null;
}

function toSent(row: Row, found: Row): Sent {
  return {
    direction: "outbound",
    distribution: Number(found["seq"]),
    n: Number(row["n"]),
    date: Number(row["date"]),
    channel: row["fell"] === 1 ? fallbackChannel : toChannel(found["channel"]),
    account: String(found[row["fell"] === 1 ? "second_account" : "account"]),
    address: String(row["address"]),
    name: String(row["name"]),
    carrier: textOrNull(row["carrier"]),
    state: stateOf(Number(row["state_now"])),
    reason: reasonOf(Number(row["reason"])),
    statusAt: Number(row["at"]),
    ...campaignOf(found),
  };
}

type Heard = InboundRow & Pick<LogPlace, "seq">;

interface Inbound {
  readonly rows: readonly Heard[];
  /** There are no further ones. */
  readonly isAll: boolean;
}

function inbound(db: Database, asked: LogAsked, { at, seq }: LogPlace): Inbound {
  const { direction, states, carrier } = asked;
  // They have neither a state nor a carrier that anybody told.
  if (direction === "outbound" || states.length > 0 || carrier !== null) {
    return { rows: [], isAll: true };
  }
  const { where, values } = ofInbound(asked);
  const rows = db.all(
    `select i.seq, i.at, i.channel, i.address, i.what, i.n, c.id as campaign,
        json_extract(c.doc, '$.number') as number, json_extract(c.doc, '$.name') as name,
        coalesce(json_extract(a.doc, '$.summary.from'), json_extract(a.doc, '$.name'), '') as account
       from inbound i
       left join distribution d on d.seq = i.distribution
       left join document c on c.workspace = i.workspace and c.kind = 'campaign' and c.id = d.campaign
       left join document a on a.workspace = i.workspace and a.kind = 'account' and a.id = i.account
      where i.workspace = ? and (i.at < ? or (i.at = ? and i.seq < ?)) ${where}
      order by i.at desc, i.seq desc limit ?`,
    asked.workspace,
    at,
    at,
    seq,
    ...values,
    asked.limit + 1,
  );
  return { rows: rows.slice(0, asked.limit).map(toHeard), isAll: rows.length <= asked.limit };
}

function ofInbound({ from, to, channel, campaignId, q, inAddress }: LogAsked): Condition {
  return conditions([
    ["i.channel = ?", channel],
    [ofCampaign, campaignId],
    ["i.at >= ?", finite(from)],
    ["i.at < ?", finite(to)],
    // Whoever may not see addresses may not find out about them by searching, either.
    [
      inAddress ? "i.address like ? escape '\\'" : "false and ? = ''",
      q === null ? null : likePattern(q),
    ],
  ]);
}

function toHeard(row: Row): Heard {
  return {
    direction: "inbound",
    seq: Number(row["seq"]),
    date: Number(row["at"]),
    channel: channels.find((channel) => channel === row["channel"]) ?? "sms",
    account: String(row["account"]),
    address: String(row["address"]),
    what: whats.find((what) => what === row["what"]) ?? "other",
    n: row["n"] === null ? null : Number(row["n"]),
    ...campaignOf(row),
  };
}

const whats = [
  "stop",
  "start",
  "complaint",
  "other",
] as const satisfies readonly InboundRow["what"][];

function campaignOf(row: Row): Pick<OutboundRow, "campaignId" | "campaignNumber" | "campaignName"> {
  return {
    campaignId: textOrNull(row["campaign"]),
    campaignNumber: row["number"] === null ? null : Number(row["number"]),
    campaignName: textOrNull(row["name"]) ?? "",
  };
}
