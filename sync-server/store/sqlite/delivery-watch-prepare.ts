/**
 * Before a campaign that watches contacts is live: whose date is when, or who is in its audience
 * already. From here on each contact that changes is heard of.
 */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { DateTrigger, EntryTrigger } from "#domain/campaign/trigger.ts";
import { minuteMs, type Instant } from "#domain/core/time.ts";
import { beginsAt, dayNumberOf, firstDayAfter, monthDayOf } from "#domain/schedule/occasion.ts";
import type { Database, Row } from "./database.ts";
import { createAppender } from "./delivery-append.ts";
import { nextMembers, ruleOf } from "./delivery-members.ts";
import type { Distribution } from "./delivery-rows.ts";
import { dateOf } from "./delivery-watch-date.ts";
import { enterAudience } from "./delivery-watch-entry.ts";

/** What a campaign's audience asks that no change of a contact tells is looked at this often. */
export const sweepEveryMs = 15 * minuteMs;

interface Preparing {
  readonly campaign: Campaign;
  /** Contacts looked at in one transaction. */
  readonly batch: number;
  readonly now: Instant;
}

export function prepareWatch(
  db: Database,
  distribution: Distribution,
  { campaign, batch, now }: Preparing,
): "more" | "ready" {
  const { trigger = null } = campaign;
  if (trigger?.kind !== "date" && trigger?.kind !== "entry") return "ready";
  const { seq } = distribution;
  begin(db, distribution, { trigger, since: campaign.launchedAt ?? now, now });
  const seen =
    trigger.kind === "date"
      ? readDates(db, distribution, { trigger, batch })
      : readMembers(db, distribution, { trigger, batch, now });
  const last = seen.at(-1);
  if (last !== undefined) {
    db.run("update distribution set cursor = ? where seq = ?", Number(last["seq"]), seq);
  }
  return seen.length === batch ? "more" : "ready";
}

/** From now on changes are heard of. Nothing when that began already. */
function begin(
  db: Database,
  distribution: Distribution,
  {
    trigger,
    since,
    now,
  }: {
    readonly trigger: DateTrigger | EntryTrigger;
    readonly since: Instant;
    readonly now: Instant;
  },
): void {
  const { seq, ws, workspace } = distribution;
  const firstDay = trigger.kind === "date" ? firstDayAfter(trigger, since) : null;
  const dueAt =
    trigger.kind === "date"
      ? beginsAt(trigger, firstDayAfter(trigger, since))
      : sweepAt(db, distribution, now);
  db.run(
    `insert into watch (distribution, ws, workspace, kind, heard, since, next_day, due_at)
     values (?, ?, ?, ?, coalesce((select max(seq) from contact_change where workspace = ?), 0), ?, ?, ?)
     on conflict do nothing`,
    seq,
    ws,
    workspace,
    trigger.kind,
    workspace,
    since,
    firstDay,
    dueAt,
  );
}

/** Only what became of messages changes without the contact. */
function sweepAt(db: Database, distribution: Distribution, now: Instant): Instant | null {
  return ruleOf(db, distribution).kind === "recipients" ? now + sweepEveryMs : null;
}

function readDates(
  db: Database,
  { workspace, ws, seq, cursor }: Distribution,
  { trigger, batch }: { readonly trigger: DateTrigger; readonly batch: number },
): readonly Row[] {
  const rows = db.all(
    `select contact.seq, contact.fields from contact
      where +contact.workspace = ? and contact.seq > ? order by contact.seq limit ?`,
    workspace,
    cursor,
    batch,
  );
  for (const row of rows) {
    const date = dateOf(row, trigger);
    if (date === null) continue;
    db.run(
      `insert into watched (ws, distribution, contact, month_day, day) values (?, ?, ?, ?, ?)
       on conflict do nothing`,
      ws,
      seq,
      Number(row["seq"]),
      monthDayOf(date),
      dayNumberOf(date),
    );
  }
  return rows;
}

function readMembers(
  db: Database,
  distribution: Distribution,
  {
    trigger,
    batch,
    now,
  }: { readonly trigger: EntryTrigger; readonly batch: number; readonly now: Instant },
): readonly Row[] {
  const { ws, seq, cursor: after } = distribution;
  const rule = ruleOf(db, distribution);
  const rows = nextMembers(db, distribution, { rule, after, limit: batch });
  const appender = createAppender(db, distribution, now);
  for (const row of rows) {
    db.run(
      "insert into watched (ws, distribution, contact) values (?, ?, ?) on conflict do nothing",
      ws,
      seq,
      Number(row["seq"]),
    );
    if (trigger.existing === "send") {
      enterAudience(db, { distribution, trigger, appender, contact: row, now });
    }
  }
  appender.finish();
  return rows;
}
