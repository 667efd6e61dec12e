/** Keeping opens: whose they are is clear at once, and a person's proves that the message was read. */
import { openSignOf, type OpenSum } from "#domain/engagement/open.ts";
import { visitors, type Visitor } from "#domain/engagement/click.ts";
import type { LinkStore, Open } from "../link-store.ts";
import type { Database } from "./database.ts";
import { proving } from "./delivery-prove.ts";
import { distributionOf, messageOf, type Distribution } from "./delivery-rows.ts";
import { oneOf } from "./link-rows.ts";
import type { Operations } from "./operation.ts";

export const noteOpens: Operations<LinkStore>["noteOpens"] = (db, { opens }) => {
  for (const [seq, ofOne] of Map.groupBy(opens, ({ distribution }) => distribution)) {
    const distribution = distributionOf(db, seq);
    for (const open of ofOne) note(db, distribution, open);
    db.run("update distribution set ver = ver + 1 where seq = ?", seq);
  }
};

function note(db: Database, distribution: Distribution, open: Open): void {
  const { id, n, at, byProxy } = open;
  const { seq } = distribution;
  const message = messageOf(db, distribution, n);
  if (message === null) return;
  const sign = openSignOf(open, message);
  const visitor: Visitor = sign === null ? "person" : "scanner";
  const isFirst = !hasOpened(db, seq, { visitor, n });
  const added = db.run(
    `insert into open (id, distribution, message, at, sign, by_proxy, visitor)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    id,
    seq,
    n,
    at,
    sign,
    byProxy ? 1 : 0,
    visitor,
  );
  if (added === 0) return;
  db.run(
    `insert into open_sum (distribution, visitor, opens, recipients, by_proxy) values (?, ?, 1, ?, ?)
     on conflict do update set opens = opens + 1, recipients = recipients + excluded.recipients,
       by_proxy = by_proxy + excluded.by_proxy`,
    seq,
    visitor,
    isFirst ? 1 : 0,
    byProxy ? 1 : 0,
  );
  if (visitor !== "person") return;
  const proof = {
    n,
    gen: message.gen,
    state: "read",
    reason: "none",
    at,
    code: "",
    words: "",
  } as const;
  proving.prove(db, { distribution: seq, proofs: [proof], now: at });
}

function hasOpened(
  db: Database,
  distribution: number,
  { visitor, n }: { readonly visitor: Visitor; readonly n: number },
): boolean {
  const sql = "select 1 from open where distribution = ? and visitor = ? and message = ? limit 1";
  return db.get(sql, distribution, visitor, n) !== undefined;
}

/** null: its pages have no picture. */
export function readOpenSums(db: Database, distribution: number): readonly OpenSum[] | null {
  const row = db.get("select tracks_opens from distribution where seq = ?", distribution);
  if (row?.["tracks_opens"] !== 1) return null;
  return db
    .all(
      "select visitor, opens, recipients, by_proxy from open_sum where distribution = ?",
      distribution,
    )
    .map((sum) => ({
      visitor: oneOf(visitors, sum["visitor"]),
      opens: Number(sum["opens"]),
      recipients: Number(sum["recipients"]),
      byProxy: Number(sum["by_proxy"]),
    }));
}
