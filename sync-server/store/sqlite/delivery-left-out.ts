/** Messages of live campaigns that do not go out by themselves any more: they stay visible, each with its reason. */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { Database, Row } from "./database.ts";
import { createMover } from "./delivery-moves.ts";
import { messageOf, setTimer, tellActivity, type Distribution } from "./delivery-rows.ts";

/** `too_late`: hours after its time. `restored`: it may have gone out in the history that a restore lost. */
export type WhyLeftOut = "too_late" | "restored";

/** Contacts that were left out. */
export type LeftOut = Record<WhyLeftOut, Row[]>;

const events = { too_late: "engine.late", restored: "engine.unsure" } as const;

/** One line for each reason: how many, who, and the date that it was about. */
export function tellLeftOut(
  db: Database,
  distribution: Distribution,
  {
    plannedFor,
    now,
    ...leftOut
  }: Readonly<LeftOut> & { readonly plannedFor: Instant; readonly now: Instant },
): void {
  for (const why of ["too_late", "restored"] as const) {
    const names = leftOut[why].map((row) =>
      `${String(row["first_name"])} ${String(row["last_name"])}`.trim(),
    );
    tell(db, distribution, { why, names, plannedFor, now });
  }
}

interface Leaving {
  /** With `n`, `name` and when each was due, as `at`. */
  readonly rows: readonly Row[];
  readonly reason: WhyLeftOut;
  readonly now: Instant;
}

/** Of those that wait with a timer. */
export function leaveOut(
  db: Database,
  distribution: Distribution,
  { rows, reason, now }: Leaving,
): void {
  const mover = createMover(db, distribution);
  const left: Row[] = [];
  for (const row of rows) {
    const n = Number(row["n"]);
    const message = messageOf(db, distribution, n);
    setTimer(db, distribution, n, null);
    if (message?.state !== "queued") continue;
    if (mover.move(message, { by: "engine", state: "skipped", reason, at: now }) !== null) {
      left.push(row);
    }
  }
  mover.finish();
  const [first] = left;
  if (first === undefined) return;
  const names = left.map(({ name }) => String(name));
  tell(db, distribution, { why: reason, names, plannedFor: Number(first["at"]), now });
}

/** Named in a line of the activity. */
const namedOf = 3;

interface Told {
  readonly why: WhyLeftOut;
  readonly names: readonly string[];
  readonly plannedFor: Instant;
  readonly now: Instant;
}

function tell(
  db: Database,
  { workspace, campaign: campaignId }: Distribution,
  { why, names, plannedFor, now }: Told,
): void {
  const missed = names.length;
  if (missed === 0) return;
  const who = names
    .slice(0, namedOf)
    .map((name) => (name === "" ? "Somebody without a name" : name));
  const more = missed - who.length;
  const detail = {
    missed,
    plannedFor: Math.floor(plannedFor / secondMs) * secondMs,
    who: more === 0 ? who.join(", ") : `${who.join(", ")} and ${more} more`,
  };
  tellActivity(db, workspace, { campaignId, at: now, event: events[why], detail });
}
