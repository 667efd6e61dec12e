/** Dates that come: whose they are, and that each is written to once for each. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { DateTrigger } from "#domain/campaign/trigger.ts";
import { fieldName } from "#domain/message/template.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  beginsAt,
  dayNumberOf,
  dueOn,
  firesOn,
  monthDayOf,
  readDate,
  sameWithinDays,
  wantedOn,
  type CalendarDate,
} from "#domain/schedule/occasion.ts";
import { likelyZone } from "#domain/schedule/recipient-zone.ts";
import { zonesOfCountry } from "./country-zones.ts";
import type { Database, Row } from "./database.ts";
import { createAppender, type Appender } from "./delivery-append.ts";
import { tellLeftOut, type LeftOut } from "./delivery-left-out.ts";
import { memberOf, ruleOf } from "./delivery-members.ts";
import type { Distribution } from "./delivery-rows.ts";
import { whereaboutsOf } from "./delivery-timing.ts";
import { restoredAt } from "./history-mark.ts";

/** A watch as it stands, with what it watches for. */
export interface DateWatch {
  readonly distribution: Distribution;
  readonly campaign: Campaign;
  readonly trigger: DateTrigger;
  /** What came before was never meant. */
  readonly since: Instant;
  /** The first day of firing that is not over with. */
  readonly nextDay: number;
  /** The last contact that was looked at for it. */
  readonly cursor: number;
  readonly batch: number;
  /** Later than this is late. */
  readonly graceMs: number;
  readonly now: Instant;
}

/** The date that a contact has in the field; headings are compared as templates name them. */
export function dateOf(row: Row, { field, order }: DateTrigger): CalendarDate | null {
  const text = String(row["fields"]);
  if (text === "{}") return null;
  const fields: Readonly<Record<string, string>> = JSON.parse(text);
  const exact = Object.hasOwn(fields, field) ? fields[field] : undefined;
  const name = fieldName(field);
  const value = exact ?? Object.entries(fields).find(([key]) => fieldName(key) === name)?.[1];
  return value === undefined ? null : readDate(value, order);
}

/** The next of those whose date comes on the day; the day is over with once all were looked at. */
export function beginDay(db: Database, watch: DateWatch): "more" | "done" {
  const { distribution, trigger, nextDay, batch, now } = watch;
  const due = contactsOf(db, watch);
  const appender = createAppender(db, distribution, now);
  const rule = ruleOf(db, distribution);
  const leftOut: LeftOut = { too_late: [], restored: [] };
  for (const contact of due) {
    const member = memberOf(db, distribution.workspace, rule, contact);
    if (member === undefined) continue;
    const why = fire(db, watch, { member, day: nextDay, appender });
    if (why !== null) leftOut[why].push(member);
  }
  appender.finish();
  const plannedFor = dueOn(trigger, nextDay, trigger.zone);
  tellLeftOut(db, distribution, { ...leftOut, plannedFor, now });
  const isOver = due.length < batch;
  const next = isOver ? nextDay + 1 : nextDay;
  const dueAt = beginsAt(trigger, next);
  db.run(
    "update watch set next_day = ?, cursor = ?, due_at = ? where distribution = ?",
    next,
    isOver ? 0 : (due.at(-1) ?? 0),
    dueAt,
    distribution.seq,
  );
  return dueAt <= now ? "more" : "done";
}

/** The short numbers of those whose date comes on the day, after the cursor. */
function contactsOf(db: Database, watch: DateWatch): readonly number[] {
  const { distribution, trigger, nextDay, cursor, batch } = watch;
  const { day, monthDays } = wantedOn(trigger, nextDay);
  const place = [distribution.ws, distribution.seq] as const;
  const rows =
    trigger.every === "once"
      ? db.all(
          `select contact from watched where ws = ? and distribution = ? and day = ? and contact > ?
            order by contact limit ?`,
          ...place,
          day,
          cursor,
          batch,
        )
      : db.all(
          `select contact from watched where ws = ? and distribution = ?
              and month_day in (?, ?) and contact > ? and (day is null or day <= ?)
            order by contact limit ?`,
          ...place,
          monthDays[0] ?? 0,
          monthDays[1] ?? 0,
          cursor,
          day,
          batch,
        );
  return rows.map(({ contact }) => Number(contact));
}

interface Firing {
  readonly member: Row;
  /** Of firing. */
  readonly day: number;
  readonly appender: Appender;
}

/**
 * Writes to somebody whose date comes, unless that was decided before. What is late is decided, too,
 * and so is what may have gone out in the history that a restore lost. Answers why it was left out.
 */
function fire(
  db: Database,
  watch: DateWatch,
  { member, day, appender }: Firing,
): "too_late" | "restored" | null {
  const { distribution, trigger, since, graceMs, now } = watch;
  const { local, zone } = trigger;
  const theirs = local ? likelyZone(whereaboutsOf(member), zonesOfCountry, zone) : zone;
  const dueAt = dueOn(trigger, day, theirs);
  if (dueAt <= since) return null;
  if (
    !isNewOccasion(db, watch, { contact: Number(member["seq"]), day: wantedOn(trigger, day).day })
  )
    return null;
  const isLate = trigger.ifLate === "hold" && now - dueAt > graceMs;
  db.run(
    "insert into occasion (ws, distribution, contact, day, at) values (?, ?, ?, ?, ?)",
    distribution.ws,
    distribution.seq,
    Number(member["seq"]),
    wantedOn(trigger, day).day,
    now,
  );
  const isOfLostHistory = dueAt <= (restoredAt(db) ?? -Infinity);
  const why = isOfLostHistory ? "restored" : isLate ? "too_late" : null;
  appender.add(member, { dueAt, ...(why === null ? {} : { leftOut: why }) });
  return why;
}

function isNewOccasion(
  db: Database,
  { distribution: { ws, seq }, trigger }: DateWatch,
  { contact, day }: { readonly contact: number; readonly day: number },
): boolean {
  const near = sameWithinDays(trigger);
  const known = db.get(
    `select 1 from occasion where ws = ? and distribution = ? and contact = ?
      and day between ? and ?`,
    ws,
    seq,
    contact,
    day - near,
    day + near,
  );
  return known === undefined;
}

/** So many days of firing may have begun and still be to come for somebody. */
const openDays = 3;

/** A contact changed: its date is noted and, where its day has begun already, it is not left out. */
export function noticeDate(
  db: Database,
  watch: DateWatch,
  { contact, appender }: { readonly contact: number; readonly appender: Appender },
): void {
  const { distribution, trigger, nextDay, graceMs, now } = watch;
  const { ws, seq, workspace } = distribution;
  const row = db.get(
    "select fields from contact where workspace = ? and seq = ?",
    workspace,
    contact,
  );
  const date = row === undefined ? null : dateOf(row, trigger);
  if (date === null) {
    db.run(
      "delete from watched where ws = ? and distribution = ? and contact = ?",
      ws,
      seq,
      contact,
    );
    return;
  }
  db.run(
    `insert into watched (ws, distribution, contact, month_day, day) values (?, ?, ?, ?, ?)
     on conflict do update set month_day = excluded.month_day, day = excluded.day`,
    ws,
    seq,
    contact,
    monthDayOf(date),
    dayNumberOf(date),
  );
  for (let day = nextDay; day > nextDay - openDays; day--) {
    if (beginsAt(trigger, day) > now || !firesOn(trigger, date, day)) continue;
    const member = memberOf(db, workspace, ruleOf(db, distribution), contact);
    if (member === undefined) return;
    const { local, zone } = trigger;
    const theirs = local ? likelyZone(whereaboutsOf(member), zonesOfCountry, zone) : zone;
    if (now - dueOn(trigger, day, theirs) <= graceMs) fire(db, watch, { member, day, appender });
  }
}
