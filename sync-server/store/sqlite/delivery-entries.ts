/** From something that happened for a person to the messages of the campaigns that wait for it. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import { entryDueAt, mayEnter } from "#domain/campaign/trigger.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { DeliveryStore, Happening } from "../delivery-store.ts";
import { audienceWhere } from "./audience-sql.ts";
import { findByEmail, findById } from "./contact-rows.ts";
import type { Database, Row } from "./database.ts";
import { createMover } from "./delivery-moves.ts";
import { chunkRows } from "./delivery-place.ts";
import { campaignOf, distributionOf, setTimer, type Distribution } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const entering: Pick<Operations<DeliveryStore>, "happen" | "forgetHappenings"> = {
  happen: (db, { workspace, happening, now }) => {
    const known = db.get(
      "select entered from happening where workspace = ? and id = ?",
      workspace,
      happening.id,
    );
    if (known !== undefined) {
      return { outcome: "repeated", entered: JSON.parse(String(known["entered"])) };
    }
    const contact = contactOf(db, workspace, happening);
    if (contact === null) return { outcome: "nobody", entered: [] };
    const entered = waitingFor(db, workspace, happening.name).filter((campaignId) =>
      enter(db, { workspace, campaignId, contact, at: happening.at, now }),
    );
    db.run(
      `insert into happening (workspace, id, name, contact, at, properties, entered, heard_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      workspace,
      happening.id,
      happening.name,
      contact,
      happening.at,
      JSON.stringify(happening.properties),
      JSON.stringify(entered),
      now,
    );
    return { outcome: "taken", entered };
  },

  forgetHappenings: (db, { before }) => db.run("delete from happening where heard_at < ?", before),
};

function contactOf(db: Database, workspace: Id, { contact }: Happening): number | null {
  const found =
    "id" in contact
      ? findById(db, workspace, contact.id)
      : findByEmail(db, workspace, contact.email);
  return found?.seq ?? null;
}

/** The live campaigns, in the order in which they were made. */
function waitingFor(db: Database, workspace: Id, event: string): readonly Id[] {
  return db
    .all(
      "select id from document where workspace = ? and awaits = ? and dead = 0 order by id",
      workspace,
      event,
    )
    .map(({ id }) => String(id));
}

interface Entrance {
  readonly workspace: Id;
  readonly campaignId: Id;
  /** The contact's short number. */
  readonly contact: number;
  /** When it happened. */
  readonly at: Instant;
  readonly now: Instant;
}

/** Whether the contact entered: it is in the audience, and may (again). */
function enter(db: Database, { workspace, campaignId, contact, at, now }: Entrance): boolean {
  const trigger = campaignOf(db, workspace, campaignId)?.trigger ?? null;
  const row = db.get(
    "select seq, rule from distribution where workspace = ? and campaign = ? and stage = 'sending'",
    workspace,
    campaignId,
  );
  if (trigger === null || row === undefined) return false;
  const distribution = distributionOf(db, Number(row["seq"]));
  const { ws, seq } = distribution;
  const last = db.get(
    "select at from entry where ws = ? and distribution = ? and contact = ?",
    ws,
    seq,
    contact,
  );
  if (!mayEnter(trigger, last === undefined ? null : Number(last["at"]), now)) return false;
  const rule: AudienceRule = JSON.parse(String(row["rule"]));
  const found = memberOf(db, workspace, rule, contact);
  if (found === undefined) return false;
  db.run(
    `insert into entry (ws, distribution, contact, at, n) values (?, ?, ?, ?, 1)
     on conflict do update set at = excluded.at, n = n + 1`,
    ws,
    seq,
    contact,
    now,
  );
  append(db, distribution, { contact: found, dueAt: entryDueAt(trigger, at, now), now });
  return true;
}

/** The contact's columns; none when the audience does not mean them. */
function memberOf(
  db: Database,
  workspace: Id,
  rule: AudienceRule,
  contact: number,
): Row | undefined {
  const where = audienceWhere(rule);
  return db.get(
    `select contact.seq, contact.email, contact.phone, contact.first_name, contact.last_name
       from contact where contact.workspace = ? and contact.seq = ? and ${where.sql}`,
    workspace,
    contact,
    ...where.values,
  );
}

/**
 * One more message, behind what its chunk's `next` tells: so it has a timer from the beginning,
 * and is queued until that is due.
 */
function append(
  db: Database,
  distribution: Distribution,
  {
    contact,
    dueAt,
    now,
  }: { readonly contact: Row; readonly dueAt: Instant; readonly now: Instant },
): void {
  const { ws, seq, channel, total } = distribution;
  const n = total + 1;
  db.run(
    `insert into chunk (ws, distribution, k, last, next) values (?, ?, ?, ?, ?)
     on conflict do update set last = excluded.last, next = excluded.next`,
    ws,
    seq,
    Math.floor((n - 1) / chunkRows),
    n,
    n + 1,
  );
  const found = contact[addressKindOf[channel]];
  const address = typeof found === "string" ? found : "";
  const name = `${String(contact["first_name"])} ${String(contact["last_name"])}`.trim();
  const message = { n, contact: Number(contact["seq"]), address, name };
  const mover = createMover(db, distribution);
  if (address === "") mover.add({ ...message, state: "skipped", reason: "no_address" }, now);
  else {
    mover.add({ ...message, state: "queued", reason: "none" }, now);
    setTimer(db, distribution, n, dueAt);
  }
  mover.finish();
  db.run("update distribution set total = ? where seq = ?", n, seq);
}
