/** What live campaigns watch their contacts for, a bounded part in each transaction. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { DateTrigger, EntryTrigger } from "#domain/campaign/trigger.ts";
import { isLive } from "#domain/campaign/live.ts";
import type { Instant } from "#domain/core/time.ts";
import { lateMs } from "#domain/schedule/late.ts";
import type { DueWatch, LiveStore } from "../live-store.ts";
import type { Database, Row } from "./database.ts";
import { createAppender } from "./delivery-append.ts";
import { leaveOut, tellLeftOut } from "./delivery-left-out.ts";
import { campaignOf, distributionOf, type Distribution } from "./delivery-rows.ts";
import { beginDay, noticeDate, type DateWatch } from "./delivery-watch-date.ts";
import { noticeMember, sweepMembers, type EntryWatch } from "./delivery-watch-entry.ts";
import { sweepEveryMs } from "./delivery-watch-prepare.ts";
import { wayCodes } from "./fallen.ts";
import type { Operations } from "./operation.ts";

type Args = Parameters<LiveStore["watch"]>[0];

export const watching: Pick<Operations<LiveStore>, "watch"> = {
  watch: (db, args) => {
    const { distribution: seq } = args;
    const row = db.get("select * from watch where distribution = ?", seq);
    if (row === undefined) return "done";
    const distribution = distributionOf(db, seq);
    const campaign = campaignOf(db, distribution.workspace, distribution.campaign);
    if (campaign === null || !isWatching(campaign)) return close(db, distribution, args.batch);
    if (distribution.stage !== "sending") return "done";
    return goOn(db, { row, distribution, campaign, args });
  },
};

function isWatching(campaign: Campaign): boolean {
  const { phase } = campaign;
  return isLive(campaign) && (phase === "preparing" || phase === "active" || phase === "paused");
}

/** When to go on with each; those that are over are to be cleared away. */
export function dueWatches(db: Database, now: Instant): readonly DueWatch[] {
  return db
    .all(
      `select w.distribution, w.workspace, d.campaign, w.kind, w.due_at, d.stage, c.awaits, c.phase,
          exists (select 1 from contact_change h where h.workspace = w.workspace and h.seq > w.heard) as unheard,
          ${lateSql} as late
        from watch w join distribution d on d.seq = w.distribution
        left join document c on c.workspace = w.workspace and c.kind = 'campaign'
          and c.id = d.campaign and c.dead = 0`,
      now - lateMs,
    )
    .map((row) => ({
      distribution: Number(row["distribution"]),
      workspace: String(row["workspace"]),
      campaignId: String(row["campaign"]),
      dueAt: dueAtOf(row, now),
    }));
}

function dueAtOf(row: Row, now: Instant): Instant | null {
  if (row["awaits"] === null) return now;
  if (row["stage"] !== "sending") return null;
  const isActive = row["phase"] === "active";
  if (row["unheard"] === 1 || (isActive && row["late"] === 1)) return now;
  // Days that come while it stands still are looked at when it goes on.
  const waits = row["kind"] === "date" && !isActive;
  return waits || row["due_at"] === null ? null : Number(row["due_at"]);
}

/**
 * Somebody's message waits beyond the time in which it would still be welcome: nobody looked at it
 * before, so that it goes by the campaign's own way.
 */
const lateSql = `(w.kind = 'date' and json_extract(c.doc, '$.trigger.ifLate') = 'hold' and exists (
  select 1 from timer t join message m on m.ws = t.ws and m.distribution = t.distribution and m.n = t.n
   where t.ws = w.ws and t.distribution = w.distribution and t.way = ${wayCodes.own} and t.at < ?
     and m.state = 0 and m.gen = 1 and m.try = 0 and m.reason = 0))`;

interface Watch {
  readonly row: Row;
  readonly distribution: Distribution;
  readonly campaign: Campaign;
  readonly args: Args;
}

function goOn(db: Database, watch: Watch): "more" | "done" {
  const { trigger } = watch.campaign;
  if (trigger?.kind === "date") return goOnWithDates(db, watch, trigger);
  return trigger?.kind === "entry" ? goOnWithEntries(db, watch, trigger) : "done";
}

function goOnWithEntries(db: Database, watch: Watch, trigger: EntryTrigger): "more" | "done" {
  const { row, distribution, campaign, args } = watch;
  const { now } = args;
  const unsure: Row[] | null = campaign.pauseReason === "restore" ? [] : null;
  const entries: EntryWatch = { distribution, trigger, unsure, now };
  const isMore = hearChanges(db, watch, (one) => noticeMember(db, entries, one));
  const left = !isMore && isDue(row, now) ? sweep(db, watch, entries) : "done";
  tellLeftOut(db, distribution, { restored: unsure ?? [], too_late: [], plannedFor: now, now });
  return isMore ? "more" : left;
}

function goOnWithDates(db: Database, watch: Watch, trigger: DateTrigger): "more" | "done" {
  const { row, distribution, campaign, args } = watch;
  const dates: DateWatch = {
    ...args,
    distribution,
    campaign,
    trigger,
    since: Number(row["since"]),
    nextDay: Number(row["next_day"]),
    cursor: Number(row["cursor"]),
  };
  const isActive = campaign.phase === "active";
  if (isActive && trigger.ifLate === "hold" && leaveOutLate(db, watch)) return "more";
  if (hearChanges(db, watch, (one) => noticeDate(db, dates, one))) return "more";
  return isActive && isDue(row, args.now) ? beginDay(db, dates) : "done";
}

function isDue(row: Row, now: Instant): boolean {
  return row["due_at"] !== null && Number(row["due_at"]) <= now;
}

type Notice = (one: {
  readonly contact: number;
  readonly appender: ReturnType<typeof createAppender>;
}) => void;

/** Contacts that changed since it last heard of any. Answers whether more are left. */
function hearChanges(
  db: Database,
  { row, distribution, args: { batch, now } }: Watch,
  notice: Notice,
): boolean {
  const { seq, workspace } = distribution;
  const changes = db.all(
    "select seq, contact from contact_change where workspace = ? and seq > ? order by seq limit ?",
    workspace,
    Number(row["heard"]),
    batch,
  );
  const last = changes.at(-1);
  if (last === undefined) return false;
  const appender = createAppender(db, distribution, now);
  for (const { contact } of changes) notice({ contact: Number(contact), appender });
  appender.finish();
  db.run("update watch set heard = ? where distribution = ?", Number(last["seq"]), seq);
  forgetHeard(db, workspace);
  return true;
}

/** What every campaign has heard of. */
function forgetHeard(db: Database, workspace: string): void {
  db.run(
    `delete from contact_change where workspace = ? and seq <=
      coalesce((select min(heard) from watch where workspace = ?), 9e15)`,
    workspace,
    workspace,
  );
}

function sweep(
  db: Database,
  { row, distribution, args }: Watch,
  entries: EntryWatch,
): "more" | "done" {
  const { batch: limit, now } = args;
  const appender = createAppender(db, distribution, now);
  const last = sweepMembers(db, entries, { after: Number(row["cursor"]), limit, appender });
  appender.finish();
  db.run(
    "update watch set cursor = ?, due_at = ? where distribution = ?",
    last ?? 0,
    last === null ? now + sweepEveryMs : now,
    distribution.seq,
  );
  return last === null ? "done" : "more";
}

/** Messages whose time passed during a pause or while the server was down. Answers whether there were any. */
function leaveOutLate(db: Database, { distribution, args }: Watch): boolean {
  const { batch, graceMs, now } = args;
  const { ws, seq } = distribution;
  const late = db.all(
    `select t.n, t.at, m.name from timer t join message m
        on m.ws = t.ws and m.distribution = t.distribution and m.n = t.n
      where t.ws = ? and t.distribution = ? and t.way = ${wayCodes.own} and t.at < ?
        and m.state = 0 and m.gen = 1 and m.try = 0 and m.reason = 0
      order by t.at, t.n limit ?`,
    ws,
    seq,
    now - graceMs,
    batch,
  );
  if (late.length === 0) return false;
  leaveOut(db, distribution, { rows: late, reason: "too_late", now });
  return true;
}

/** It watches no more: what it knew of contacts is forgotten; who was written to stays known. */
function close(db: Database, { ws, seq, workspace }: Distribution, batch: number): "more" | "done" {
  const removed = db.run(
    `delete from watched where ws = ? and distribution = ? and contact in (
       select contact from watched where ws = ? and distribution = ? limit ?)`,
    ws,
    seq,
    ws,
    seq,
    batch,
  );
  if (removed === batch) return "more";
  db.run("delete from watch where distribution = ?", seq);
  forgetHeard(db, workspace);
  return "done";
}
