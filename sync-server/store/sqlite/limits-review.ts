/** The review list of the unreachable, with what it saves, and what people decide on it. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { LimitsStore, Unreachable, UnreachableTotals } from "../limits-store.ts";
import type { Database, Row } from "./database.ts";
import { isHash } from "./erased-addresses.ts";
import { toState } from "./limits-outcomes.ts";
import { startAgain, suppressUnreachable } from "./limits-standing.ts";
import { addActivity } from "./activity-lines.ts";

type Args<M extends keyof LimitsStore> = Parameters<LimitsStore[M]>[0];

/** Of the campaigns that missed an address, so many are named. */
const namedCampaigns = 10;

/** The misses that count: those after the last new start, and after the last campaign that reached it. */
const counted = `o.ws = u.ws and o.channel = u.channel and o.address = u.address and o.what = 'missed'
  and o.distribution > u.reset and o.distribution > coalesce((select r.distribution from reached r
    where r.ws = u.ws and r.channel = u.channel and r.address = u.address), 0)`;
const spentSql = `(select coalesce(sum(o.segments), 0) from outcome o where ${counted})`;
const savedSql = `(select coalesce(sum(o.segments), 0) from outcome o where o.ws = u.ws
  and o.channel = u.channel and o.address = u.address and o.what = 'spared')`;

export function readUnreachable(
  db: Database,
  { workspace, state, offset, limit }: Args<"unreachable">,
): { readonly items: readonly Unreachable[]; readonly totals: UnreachableTotals } {
  const ws = wsOf(db, workspace);
  const items = db
    .all(
      `select u.channel, u.address, u.state, u.misses, u.since, u.at, u.by,
          ${spentSql} as spent, ${savedSql} as saved
         from unreachable u where u.ws = ? and u.state = ?
        order by u.since, u.channel, u.address limit ? offset ?`,
      ws,
      state,
      limit,
      offset,
    )
    .map((row) => toUnreachable(db, { workspace, ws }, row));
  return { items, totals: totalsOf(db, ws) };
}

export function decideUnreachable(
  db: Database,
  { workspace, act, addresses, by, now }: Args<"decideUnreachable">,
): number {
  const ws = wsOf(db, workspace);
  const from = act === "restore" ? "suppressed" : "listed";
  const rows = db.all(
    `select channel, address, state, misses, since from unreachable
      where ws = ? and state = ? and (? is null or address in (select value from json_each(?)))`,
    ws,
    from,
    addresses === null ? null : 1,
    JSON.stringify(addresses ?? []),
  );
  for (const row of rows) {
    const channel = toConsentChannel(row["channel"]);
    const address = String(row["address"]);
    const kind = addressKindOf[channel];
    const of = { workspace, ws, channel, kind, address, campaignId: null, now };
    const { misses, since } = { misses: Number(row["misses"]), since: Number(row["since"]) };
    if (act === "unsubscribe") suppressUnreachable(db, { ...of, misses, since, by });
    else startAgain(db, of, { was: toState(row["state"]), by });
  }
  if (rows.length > 0) {
    const detail = { total: rows.length };
    addActivity(db, workspace, {
      campaignId: null,
      event: `unreachable.${act}`,
      by,
      at: now,
      detail,
    });
  }
  return rows.length;
}

function totalsOf(db: Database, ws: number): UnreachableTotals {
  const row = db.get(
    `select count(*) filter (where state = 'listed') as listed,
        count(*) filter (where state = 'suppressed') as suppressed,
        coalesce(sum(spent) filter (where state = 'listed'), 0) as spent,
        coalesce(sum(max(1, round(1.0 * spent / max(misses, 1)))) filter (where state = 'listed'), 0) as would_save,
        coalesce(sum(saved) filter (where state = 'suppressed'), 0) as saved
       from (select u.state, u.misses, ${spentSql} as spent, ${savedSql} as saved
         from unreachable u where u.ws = ? and u.state <> 'none')`,
    ws,
  );
  return {
    listed: Number(row?.["listed"]),
    suppressed: Number(row?.["suppressed"]),
    spent: Number(row?.["spent"]),
    wouldSave: Number(row?.["would_save"]),
    saved: Number(row?.["saved"]),
  };
}

function toUnreachable(
  db: Database,
  { workspace, ws }: { readonly workspace: string; readonly ws: number },
  row: Row,
): Unreachable {
  const channel = toConsentChannel(row["channel"]);
  const address = String(row["address"]);
  const state = toState(row["state"]);
  if (state === "none") throw new Error("only who is unreachable is read");
  return {
    channel,
    address: isHash(address) ? "" : address,
    name: nameOf(db, { workspace, channel, address }),
    state,
    misses: Number(row["misses"]),
    since: Number(row["since"]),
    at: Number(row["at"]),
    by: typeof row["by"] === "string" ? row["by"] : null,
    campaigns: campaignsOf(db, { ws, channel, address }),
    spent: Number(row["spent"]),
    saved: Number(row["saved"]),
  };
}

function nameOf(
  db: Database,
  of: { readonly workspace: string; readonly channel: ConsentChannel; readonly address: string },
): string {
  const row = db.get(
    `select first_name, last_name from contact
      where workspace = ? and ${addressKindOf[of.channel]} = ? order by seq limit 1`,
    of.workspace,
    of.address,
  );
  return row === undefined ? "" : `${String(row["first_name"])} ${String(row["last_name"])}`.trim();
}

function campaignsOf(
  db: Database,
  of: { readonly ws: number; readonly channel: string; readonly address: string },
): Unreachable["campaigns"] {
  return db
    .all(
      `select d.campaign, o.at, c.doc from unreachable u join outcome o on ${counted}
         join distribution d on d.seq = o.distribution
         left join document c on c.workspace = d.workspace and c.kind = 'campaign'
           and c.id = d.campaign and c.dead = 0
        where u.ws = ? and u.channel = ? and u.address = ?
        order by o.distribution desc limit ?`,
      of.ws,
      of.channel,
      of.address,
      namedCampaigns,
    )
    .map((row) => ({
      id: String(row["campaign"]),
      name: nameIn(row["doc"]),
      at: Number(row["at"]),
    }));
}

/** "" for a campaign that was deleted. */
function nameIn(doc: unknown): string {
  if (typeof doc !== "string") return "";
  const campaign: Pick<Campaign, "name"> = JSON.parse(doc);
  return campaign.name;
}

function toConsentChannel(value: unknown): ConsentChannel {
  return value === "email" ? "email" : "sms";
}

function wsOf(db: Database, workspace: string): number {
  return Number(db.get("select seq from workspace where id = ?", workspace)?.["seq"] ?? -1);
}
