/** What a launch freezes of the accounts that its messages go through. */
import { ignoresKeys, type Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { contentOfFallback, fallbackOf } from "#domain/campaign/fallback.ts";
import type { Price } from "#domain/campaign/price.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database, Row } from "./database.ts";
import { toPrice } from "./delivery-spend.ts";

/** What its people get who cannot be reached by its own channel. */
export function freezeFallback(
  db: Database,
  workspace: string,
  campaign: Campaign,
  keys: Parameters<typeof keying>[1],
): void {
  const wanted = fallbackOf(campaign);
  const account = documentOf(db, workspace, "account", wanted?.accountId ?? null);
  const row = db.get(
    "select seq, price from distribution where workspace = ? and campaign = ?",
    workspace,
    campaign.id,
  );
  if (wanted === null || account === null || row === undefined) return;
  const seq = Number(row["seq"]);
  const isNew = db.run(
    `insert into fallback (distribution, account, provider, keyed, key_retention, simulated, content, price)
     values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    seq,
    String(account["id"]),
    String(account["provider"]),
    ...keying(account, keys),
    isSimulation(account) ? 1 : 0,
    JSON.stringify(contentOfFallback(wanted)),
    priceOf(account),
  );
  if (isNew === 0) return;
  db.run("update distribution set falls_back = 1 where seq = ?", seq);
  // What the campaign costs is told in one currency: what has no price costs nothing in it.
  const price = toPrice(priceOf(account));
  if (row["price"] !== null || price === null) return;
  const free = JSON.stringify({ currency: price.currency, perUnit: 0 } satisfies Price);
  db.run("update distribution set price = ? where seq = ?", free, seq);
}

/** As the columns `keyed` and `key_retention`. */
export function keying(
  account: Row,
  {
    keyed,
    keyRetentions,
  }: Required<Pick<Parameters<DeliveryStore["launch"]>[0], "keyed" | "keyRetentions">>,
): readonly [keyed: 0 | 1, retention: number | null] {
  const provider = String(account["provider"]);
  const isKeyed = keyed.includes(provider) && !ignoresKeys({ summary: summaryOf(account) });
  return isKeyed ? [1, keyRetentions[provider] ?? null] : [0, null];
}

/** A sandbox writes to nobody; its account may still be set to act on contacts, for trying that out. */
export function isSimulation(account: Row): boolean {
  return account["provider"] === "sandbox" && summaryOf(account)["actsOnContacts"] !== true;
}

function summaryOf({ summary }: Row): Account["summary"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- accounts are stored whole
  return (summary ?? {}) as Account["summary"];
}

/** A living document; null when it was deleted. */
export function documentOf(
  db: Database,
  workspace: string,
  kind: string,
  id: string | null,
): Row | null {
  if (id === null) return null;
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

/** As the column `price`. */
export function priceOf({ price = null }: Row): string | null {
  return price === null ? null : JSON.stringify(price);
}
