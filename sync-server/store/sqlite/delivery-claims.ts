/** Finding who is written to next: repeats whose time has come, then rows that nobody looked at. */
import { stateCodes } from "#domain/message/state.ts";
import type { Intended } from "../distribution.ts";
import type { Database, Row } from "./database.ts";
import { candidates, glances, joined, type Claim } from "./delivery-candidates.ts";
import type { Distribution } from "./delivery-rows.ts";
import { goesBy, wayCodes } from "./fallen.ts";

/** At most this many rows are looked at in one transaction, however few of them may be sent. */
const maxLooked = 2_000;

export interface Round {
  readonly count: () => number;
  /** A row that nobody looked at yet, which its chunk's `next` is about to pass. */
  takeFresh(row: Row): void;
  /**
   * One of them that may go as it is, as `glances` reads it; `claimPlain` claims it. False: it has
   * to be looked at all the same.
   */
  takePlain(row: readonly unknown[]): boolean;
  /** So many of the chunk of `n` were taken as they are. */
  claimPlain(n: number, times: number): void;
  /** A row whose timer came due. */
  takeRepeat(row: Row): void;
  finish(): { readonly messages: readonly Intended[]; readonly decided: number };
}

export function takeRepeats(
  db: Database,
  distribution: Distribution,
  round: Round,
  claim: Claim,
): void {
  const due = dueRepeats(db, distribution, claim);
  const select = `${candidates(claim)} and m.n = ?`;
  for (const { n } of due) {
    const row = db.get(select, ...joined(distribution, claim), Number(n));
    if (row !== undefined) round.takeRepeat(row);
  }
}

function dueRepeats(
  db: Database,
  { ws, seq, isKeyed, way }: Distribution,
  { isProbe, limit, now }: Claim,
): readonly Row[] {
  const by = wayCodes[way];
  if (isProbe && isKeyed) {
    // Whoever was perhaps reached: a repeat under the same key settles it, and nobody new is in doubt.
    const doubtful = db.all(
      `select t.n from timer t join message m on m.ws = t.ws and m.distribution = t.distribution
          and m.n = t.n where t.ws = ? and t.distribution = ? and t.way = ? and m.state = ?
        order by t.at, t.n limit ?`,
      ws,
      seq,
      by,
      stateCodes.ambiguous,
      limit,
    );
    if (doubtful.length > 0) return doubtful;
  }
  return db.all(
    `select n from timer where ws = ? and distribution = ? and way = ? and at <= ?
      order by at, n limit ?`,
    ws,
    seq,
    by,
    now,
    limit,
  );
}

/** Rows that nobody looked at yet, chunk by chunk, from where each chunk was left. */
export function takeFresh(
  db: Database,
  distribution: Distribution,
  round: Round,
  claim: Claim,
): void {
  const { ws, seq } = distribution;
  const { boot, limit, now } = claim;
  for (let looked = 0; round.count() < limit && looked < maxLooked;) {
    const chunk = db.get(
      `select k, next, last from chunk indexed by chunk_fresh where ws = ? and distribution = ? and next <= last
          and due_at <= ? and (owner is null or owner = ?) order by due_at, k limit 1`,
      ws,
      seq,
      now,
      boot,
    );
    if (chunk === undefined) return;
    const first = Number(chunk["next"]);
    const last = Math.min(Number(chunk["last"]), first + limit - round.count() - 1);
    takeSpan(db, distribution, round, { ...claim, first, last });
    db.run(
      "update chunk set next = ? where ws = ? and distribution = ? and k = ?",
      last + 1,
      ws,
      seq,
      Number(chunk["k"]),
    );
    looked += last - first + 1;
  }
}

/** Most of a campaign's messages may simply go: only of the others more is read than their address. */
function takeSpan(
  db: Database,
  distribution: Distribution,
  round: Round,
  { first, last, ...claim }: Claim & { readonly first: number; readonly last: number },
): void {
  const values = [...joined(distribution, claim), first, last];
  const own = distribution.fallsBack ? `and ${goesBy("own", "m")}` : "";
  if (!claim.timing.isNow || claim.isLimited) {
    const all = `${candidates(claim)} and m.n between ? and ? and m.state = 0 ${own} order by m.n`;
    for (const row of db.all(all, ...values)) round.takeFresh(row);
    return;
  }
  const one = `${candidates(claim)} and m.n = ?`;
  let plain = 0;
  for (const row of db.lists(glances(claim, own), ...values)) {
    if (row[1] === 1 && round.takePlain(row)) {
      plain += 1;
      continue;
    }
    const whole = db.get(one, ...joined(distribution, claim), Number(row[0]));
    if (whole !== undefined) round.takeFresh(whole);
  }
  round.claimPlain(first, plain);
}
