/** The use of a code: once for each key, as often as its pool allows, in one transaction. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { closedBecause, type PoolTimes, type UseRefusal } from "#domain/codes/use.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { CodeStore, RedeemAnswer, Redeemer, Redemption } from "../code-store.ts";
import { seqOfPool } from "./code-counts.ts";
import { showLeft } from "./code-document.ts";
import { ownerOf, takeUnsent } from "./code-ranges.ts";
import type { Database, Row } from "./database.ts";
import { contactOf, happenFor, knownFor, propertiesOf } from "./delivery-entries.ts";
import { createMover } from "./delivery-moves.ts";
import { campaignOf, distributionOf, messageOf, type Distribution } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

type Asked = Parameters<CodeStore["redeem"]>[0];

export const redeem: Operations<CodeStore>["redeem"] = (db, args) => {
  const pool = seqOfPool(db, args.workspace, args.poolId);
  if (pool === null) return { outcome: "no_pool" };
  const { answer, ...noted } = tryToRedeem(db, pool, args);
  // What is asked for again is no other use.
  if (answer.outcome !== "repeated" && answer.outcome !== "no_pool") {
    noteUse(db, pool, args, { ...noted, outcome: answer.outcome });
  }
  return answer;
};

interface Tried {
  readonly answer: RedeemAnswer;
  /** Its number in the pool; null: there is no such code. */
  readonly seq: number | null;
  readonly contact: number | null;
  readonly campaignId: Id | null;
}

function tryToRedeem(db: Database, pool: number, args: Asked): Tried {
  const { workspace, code: asked, key, by, at, properties, now } = args;
  const found = db.get("select seq, code from code where pool = ? and code = ?", pool, asked);
  if (found === undefined) {
    return { answer: { outcome: "unknown" }, seq: null, contact: null, campaignId: null };
  }
  const seq = Number(found["seq"]);
  const code = String(found["code"]);
  const uses = usesOf(db, pool, seq);
  const carrier = carrierOf(db, pool, seq);
  const campaignId = carrier?.distribution.campaign ?? null;
  const told = { code, campaignId };
  const happening = `redeemed:${pool}:${seq}:${key}`;
  const contact = redeemerOf(db, workspace, carrier, by);
  const known = typeof contact === "string" ? null : contact;
  const tried = (answer: RedeemAnswer): Tried => ({ answer, seq, contact: known, campaignId });
  if (uses.some((each) => each["key"] === key)) {
    const fate = knownFor(db, workspace, happening) ?? { entered: [] };
    return tried({ outcome: "repeated", ...told, redemptions: uses.length, ...fate });
  }
  if (isRolledBack(db, pool, seq, key)) return tried({ outcome: "key_rolled_back" });
  const refused = refusedByPool(db, pool, uses.length, at);
  if (refused !== null) return tried(refused);
  if (typeof contact === "string") return tried({ outcome: contact });
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
  const fate =
    contact === null
      ? { entered: [] }
      : happenFor(db, {
          workspace,
          id: happening,
          what: { kind: "redeemed", code, campaignId: namedCampaign(db, carrier) },
          contact,
          at,
          properties: propertiesOf({ kind: "redeemed", code, campaignId: null }, properties),
          now,
        });
  const redemption: Redemption = { ...told, redemptions: uses.length + 1, ...fate };
  return tried({ outcome: "redeemed", ...redemption });
}

/** null: the pool lets a code that was redeemed so often be redeemed at that moment. */
function refusedByPool(
  db: Database,
  pool: number,
  redemptions: number,
  at: Instant,
): RedeemAnswer | null {
  const { perCode, ...times } = rulesOf(db, pool);
  const closed = closedBecause(times, at);
  if (closed !== null) return { outcome: closed };
  return perCode !== null && redemptions >= perCode ? { outcome: "used_up", redemptions } : null;
}

/** What was refused is noted, too. */
function noteUse(
  db: Database,
  pool: number,
  { workspace, code, key, at, user }: Asked,
  {
    seq,
    contact,
    campaignId,
    outcome,
  }: Omit<Tried, "answer"> & { readonly outcome: "redeemed" | UseRefusal },
): void {
  const isRedeemed = outcome === "redeemed";
  db.run(
    `insert into code_use (workspace, pool, seq, code, key, at, by, contact, campaign, result, reason)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    pool,
    seq,
    code,
    key,
    at,
    user ?? null,
    contact,
    campaignId,
    isRedeemed ? "redeemed" : "refused",
    isRedeemed ? null : outcome,
  );
}

function isRolledBack(db: Database, pool: number, seq: number, key: string): boolean {
  const row = db.get(
    "select 1 from code_use where pool = ? and seq = ? and key = ? and result = 'rolled_back'",
    pool,
    seq,
    key,
  );
  return row !== undefined;
}

/** How often its codes may be redeemed, and when. */
export function rulesOf(
  db: Database,
  pool: number,
): PoolTimes & { readonly perCode: number | null } {
  const row = db.get(
    "select per_code, starts_at, ends_at, disabled from code_pool where seq = ?",
    pool,
  );
  const number = (name: string) => (typeof row?.[name] === "number" ? row[name] : null);
  return {
    perCode: number("per_code"),
    startsAt: number("starts_at"),
    endsAt: number("ends_at"),
    isDisabled: row?.["disabled"] === 1,
  };
}

function usesOf(db: Database, pool: number, seq: number): readonly Row[] {
  return db.all("select key from redemption where pool = ? and seq = ?", pool, seq);
}

/** The message that carries a code. */
interface Carrier {
  readonly distribution: Distribution;
  readonly n: number;
}

export function carrierOf(db: Database, pool: number, seq: number): Carrier | null {
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
