/** From something that happened for a person to the messages of the campaigns that wait for it. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import {
  entryDueAt,
  isAwaited,
  isToldTooLate,
  mayEnter,
  type Occurred,
} from "#domain/campaign/trigger.ts";
import { checkInEvent } from "#domain/engagement/check-in.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Happening, LiveStore } from "../live-store.ts";
import { findByEmail, findById } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { createAppender, lastEntryOf, noteEntry } from "./delivery-append.ts";
import { tellLeftOut, type WhyLeftOut } from "./delivery-left-out.ts";
import { memberOf, ruleOf } from "./delivery-members.ts";
import { distributionOf } from "./delivery-rows.ts";
import { awaitsCode } from "./feeds.ts";
import { restoredAt } from "./history-mark.ts";
import { noteCheckIn } from "./report-check-ins.ts";
import type { Operations } from "./operation.ts";

export const entering: Pick<Operations<LiveStore>, "happen" | "forgetHappenings"> = {
  happen: (db, { workspace, happening, now }) => {
    const known = knownFor(db, workspace, happening.id);
    if (known !== null) return { outcome: "repeated", ...known };
    const contact = contactOf(db, workspace, happening);
    if (typeof contact === "string") return { outcome: contact, entered: [] };
    const { id, what, at } = happening;
    const properties = propertiesOf(what, happening.properties);
    const fate = happenFor(db, { workspace, id, what, contact, at, properties, now });
    return { outcome: "taken", ...fate };
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

/** The campaigns that the contact entered, and those for which it was told too late, if any. */
export interface Entered {
  readonly entered: readonly Id[];
  readonly tooLate?: readonly Id[];
}

/** What came of something that was told before; null: it was not, or so long ago that it is forgotten. */
export function knownFor(db: Database, workspace: Id, id: string): Entered | null {
  const row = db.get(
    "select entered, too_late from happening where workspace = ? and id = ?",
    workspace,
    id,
  );
  if (row === undefined) return null;
  const { too_late: late } = row;
  const entered: readonly Id[] = JSON.parse(String(row["entered"]));
  return typeof late === "string" ? { entered, tooLate: JSON.parse(late) } : { entered };
}

/** Notes it, and lets the contact enter the campaigns that wait for it. */
export function happenFor(
  db: Database,
  { workspace, id, what, contact, at, properties, now }: HappenedTo,
): Entered {
  const fates: Record<Entry, Id[]> = { entered: [], tooLate: [], not: [] };
  for (const campaign of waitingFor(db, workspace, what)) {
    fates[enter(db, { workspace, campaign, contact, properties, at, now })].push(campaign.id);
  }
  const { entered, tooLate } = fates;
  db.run(
    `insert into happening (workspace, id, kind, name, contact, at, properties, entered, too_late, heard_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    id,
    what.kind,
    what.kind === "event" ? what.name : what.code,
    contact,
    at,
    properties,
    JSON.stringify(entered),
    tooLate.length === 0 ? null : JSON.stringify(tooLate),
    now,
  );
  if (what.kind === "event" && what.name === checkInEvent) {
    noteCheckIn(db, { workspace, contact, at: Math.min(at, now) });
  }
  return tooLate.length === 0 ? { entered } : { entered, tooLate };
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

type Entry = "entered" | "tooLate" | "not";

/**
 * Whether the contact entered: it is in the audience, and may (again). What is told too late leaves
 * a message behind that was left out, and is no entry: whoever it is about was not written to.
 */
function enter(db: Database, entrance: Entrance): Entry {
  const { workspace, campaign, contact, properties, at, now } = entrance;
  const { trigger = null } = campaign;
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ? and stage = 'sending'",
    workspace,
    campaign.id,
  );
  if (trigger === null || trigger.kind === "date" || row === undefined) return "not";
  const distribution = distributionOf(db, Number(row["seq"]));
  if (!mayEnter(trigger, lastEntryOf(db, { distribution, contact }), now)) return "not";
  const found = memberOf(db, workspace, ruleOf(db, distribution), contact);
  if (found === undefined) return "not";
  const plannedFor = entryDueAt(trigger, at, at);
  const why = whyLeftOut(db, campaign, { plannedFor, isLate: isToldTooLate(trigger, at, now) });
  if (why !== "too_late") noteEntry(db, { distribution, contact, now });
  const appender = createAppender(db, distribution, now);
  const dueAt = entryDueAt(trigger, at, now);
  appender.add(found, { dueAt, properties, ...(why === null ? {} : { leftOut: why }) });
  appender.finish();
  if (why !== null) {
    const nobody = { restored: [], too_late: [] };
    tellLeftOut(db, distribution, { ...nobody, [why]: [found], plannedFor: at, now });
  }
  return why === "too_late" ? "tooLate" : "entered";
}

function whyLeftOut(
  db: Database,
  campaign: Campaign,
  { plannedFor, isLate }: { readonly plannedFor: Instant; readonly isLate: boolean },
): WhyLeftOut | null {
  if (isOfLostHistory(db, campaign, plannedFor)) return "restored";
  return isLate ? "too_late" : null;
}

/**
 * Whether a campaign that was live then may have sent it after the copy was made that a restore went
 * back to: sources tell again what they are not sure of, and a person decides about it.
 */
function isOfLostHistory(db: Database, { launchedAt }: Campaign, dueAt: Instant): boolean {
  const at = restoredAt(db);
  return at !== null && dueAt <= at && (launchedAt ?? 0) <= at;
}
