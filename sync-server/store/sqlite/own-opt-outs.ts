/**
 * People who left by themselves: by STOP, by the link of a message, by a complaint. Nobody of the
 * workspace may say otherwise for them (S4-D3); only a word of their own lifts it.
 */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { StatedConsent } from "#domain/audience/import.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Suppression } from "#domain/limits/suppression.ts";
import { recordConsent, recordFirstConsent } from "./contact-consents.ts";
import type { Database, Row } from "./database.ts";

/** Where a person says it: what is noted by the workspace's people has other sources. */
const own = JSON.stringify(["STOP reply", "complaint", "unsubscribe link"]);

interface Whose {
  readonly workspace: string;
  readonly channel: ConsentChannel;
  /** The contact's number. */
  readonly seq: number;
}

/** Whether the last word of the contact, or of whoever has its address, is that they left by themselves. */
export function hasLeft(db: Database, { workspace, channel, seq }: Whose): boolean {
  const known = db.get(
    `select 1 from consent where workspace = ? and contact = ? and channel = ?
        and granted = 0 and source in (select value from json_each(?))`,
    workspace,
    seq,
    channel,
    own,
  );
  if (known !== undefined) return true;
  const kind = addressKindOf[channel];
  const row: Row | undefined = db.get(`select ${kind} as address from contact where seq = ?`, seq);
  const address = row?.["address"];
  if (typeof address !== "string") return false;
  return (
    hasLeftBySharing(db, { workspace, channel, address }) ||
    db.get(
      `select 1 from suppression where workspace = ? and kind = ? and address = ?
          and until is null and source in (select value from json_each(?))`,
      workspace,
      kind,
      address,
      own,
    ) !== undefined
  );
}

/** The word by which a contact left by themselves, as a suppression says it; null: they did not. */
export function ownOptOut(
  db: Database,
  { workspace, channel, seq }: Whose,
): Pick<Suppression, "reason" | "source" | "at" | "until" | "campaignId"> | null {
  const row = db.get(
    `select source, at from consent where workspace = ? and contact = ? and channel = ?
        and granted = 0 and source in (select value from json_each(?))`,
    workspace,
    seq,
    channel,
    own,
  );
  if (row === undefined) return null;
  const said = { source: String(row["source"]), at: Number(row["at"]) };
  return { reason: "unsubscribed", ...said, until: null, campaignId: null };
}

/** Whether anybody who has the address left by themselves: they said so for it. */
function hasLeftBySharing(
  db: Database,
  {
    workspace,
    channel,
    address,
  }: Pick<Whose, "workspace" | "channel"> & { readonly address: string },
): boolean {
  return (
    db.get(
      // In this order: few have an address, all have consents.
      `select 1 from contact c cross join consent s on s.workspace = c.workspace and s.contact = c.seq
        where c.workspace = ? and c.${addressKindOf[channel]} = ? and s.channel = ?
          and s.granted = 0 and s.source in (select value from json_each(?)) limit 1`,
      workspace,
      address,
      channel,
      own,
    ) !== undefined
  );
}

interface Hearing {
  readonly workspace: string;
  readonly seq: number;
  readonly now: number;
}

/** What a person of the workspace notes of a contact; false: it would lift an opt-out of their own. */
export function recordNoted(db: Database, heard: Hearing, said: StatedConsent): boolean {
  if (said.granted && hasLeft(db, { ...heard, channel: said.channel })) return false;
  recordConsent(db, heard, said);
  return true;
}

/** The same of a contact that is new: nobody else has its e-mail address, only a number may be shared. */
export function recordFirstNoted(
  db: Database,
  heard: Hearing,
  said: StatedConsent,
  phone: string | null,
): void {
  const { workspace } = heard;
  const isShared = said.granted && said.channel === "sms" && phone !== null;
  if (isShared && hasLeftBySharing(db, { workspace, channel: "sms", address: phone })) return;
  recordFirstConsent(db, heard, said);
}
