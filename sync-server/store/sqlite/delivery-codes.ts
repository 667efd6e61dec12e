/**
 * Codes for the messages of a distribution. Whoever may be written to when the audience is frozen
 * gets one then, as ranges: a message's code is extent.first + offset, and no code is written.
 * Everybody else who is let through later (a consent came, an event happened, it is sent again)
 * gets one in the transaction of the intent. A message keeps its code for ever.
 */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import { seqOfPool } from "./code-counts.ts";
import { showLeft } from "./code-document.ts";
import { codeSeqOf, codeText, giveBack, leftIn, takeFor } from "./code-ranges.ts";
import type { Database, Row } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";

/** The pool whose codes a campaign's messages carry; null: they carry none. */
export function poolOf(
  db: Database,
  workspace: string,
  { codePoolId = null }: Campaign,
): number | null {
  return codePoolId === null ? null : seqOfPool(db, workspace, codePoolId);
}

const mayGetSql = `select s.granted is 1 as granted,
    exists (select 1 from suppression x where x.workspace = ? and x.kind = ? and x.address = ?
      and (x.until is null or x.until > ?)) as suppressed,
    exists (select 1 from taken t where t.ws = ? and t.distribution = ? and t.address = ?) as taken
  from contact c left join consent s on s.workspace = c.workspace and s.contact = c.seq and s.channel = ?
  where c.seq = ?`;

/** Those of the contacts who would be written to now: each address once. */
export function whoGetsCodes(
  db: Database,
  { workspace, ws, seq, channel }: Distribution,
  contacts: readonly Row[],
  now: Instant,
): ReadonlySet<Row> {
  const kind = addressKindOf[channel];
  const addresses = new Set<string>();
  const chosen = new Set<Row>();
  for (const contact of contacts) {
    const address = contact[kind];
    if (typeof address !== "string" || address === "" || addresses.has(address)) continue;
    const of = [workspace, kind, address, now, ws, seq, address, channel] as const;
    const row = db.get(mayGetSql, ...of, Number(contact["seq"]));
    if (row?.["granted"] !== 1 || row["suppressed"] === 1 || row["taken"] === 1) continue;
    addresses.add(address);
    chosen.add(contact);
  }
  return chosen;
}

/** Whether the pool has fewer codes than people, and its campaign may not leave anybody out. */
export function isShort(
  db: Database,
  pool: number,
  { codePolicy = "refuse" }: Campaign,
  needed: number,
): boolean {
  return codePolicy === "refuse" && needed > leftIn(db, pool);
}

/** Keeps codes for these messages, in rising order, as long as there are any. */
export function reserveCodes(
  db: Database,
  distribution: Distribution,
  ns: readonly number[],
  now: Instant,
): void {
  const { codePool: pool, seq } = distribution;
  if (pool === null || ns.length === 0) return;
  for (let index = 0; index < ns.length;) {
    const message = ns[index] ?? 0;
    let n = 1;
    while (ns[index + n] === message + n) n += 1;
    takeFor(db, pool, { distribution: seq, message }, n);
    index += n;
  }
  showLeft(db, pool, now);
}

/** Gives each message its code. */
export interface CodeGiver {
  /** null: there is none left for it. */
  of(n: number): string | null;
  /** Shows what is left. */
  finish(): void;
}

/** null where messages carry no codes. */
export function createCodeGiver(
  db: Database,
  { codePool: pool, seq }: Distribution,
  now: Instant,
): CodeGiver | null {
  if (pool === null) return null;
  let taken = 0;
  const seqOf = (n: number): number | null => {
    const known = codeSeqOf(db, seq, n);
    if (known !== null) return known;
    const got = takeFor(db, pool, { distribution: seq, message: n }, 1);
    taken += got;
    return got === 0 ? null : codeSeqOf(db, seq, n);
  };
  return {
    of: (n) => {
      const found = seqOf(n);
      return found === null ? null : codeText(db, pool, found);
    },
    finish: () => {
      if (taken > 0) showLeft(db, pool, now);
    },
  };
}

/** The codes of messages that nobody ever looked at are everybody's again. */
export function returnCodes(
  db: Database,
  { codePool: pool, seq }: Pick<Distribution, "codePool" | "seq">,
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: Instant },
): void {
  if (pool === null) return;
  giveBack(db, pool, { distribution: seq, from, to });
  showLeft(db, pool, now);
}
