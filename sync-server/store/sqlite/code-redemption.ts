/** The use of a code: once for each key, as often as its pool allows, in one transaction. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { CodeStore, Redeemer, Redemption } from "../code-store.ts";
import { seqOfPool } from "./code-counts.ts";
import { showLeft } from "./code-document.ts";
import { ownerOf, takeUnsent } from "./code-ranges.ts";
import type { Database, Row } from "./database.ts";
import { contactOf, happenFor, propertiesOf } from "./delivery-entries.ts";
import { createMover } from "./delivery-moves.ts";
import { campaignOf, distributionOf, messageOf, type Distribution } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const redeem: Operations<CodeStore>["redeem"] = (db, args) => {
  const { workspace, poolId, code: asked, key, by, at, properties, now } = args;
  const pool = seqOfPool(db, workspace, poolId);
  if (pool === null) return { outcome: "no_pool" };
  const found = db.get("select seq, code from code where pool = ? and code = ?", pool, asked);
  if (found === undefined) return { outcome: "unknown" };
  const seq = Number(found["seq"]);
  const code = String(found["code"]);
  const uses = usesOf(db, pool, seq);
  const carrier = carrierOf(db, pool, seq);
  const told = { code, campaignId: carrier?.distribution.campaign ?? null, entered: [] };
  if (uses.some((each) => each["key"] === key)) {
    return { outcome: "repeated", ...told, redemptions: uses.length };
  }
  const limit = db.get("select per_code from code_pool where seq = ?", pool)?.["per_code"];
  if (typeof limit === "number" && uses.length >= limit) {
    return { outcome: "used_up", redemptions: uses.length };
  }
  const contact = redeemerOf(db, workspace, carrier, by);
  if (typeof contact === "string") return { outcome: contact };
  db.run(
    "insert into redemption (pool, seq, key, at, heard_at) values (?, ?, ?, ?, ?)",
    pool,
    seq,
    key,
    at,
    now,
  );
  db.run(
    "update code_pool set redemptions = redemptions + 1, redeemed = redeemed + ? where seq = ?",
    uses.length === 0 ? 1 : 0,
    pool,
  );
  markRedeemed(db, { pool, seq, carrier, at, now });
  const entered =
    contact === null
      ? []
      : happenFor(db, {
          workspace,
          id: `redeemed:${pool}:${seq}:${key}`,
          what: { kind: "redeemed", code, campaignId: namedCampaign(db, carrier) },
          contact,
          at,
          properties: propertiesOf({ kind: "redeemed", code, campaignId: null }, properties),
          now,
        });
  const redemption: Redemption = { ...told, redemptions: uses.length + 1, entered };
  return { outcome: "redeemed", ...redemption };
};

function usesOf(db: Database, pool: number, seq: number): readonly Row[] {
  return db.all("select key from redemption where pool = ? and seq = ?", pool, seq);
}

/** The message that carries a code. */
interface Carrier {
  readonly distribution: Distribution;
  readonly n: number;
}

function carrierOf(db: Database, pool: number, seq: number): Carrier | null {
  const owner = ownerOf(db, pool, seq) ?? null;
  if (owner === null) return null;
  return { distribution: distributionOf(db, owner.distribution), n: owner.n };
}

/** The contact's short number; null: nobody knows who it is. */
function redeemerOf(
  db: Database,
  workspace: Id,
  carrier: Carrier | null,
  by: Redeemer,
): number | null | "nobody" | "several" {
  if (by !== "message") return contactOf(db, workspace, { contact: by });
  if (carrier === null) return null;
  const { ws, seq } = carrier.distribution;
  const row = db.get(
    `select c.seq from message m join contact c on c.seq = m.contact and c.workspace = ?
      where m.ws = ? and m.distribution = ? and m.n = ?`,
    workspace,
    ws,
    seq,
    carrier.n,
  );
  return row === undefined ? null : Number(row["seq"]);
}

interface Redeemed {
  readonly pool: number;
  readonly seq: number;
  readonly carrier: Carrier | null;
  readonly at: Instant;
  readonly now: Instant;
}

/** Its message is marked; a code without one is nobody else's from now on (S0-D3). */
function markRedeemed(db: Database, { pool, seq, carrier, at, now }: Redeemed): void {
  if (carrier === null) {
    if (ownerOf(db, pool, seq) === null) return;
    takeUnsent(db, pool, seq);
    showLeft(db, pool, now);
    return;
  }
  const message = messageOf(db, carrier.distribution, carrier.n);
  if (message === null) return;
  const mover = createMover(db, carrier.distribution);
  mover.redeem(message, at);
  mover.finish();
}

/** What triggers name: of a run, the recurring campaign that made it. */
function namedCampaign(db: Database, carrier: Carrier | null): Id | null {
  if (carrier === null) return null;
  const { workspace, campaign: id } = carrier.distribution;
  const campaign: Campaign | null = campaignOf(db, workspace, id);
  return campaign?.firing?.of ?? id;
}
