/**
 * What must hold after every step, whatever happened. With those of the ledger (I4, I5, I10):
 *
 * I1   a distribution has a row for each recipient of its audience
 * I2   tallies, chunks and synced counters are those of the rows (the product's own `findings`)
 * I3   what the minutes say arrived is what the rows say arrived
 * I6   a code is in one place: free, in one message, or used unsent (`poolFindings`); the ledger
 *      sees that no two messages were given the same one, and none another than before
 * I7   proof never regresses within a deliberate send, and what was heard is never forgotten
 * I8   who counts as reached was reached; who counts as not reached was not
 * I9   at the end nothing is open
 * I11  the sums of every vocabulary hold (`findings`)
 * words at the end each row tells the text that its last call by its own way carried
 * once nobody is written to twice in one deliberate send
 */
import { editionOf } from "#domain/message/edition.ts";
import { hasMark } from "#domain/message/marks.ts";
import { compareEvidence, type Evidence } from "#domain/message/merge.ts";
import { kindOf, stateCodes, stateOf, type MessageState } from "#domain/message/state.ts";
import { poolFindings } from "#server/store/sqlite/code-findings.ts";
import { testKeys } from "../../support/delivery/drive.ts";
import { nameOf } from "./ledger.ts";
import { isWaiting } from "./plan.ts";
import type { Run } from "./run.ts";
import { Violation } from "./violation.ts";

interface Seen {
  readonly name: string;
  readonly address: string;
  readonly state: MessageState;
  readonly gen: number;
  /** What it is noted to carry; null: nothing that is known. */
  readonly edition: number | null;
  /** It is marked as perhaps sent twice. */
  readonly isRisked: boolean;
}

/** What each row said when it was last looked at. */
export type Memory = Map<string, Seen>;

export async function check(run: Run, memory: Memory): Promise<void> {
  if (run.ledger.violation !== null) throw run.ledger.violation;
  await checkFindings(run);
  checkTotals(run);
  checkMinutes(run);
  const rows = readRows(run);
  const risked = rows.filter(({ isRisked }) => isRisked).map(({ name }) => name);
  const reached = reachedBy(run, new Set(risked));
  for (const row of rows) {
    checkProgress(row, memory.get(row.name));
    checkTruth(row, reached);
    checkHeard(run, row);
    memory.set(row.name, row);
  }
}

/** Nothing is open, and every row tells what became of its recipient. */
export function checkEnd(run: Run): void {
  for (const { name, state, edition } of readRows(run)) {
    if (kindOf[state] === "open") throw new Violation("I9", `${name} is still ${state}`);
    const carried = run.ledger.carried.get(name) ?? edition;
    if (edition !== null && edition !== carried) {
      throw new Violation("words", `${name} carries text ${carried}, and is noted with ${edition}`);
    }
  }
}

async function checkFindings({ db, store }: Run): Promise<void> {
  const [finding] = await store.delivery.findings({});
  if (finding !== undefined) throw new Violation("I2", `${finding.check}: ${finding.detail}`);
  const [misplaced] = poolFindings(db);
  if (misplaced !== undefined) throw new Violation("I6", misplaced.detail);
}

function checkTotals({ db, plan }: Run): void {
  // People enter one by one: campaign-checks.ts counts them.
  if (isWaiting(plan.kind)) return;
  const rows = db.all(
    `select d.seq, d.stage, (select count(*) from message m where m.ws = d.ws and m.distribution = d.seq) as n
       from distribution d where d.stage <> 'freezing'`,
  );
  for (const { seq, stage, n } of rows) {
    // One that was canceled while it was frozen has only those that it had by then.
    const isCut = stage === "canceling" || stage === "done";
    const isRight = Number(n) === plan.people || (isCut && Number(n) <= plan.people);
    if (!isRight) {
      throw new Violation("I1", `distribution ${Number(seq)} has ${Number(n)} of ${plan.people}`);
    }
  }
}

/** Nobody ever leaves the states of arrival, so their minutes add up to their rows. */
function checkMinutes({ db }: Run): void {
  const told = count(
    db.all(
      `select state, sum(n) as n
         from (select state, n from bucket union all select state, n from bucket_fold)
        where state >= 10 group by state`,
    ),
  );
  const rows = count(
    db.all("select state, count(*) as n from message where state >= 10 group by state"),
  );
  const read = rows.get(stateCodes.read) ?? 0;
  const delivered = (rows.get(stateCodes.delivered) ?? 0) + read;
  const isRight =
    (told.get(stateCodes.read) ?? 0) === read &&
    (told.get(stateCodes.delivered) ?? 0) === delivered;
  if (!isRight) throw new Violation("I3", "the minutes of arrival are not those of the rows");
}

function count(rows: readonly Record<string, unknown>[]): ReadonlyMap<number, number> {
  return new Map(rows.map(({ state, n }) => [Number(state), Number(n)]));
}

function readRows({ db }: Run): readonly Seen[] {
  return db
    .all(
      `select distribution, n, address, state_now as state, gen, gen - 1 + try_now as attempts, edition,
        marks from standing`,
    )
    .map((row) => ({
      name: nameOf(Number(row["distribution"]), Number(row["n"])),
      address: String(row["address"]),
      state: stateOf(Number(row["state"])),
      gen: Number(row["gen"]),
      edition: editionOf({
        state: stateOf(Number(row["state"])),
        attempts: Number(row["attempts"]),
        edition: Number(row["edition"]),
      }),
      isRisked: hasMark(Number(row["marks"]), "duplicate_risk"),
    }));
}

function asEvidence({ gen, state }: Pick<Seen, "gen" | "state">): Evidence {
  return { gen, state, at: 0, reason: "none" };
}

function checkProgress(now: Seen, before: Seen | undefined): void {
  if (before === undefined || stateCodes[before.state] < stateCodes.submitted) return;
  if (compareEvidence(asEvidence(now), asEvidence(before)) >= 0) return;
  const from = `${before.state} of send ${before.gen}`;
  throw new Violation("I7", `${now.name} went from ${from} to ${now.state} of send ${now.gen}`);
}

/**
 * Deliberate sends that reached somebody, by message. Twice is only where no key is honoured and
 * the account wants doubt sent again; the ledger looks at when, and the row must say so.
 */
function reachedBy(
  { carrier, plan }: Run,
  risked: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<number>> {
  const mayRisk = !plan.isKeyed && plan.onUnknown === "resend";
  const reached = new Map<string, Set<number>>();
  for (const { key, to } of carrier.effects) {
    const place = testKeys.read(key);
    if (place === null) throw new Violation("once", `${to} was reached with a key of nobody`);
    const name = nameOf(place.distribution, place.n);
    const gens = reached.get(name) ?? new Set();
    if (gens.has(place.gen) && !(mayRisk && risked.has(name))) {
      throw new Violation("once", `${to} (${name}) was written to twice`);
    }
    reached.set(name, gens.add(place.gen));
  }
  return reached;
}

/** States that say that the provider took the message, and those that say that it did not. */
const claims: ReadonlySet<MessageState> = new Set([
  "submitted",
  "sent",
  "delivered",
  "read",
  "undelivered",
]);
const denials: ReadonlySet<MessageState> = new Set(["skipped", "canceled", "failed"]);

function checkTruth(
  { name, address, state, gen }: Seen,
  reached: ReadonlyMap<string, ReadonlySet<number>>,
): void {
  const gens = reached.get(name) ?? new Set();
  if (Math.max(0, ...gens) > gen) {
    throw new Violation(
      "once",
      `${address} (${name}) was reached by a send that its row knows nothing of`,
    );
  }
  if (claims.has(state) && gens.size === 0) {
    throw new Violation("I8", `${address} (${name}) is ${state} and was not reached`);
  }
  if (denials.has(state) && gens.has(gen)) {
    throw new Violation("I8", `${address} (${name}) is ${state} and was reached`);
  }
}

function checkHeard({ ledger }: Run, row: Seen): void {
  for (const proof of ledger.heard.get(row.name) ?? []) {
    const isOld = proof.gen !== row.gen && kindOf[proof.state] !== "positive";
    if (isOld || compareEvidence(asEvidence(row), asEvidence(proof)) >= 0) continue;
    throw new Violation("I7", `${row.name} is ${row.state} although ${proof.state} was heard`);
  }
}
