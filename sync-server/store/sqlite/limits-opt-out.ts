/** People who leave: by the link of a message, by a reply, or by a complaint. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { addressKindOf, type Channel } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Workspace } from "#domain/sync/document.ts";
import type { Heard, Leaving, LimitsStore } from "../limits-store.ts";
import type { Database } from "./database.ts";
import { createMover } from "./delivery-moves.ts";
import {
  bySecondWay,
  findDistribution,
  messageOf,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { fallenOf } from "./fallen.ts";
import { contactsOf, giveBack, sayForAddress, sayForContact } from "./limits-consent.ts";
import {
  addSuppression,
  removeSuppression,
  suppressionOf,
  wasRemovedSince,
} from "./limits-suppression.ts";

type Args<M extends keyof LimitsStore> = Parameters<LimitsStore[M]>[0];

interface Recipient {
  /** As it goes by the way that the message is looked at. */
  readonly distribution: Distribution;
  readonly channel: ConsentChannel;
  readonly n: number;
  /** The contact's number; null when it was deleted since. */
  readonly contact: number | null;
  readonly address: string;
}

export function leaving(db: Database, args: Args<"leaving">): Leaving | null {
  const to = recipientOf(db, args);
  if (to === null) return null;
  const { distribution, channel, contact, address } = to;
  const { workspace, campaign: campaignId } = distribution;
  const doc = db.get(
    "select doc from document where workspace = ? and kind = 'workspace' and id = ?",
    workspace,
    workspace,
  );
  const known: Workspace | null = doc === undefined ? null : JSON.parse(String(doc["doc"]));
  const isSubscribed = contact !== null && isGranted(db, workspace, contact, channel);
  return {
    workspace,
    workspaceName: known?.name ?? "",
    campaignId,
    channel,
    address,
    isSubscribed,
  };
}

export function optOut(db: Database, { source, now, ...args }: Args<"optOut">): void {
  const to = recipientOf(db, args);
  if (to === null) return;
  const { distribution, channel, contact, address, n } = to;
  const { workspace } = distribution;
  const said = { workspace, channel, address, granted: false, at: now, source, now };
  const others = contactsOf(db, said).filter((seq) => seq !== contact);
  const all = contact === null ? others : [contact, ...others];
  for (const seq of all) if (isGranted(db, workspace, seq, channel)) sayForContact(db, seq, said);
  // Whoever was deleted, and may be imported again, has left all the same.
  if (all.length === 0) remember(db, to, { source, now });
  countOptOut(db, distribution, { n, address, source, now });
}

function remember(
  db: Database,
  { distribution, channel, address }: Recipient,
  { source, now }: { readonly source: string; readonly now: Instant },
): void {
  const { workspace, campaign: campaignId } = distribution;
  const kind = addressKindOf[channel];
  // Of who was erased nobody knows it any more.
  if (address === "") return;
  if (suppressionOf(db, { workspace, kind, address }) !== null) return;
  const row = { kind, address, source, note: "", at: now, until: null, by: null, campaignId };
  addSuppression(db, workspace, { ...row, reason: "unsubscribed" }, now);
}

/** Whoever pressed the wrong button; what they said anywhere else since stays. */
export function comeBack(db: Database, { source, now, ...args }: Args<"comeBack">): void {
  const to = recipientOf(db, args);
  if (to === null) return;
  const { distribution, channel, address } = to;
  const { workspace } = distribution;
  giveBack(db, { workspace, channel, address, source: `${source}, undone`, takenBy: source, now });
}

interface OptedOut {
  readonly n: number;
  /** Of the distribution's channel. */
  readonly address: string;
  readonly source: string;
  readonly now: Instant;
}

/** A mark of the message, once, and a line in the campaign's activity. */
export function countOptOut(
  db: Database,
  distribution: Distribution,
  { n, address, source, now }: OptedOut,
): void {
  const { workspace, campaign: campaignId, channel } = distribution;
  const message = messageOf(db, distribution, n);
  const mover = createMover(db, distribution);
  const isNew = message !== null && mover.mark(message, "opted_out", now);
  if (!isNew) return;
  mover.finish();
  const who = maskAddress(address, addressKindOf[channel]);
  const detail = { who, channel, source };
  tellActivity(db, workspace, { campaignId, event: "engine.opted_out", at: now, detail });
}

export function hear(db: Database, { account = "", heard, ...ear }: Args<"hear">): number {
  let understood = 0;
  for (const each of heard) {
    noteInbound(db, { ...ear, account }, each);
    const { what } = each;
    if (what === "other") continue;
    hearOne(db, ear, { ...each, what });
    understood += 1;
  }
  return understood;
}

/** For the log of messages: once, however often a provider tells it. */
function noteInbound(
  db: Database,
  { account, ...ear }: Ear & { readonly account: string },
  heard: Heard,
): void {
  const { workspace, channel, now } = ear;
  const { what, message, at } = heard;
  const own = ownMessage(db, ear, message);
  const address = heard.address || (own?.address ?? "");
  if (address === "") return;
  db.run(
    `insert into inbound (workspace, account, channel, address, what, distribution, n, at)
     values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    workspace,
    account,
    channel,
    address,
    what,
    own?.distribution.seq ?? null,
    own?.n ?? null,
    Math.min(at, now),
  );
}

interface Ear {
  readonly workspace: string;
  readonly channel: ConsentChannel;
  readonly now: Instant;
}

const sources = {
  stop: "STOP reply",
  start: "START reply",
  complaint: "complaint",
} as const satisfies Record<Understood["what"], string>;

/** What we act on. */
type Understood = Heard & { readonly what: Exclude<Heard["what"], "other"> };

function hearOne(db: Database, ear: Ear, heard: Understood): void {
  const { workspace, channel, now } = ear;
  const { what } = heard;
  const address = heard.address || (ownMessage(db, ear, heard.message)?.address ?? "");
  if (address === "") return;
  const at = Math.min(heard.at, now);
  const said = { workspace, channel, address, granted: what === "start", at, now };
  const count = sayForAddress(db, { ...said, source: sources[what] });
  if (what === "start") takeBack(db, ear, { address, at, note: sources.start });
  else leave(db, ear, { ...heard, address, what, at, isKnown: count > 0 });
}

/** What they said themselves they may take back; a bounce or a complaint they cannot. */
export function takeBack(
  db: Database,
  { workspace, channel, now }: Ear,
  { address, at, note }: Pick<Heard, "address" | "at"> & { readonly note: string },
): void {
  const kind = addressKindOf[channel];
  const known = suppressionOf(db, { workspace, kind, address });
  if (known === null || known.at >= at) return;
  if (known.reason !== "unsubscribed" && known.reason !== "opted_out") return;
  removeSuppression(db, { workspace, kind, address, note, by: null, now });
}

function leave(
  db: Database,
  { workspace, channel, now }: Ear,
  heard: Omit<Heard, "what"> & { readonly what: "stop" | "complaint"; readonly isKnown: boolean },
): void {
  const { address, what, at, message, isKnown } = heard;
  const kind = addressKindOf[channel];
  // An old word that is heard again: what was removed since then stays removed.
  if (wasRemovedSince(db, { workspace, kind, address }, at)) return;
  const own = ownMessage(db, { workspace, channel }, message);
  const known = suppressionOf(db, { workspace, kind, address });
  const campaignId = own?.distribution.campaign ?? null;
  const source = sources[what];
  const row = { kind, address, source, note: "", at, until: null, by: null, campaignId };
  if (what === "complaint" && known?.reason !== "complained") {
    addSuppression(db, workspace, { ...row, reason: "complained" }, now);
  } else if (!isKnown && known === null) {
    addSuppression(db, workspace, { ...row, reason: "unsubscribed" }, now);
  }
  if (own === null) return;
  if (what === "complaint") markComplaint(db, own.distribution, own.n, at);
  countOptOut(db, own.distribution, { n: own.n, address: own.address, source, now });
}

function markComplaint(db: Database, distribution: Distribution, n: number, at: Instant): void {
  const message = messageOf(db, distribution, n);
  const mover = createMover(db, distribution);
  if (message !== null && mover.mark(message, "complained", at)) mover.finish();
}

function ownMessage(
  db: Database,
  { workspace, channel }: Pick<Ear, "workspace" | "channel">,
  message: Heard["message"],
): Recipient | null {
  const to = message === null ? null : recipientOf(db, message, channel);
  return to?.distribution.workspace === workspace && to.channel === channel ? to : null;
}

/**
 * Whom a message went to: by the way that it stands in, or by the one of its two ways that
 * something was heard on, whichever it stands in now.
 */
function recipientOf(
  db: Database,
  { distribution: seq, n }: { readonly distribution: number; readonly n: number },
  heardOn: ConsentChannel | null = null,
): Recipient | null {
  const own = findDistribution(db, seq);
  if (own === null) return null;
  const { distribution, otherAddress } = wayOf(db, own, n, heardOn);
  const { channel } = distribution;
  if (channel !== "email" && channel !== "sms") return null;
  const row = db.get(
    `select m.address, c.seq as contact from message m
       left join contact c on c.seq = m.contact and c.workspace = ?
      where m.ws = ? and m.distribution = ? and m.n = ?`,
    distribution.workspace,
    distribution.ws,
    seq,
    n,
  );
  if (row === undefined) return null;
  const contact = row["contact"] === null ? null : Number(row["contact"]);
  const address = otherAddress ?? String(row["address"]);
  return { distribution, channel, n, contact, address };
}

interface WayOfMessage {
  readonly distribution: Distribution;
  /** null: the message stands in this way, and has the address of it. */
  readonly otherAddress: string | null;
}

function wayOf(
  db: Database,
  own: Distribution,
  n: number,
  heardOn: ConsentChannel | null,
): WayOfMessage {
  const fallen = own.fallsBack ? fallenOf(db, own, n) : null;
  if (fallen === null) return { distribution: own, otherAddress: null };
  const standsBySecond = !fallen.isReturned;
  const isSecond = heardOn === null ? standsBySecond : heardOn === fallbackChannel;
  return {
    distribution: isSecond ? bySecondWay(db, own) : own,
    otherAddress: isSecond === standsBySecond ? null : fallen.otherAddress,
  };
}

function isGranted(db: Database, workspace: string, contact: number, channel: Channel): boolean {
  const row = db.get(
    "select granted from consent where workspace = ? and contact = ? and channel = ?",
    workspace,
    contact,
    channel,
  );
  return row?.["granted"] === 1;
}
