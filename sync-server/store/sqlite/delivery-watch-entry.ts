/** Who comes into an audience, and who leaves it. */
import { entryDueAt, mayEnter, type EntryTrigger } from "#domain/campaign/trigger.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Database, Row } from "./database.ts";
import { lastEntryOf, noteEntry, type Appender } from "./delivery-append.ts";
import { memberOf, nextMembers, ruleOf } from "./delivery-members.ts";
import type { Distribution } from "./delivery-rows.ts";

interface Coming {
  readonly distribution: Distribution;
  readonly trigger: EntryTrigger;
  readonly appender: Appender;
  readonly contact: Row;
  /** Takes who may have come, and been written to, in the history that a restore lost; left out: nobody may. */
  readonly unsure?: Row[] | null;
  readonly now: Instant;
}

/** Somebody came into the audience: they are written to, if they may be (again). */
export function enterAudience(
  db: Database,
  { distribution, trigger, appender, contact: row, unsure = null, now }: Coming,
): void {
  const contact = Number(row["seq"]);
  if (!mayEnter(trigger, lastEntryOf(db, { distribution, contact }), now)) return;
  noteEntry(db, { distribution, contact, now });
  const dueAt = entryDueAt(trigger, now, now);
  appender.add(row, { dueAt, ...(unsure === null ? {} : { leftOut: "restored" }) });
  unsure?.push(row);
}

export interface EntryWatch {
  readonly distribution: Distribution;
  readonly trigger: EntryTrigger;
  /**
   * While the campaign stands still since a restore, who comes: what was imported in the lost history
   * is imported again. null: it does not.
   */
  readonly unsure: Row[] | null;
  readonly now: Instant;
}

/** Looks whether a contact is in the audience, and whether it was. */
export function noticeMember(
  db: Database,
  { distribution, trigger, unsure, now }: EntryWatch,
  { contact, appender }: { readonly contact: number; readonly appender: Appender },
): void {
  const { ws, seq, workspace } = distribution;
  const member = memberOf(db, workspace, ruleOf(db, distribution), contact);
  const place = [ws, seq, contact] as const;
  if (member === undefined) {
    db.run("delete from watched where ws = ? and distribution = ? and contact = ?", ...place);
    return;
  }
  const isNew =
    db.run(
      "insert into watched (ws, distribution, contact) values (?, ?, ?) on conflict do nothing",
      ...place,
    ) === 1;
  if (isNew) {
    enterAudience(db, { distribution, trigger, appender, contact: member, unsure, now });
  }
}

/**
 * For audiences that change without their contacts: everybody who is in it or was, in order. Answers the last
 * contact that was looked at; null: there are no more.
 */
export function sweepMembers(
  db: Database,
  watch: EntryWatch,
  {
    after,
    limit,
    appender,
  }: { readonly after: number; readonly limit: number; readonly appender: Appender },
): number | null {
  const { distribution } = watch;
  const rule = ruleOf(db, distribution);
  const meant = nextMembers(db, distribution, { rule, after, limit }).map(({ seq }) => Number(seq));
  const were = db
    .all(
      `select contact from watched where ws = ? and distribution = ? and contact > ?
        order by contact limit ?`,
      distribution.ws,
      distribution.seq,
      after,
      limit,
    )
    .map(({ contact }) => Number(contact));
  const next = [...new Set([...meant, ...were])].toSorted((a, b) => a - b).slice(0, limit);
  for (const contact of next) noticeMember(db, watch, { contact, appender });
  return next.length < limit ? null : (next.at(-1) ?? null);
}
