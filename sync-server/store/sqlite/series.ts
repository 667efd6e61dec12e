/** A recurring campaign and its runs: what happens to it happens to the runs that are not over. */
import { createHash } from "node:crypto";
import { awaitsYes } from "#domain/campaign/approval.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { move } from "#domain/campaign/launch.ts";
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { isRecurring } from "#domain/campaign/live.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Database } from "./database.ts";

/** The event for the runs when the campaign comes into a phase. */
const events = { paused: "pause", active: "resume", canceled: "cancel" } as const;

/** What a person's resuming goes on with; what the system paused has a cause that is not mended by it. */
const resumed = new Set<PauseReason | null>(["user", "restore"]);

/** The writes that follow from these, in the same transaction: no message of a run goes out after its campaign was paused. */
export function withRuns(
  db: Database,
  workspace: string,
  writes: readonly Write[],
  now: Instant,
): readonly Write[] {
  const more = writes.flatMap((write) => runsAfter(db, workspace, write, now));
  return more.length === 0 ? writes : [...writes, ...more];
}

function runsAfter(
  db: Database,
  workspace: string,
  { kind, doc }: Write,
  now: Instant,
): readonly Write[] {
  if (kind !== "campaign" || doc === null || !isRecurring(doc)) return [];
  const { phase } = doc;
  if (phase !== "paused" && phase !== "active" && phase !== "canceled") return [];
  const was = db.get(
    "select phase from document where workspace = ? and kind = 'campaign' and id = ? and dead = 0",
    workspace,
    doc.id,
  );
  if (was === undefined || was["phase"] === phase) return [];
  return openRuns(db, workspace, doc.id)
    .filter((run) => phase !== "active" || (resumed.has(run.pauseReason) && !awaitsYes(run)))
    .flatMap((run) => {
      const decision = move(run, events[phase], { now, authority: true });
      return decision.outcome === "rejected" ? [] : decision.writes;
    });
}

/** Runs that are not over, oldest first. */
export function openRuns(db: Database, workspace: string, of: Id): readonly Campaign[] {
  return db
    .all(
      `select doc from document where workspace = ? and series = ? and dead = 0
        and phase in ('preparing', 'active', 'paused', 'settling') order by id`,
      workspace,
      of,
    )
    .map((row): Campaign => JSON.parse(String(row["doc"])));
}

/**
 * The only id that the run of this firing can have: however often it is made, it is one. As every
 * id it begins with a time and is sorted by it (RFC 9562, version 8).
 */
export function runIdOf(of: Id, at: Instant): Id {
  const hash = createHash("sha256").update(`${of} ${at}`).digest("hex");
  const time = Math.max(0, at).toString(16).padStart(12, "0");
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 3) | 8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8, 12),
    `8${hash.slice(0, 3)}`,
    `${variant}${hash.slice(4, 7)}`,
    hash.slice(7, 19),
  ].join("-");
}
