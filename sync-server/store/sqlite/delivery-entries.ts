/** From something that happened for a person to the messages of the campaigns that wait for it. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { entryDueAt, isAwaited, mayEnter, type Occurred } from "#domain/campaign/trigger.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Happening, LiveStore } from "../live-store.ts";
import { findByEmail, findById } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { createAppender, lastEntryOf, noteEntry } from "./delivery-append.ts";
import { tellLeftOut } from "./delivery-left-out.ts";
import { memberOf, ruleOf } from "./delivery-members.ts";
import { distributionOf } from "./delivery-rows.ts";
import { awaitsCode } from "./feeds.ts";
import { restoredAt } from "./history-mark.ts";
import type { Operations } from "./operation.ts";

export const entering: Pick<Operations<LiveStore>, "happen" | "forgetHappenings"> = {
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
    if (typeof contact === "string") return { outcome: contact, entered: [] };
    const { id, what, at } = happening;
    const properties = propertiesOf(what, happening.properties);
    return {
      outcome: "taken",
      entered: happenFor(db, { workspace, id, what, contact, at, properties, now }),
    };
  },

  forgetHappenings: (db, { before }) => db.run("delete from happening where heard_at < ?", before),
};

/** Something that happened for a contact that is known. */
export interface HappenedTo {
  readonly workspace: Id;
  readonly id: string;
  readonly what: Occurred;
  /** The contact's short number. */
  readonly contact: number;
  readonly at: Instant;
  /** What messages may use of it, as JSON. */
  readonly properties: string;
  readonly now: Instant;
}

/** Notes it, and lets the contact enter the campaigns that wait for it: those are answered. */
export function happenFor(
  db: Database,
  { workspace, id, what, contact, at, properties, now }: HappenedTo,
): readonly Id[] {
  const entered = waitingFor(db, workspace, what)
    .filter((campaign) => enter(db, { workspace, campaign, contact, properties, at, now }))
    .map((campaign) => campaign.id);
  db.run(
    `insert into happening (workspace, id, kind, name, contact, at, properties, entered, heard_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    id,
    what.kind,
    what.kind === "event" ? what.name : what.code,
    contact,
    at,
    properties,
    JSON.stringify(entered),
    now,
  );
  return entered;
}

/** Their short number; a number of a phone that several share means nobody for sure. */
export function contactOf(
  db: Database,
  workspace: Id,
  { contact }: Pick<Happening, "contact">,
): number | "nobody" | "several" {
  if ("phone" in contact) {
    const found = db.all(
      "select seq from contact where workspace = ? and phone = ? limit 2",
      workspace,
      contact.phone,
    );
    if (found.length > 1) return "several";
    return found[0] === undefined ? "nobody" : Number(found[0]["seq"]);
  }
  const found =
    "id" in contact
      ? findById(db, workspace, contact.id)
      : findByEmail(db, workspace, contact.email);
  return found?.seq ?? "nobody";
}

/** What messages may use of it; of a code also which it is. */
export function propertiesOf(what: Occurred, properties: Happening["properties"]): string {
  return JSON.stringify(what.kind === "redeemed" ? { ...properties, code: what.code } : properties);
}

/** The live campaigns, in the order in which they were made. */
function waitingFor(db: Database, workspace: Id, what: Occurred): readonly Campaign[] {
  return db
    .all(
      "select doc from document where workspace = ? and awaits = ? and dead = 0 order by id",
      workspace,
      what.kind === "event" ? what.name : awaitsCode,
    )
    .map(({ doc }): Campaign => JSON.parse(String(doc)))
    .filter(({ trigger = null }) => trigger !== null && isAwaited(trigger, what));
}

interface Entrance {
  readonly workspace: Id;
  readonly campaign: Campaign;
  /** The contact's short number. */
  readonly contact: number;
  /** What the event told, as JSON. */
  readonly properties: string;
  /** When it happened. */
  readonly at: Instant;
  readonly now: Instant;
}

/** Whether the contact entered: it is in the audience, and may (again). */
function enter(db: Database, entrance: Entrance): boolean {
  const { workspace, campaign, contact, properties, at, now } = entrance;
  const { trigger = null } = campaign;
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ? and stage = 'sending'",
    workspace,
    campaign.id,
  );
  if (trigger === null || trigger.kind === "date" || row === undefined) return false;
  const distribution = distributionOf(db, Number(row["seq"]));
  if (!mayEnter(trigger, lastEntryOf(db, { distribution, contact }), now)) return false;
  const found = memberOf(db, workspace, ruleOf(db, distribution), contact);
  if (found === undefined) return false;
  noteEntry(db, { distribution, contact, now });
  const appender = createAppender(db, distribution, now);
  const dueAt = entryDueAt(trigger, at, now);
  const isUnsure = isOfLostHistory(db, campaign, entryDueAt(trigger, at, at));
  appender.add(found, { dueAt, properties, ...(isUnsure ? { leftOut: "restored" } : {}) });
  appender.finish();
  if (isUnsure) {
    tellLeftOut(db, distribution, { restored: [found], too_late: [], plannedFor: at, now });
  }
  return true;
}

/**
 * Whether a campaign that was live then may have sent it after the copy was made that a restore went
 * back to: sources tell again what they are not sure of, and a person decides about it.
 */
function isOfLostHistory(db: Database, { launchedAt }: Campaign, dueAt: Instant): boolean {
  const at = restoredAt(db);
  return at !== null && dueAt <= at && (launchedAt ?? 0) <= at;
}
