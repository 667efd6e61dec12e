/** Where an address stands under the rule of the unreachable: listed, suppressed, lifted, kept. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import type { UnreachableState } from "#domain/limits/unreachable.ts";
import type { SuppressionEvent } from "../limits-store.ts";
import type { Database } from "./database.ts";
import { giveBack, sayForAddress } from "./limits-consent.ts";
import {
  logSuppression,
  removeSuppression,
  suppressionOf,
  suppressOnce,
} from "./limits-suppression.ts";

/** The source of the consent that the rule withdraws, and by which it knows what to give back. */
export const ruleSource = "rule: unreachable";

export interface OfUnreachable {
  readonly workspace: string;
  readonly ws: number;
  readonly channel: ConsentChannel;
  readonly kind: AddressKind;
  readonly address: string;
  /** The campaign that brought it about; null when a person did. */
  readonly campaignId: string | null;
  readonly now: Instant;
}

interface Missed {
  readonly misses: number;
  readonly since: Instant | null;
}

export function listUnreachable(
  db: Database,
  of: OfUnreachable & Missed & { readonly isNew: boolean },
): void {
  setState(db, of, { state: "listed", by: null });
  if (of.isNew) log(db, of, { act: "listed", by: null });
}

/** Nothing is spent on it any more: the address is suppressed, and consent for the channel withdrawn. */
export function suppressUnreachable(
  db: Database,
  of: OfUnreachable & Missed & { readonly by: string | null },
): void {
  const { workspace, channel, kind, address, campaignId, by, now } = of;
  setState(db, of, { state: "suppressed", by });
  const source = by === null ? "rule" : "review";
  const row = { kind, address, source, note: "", at: now, until: null, by, campaignId };
  suppressOnce(db, workspace, { ...row, reason: "unreachable_7" }, now);
  sayForAddress(db, {
    workspace,
    channel,
    address,
    granted: false,
    at: now,
    source: ruleSource,
    now,
  });
}

/** A receipt said after all that it was reached. */
export function liftUnreachable(db: Database, of: OfUnreachable, was: UnreachableState): void {
  setState(db, { ...of, misses: 0, since: null }, { state: "none", by: null });
  if (was === "suppressed") release(db, of, { by: null, source: "reached after all" });
  log(db, of, { act: "reached", by: null });
}

/** A person gives it a new start: only campaigns after this one count. */
export function startAgain(
  db: Database,
  of: OfUnreachable,
  { was, by }: { readonly was: UnreachableState; readonly by: string | null },
): void {
  const { ws, channel, address } = of;
  setState(db, { ...of, misses: 0, since: null }, { state: "none", by });
  db.run(
    `update unreachable set reset = (select coalesce(max(seq), 0) from distribution where ws = ?)
      where ws = ? and channel = ? and address = ?`,
    ws,
    ws,
    channel,
    address,
  );
  if (was === "suppressed") release(db, of, { by, source: "restored by a person" });
  else log(db, of, { act: "kept", by });
}

function release(
  db: Database,
  { workspace, channel, kind, address, now }: OfUnreachable,
  { by, source }: { readonly by: string | null; readonly source: string },
): void {
  const known = suppressionOf(db, { workspace, kind, address });
  // Suppressed for another reason meanwhile: that stays.
  if (known?.reason === "unreachable_7") {
    removeSuppression(db, { workspace, kind, address, note: source, by, now });
  }
  giveBack(db, { workspace, channel, address, source, takenBy: ruleSource, now });
}

function setState(
  db: Database,
  { ws, channel, address, misses, since, now }: OfUnreachable & Missed,
  { state, by }: { readonly state: UnreachableState; readonly by: string | null },
): void {
  db.run(
    `insert into unreachable (ws, channel, address, state, misses, since, at, by)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (ws, channel, address) do update set misses = excluded.misses,
       since = excluded.since, at = iif(state = excluded.state, at, excluded.at),
       by = iif(state = excluded.state, by, excluded.by), state = excluded.state`,
    ws,
    channel,
    address,
    state,
    misses,
    since,
    now,
    by,
  );
}

function log(
  db: Database,
  { workspace, kind, address, campaignId, now }: OfUnreachable,
  { act, by }: Pick<SuppressionEvent, "act" | "by">,
): void {
  const event = { reason: "unreachable_7", source: "rule", note: "", campaignId, at: now } as const;
  logSuppression(db, { workspace, kind, address }, { ...event, act, by });
}
