/** What evidence about a message does to its address, in the evidence's own transaction. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import { isLocal, type Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";
import { effectOf, type Effect } from "#domain/limits/suppression.ts";
import type { Database } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";
import { addressOf, sayForAddress } from "./limits-consent.ts";
import { countOptOut } from "./limits-opt-out.ts";
import { releasePressure } from "./limits-settings.ts";
import { suppressOnce } from "./limits-suppression.ts";

interface Ended {
  readonly n: number;
  readonly state: MessageState;
  readonly reason: Reason;
  readonly at: Instant;
}

/** Cheap for what ends well: only a failure is looked into. */
export function actOnEvidence(db: Database, distribution: Distribution, ended: Ended): void {
  const { n, state, reason } = ended;
  if (state !== "failed" && state !== "undelivered") return;
  if (state === "failed" && isLocal(reason)) releasePressure(db, distribution, n);
  if (distribution.isSimulated) return;
  const effect = effectOf(reason, addressKindOf[distribution.channel]);
  const address = effect === null ? "" : addressOf(db, distribution, n);
  if (effect !== null && address !== "") suppressFor(db, distribution, { ended, effect, address });
}

interface Suppressing {
  readonly ended: Ended;
  readonly effect: Effect;
  readonly address: string;
}

function suppressFor(
  db: Database,
  distribution: Distribution,
  { ended: { n, at }, effect, address }: Suppressing,
): void {
  const { workspace, ws, seq, channel, campaign: campaignId } = distribution;
  const kind = addressKindOf[channel];
  if (effect.times > 1 && strikesOf(db, { ws, kind, address, seq }) < effect.times) return;
  const source = "receipt";
  const row = { kind, address, source, at, until: null, by: null, campaignId };
  suppressOnce(db, workspace, { ...row, reason: effect.reason, note: "" }, at);
  if (!effect.withdraws || (channel !== "email" && channel !== "sms")) return;
  sayForAddress(db, { workspace, channel, address, granted: false, at, source, now: at });
  countOptOut(db, distribution, { n, address, source, now: at });
}

/** Campaigns that were told that the address is not valid, this one included. */
function strikesOf(
  db: Database,
  strike: {
    readonly ws: number;
    readonly kind: string;
    readonly address: string;
    readonly seq: number;
  },
): number {
  const { ws, kind, address, seq } = strike;
  db.run(
    "insert into strike (ws, kind, address, distribution) values (?, ?, ?, ?) on conflict do nothing",
    ws,
    kind,
    address,
    seq,
  );
  const row = db.get(
    "select count(*) as n from strike where ws = ? and kind = ? and address = ?",
    ws,
    kind,
    address,
  );
  return Number(row?.["n"]);
}
