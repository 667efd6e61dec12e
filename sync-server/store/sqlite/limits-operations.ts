/** The promise of limits-store.ts over SQLite. */
import { maskAddress } from "#domain/audience/contact.ts";
import type { LimitsStore } from "../limits-store.ts";
import type { Database } from "./database.ts";
import { comeBack, hear, leaving, optOut } from "./limits-opt-out.ts";
import { noteOutcomes } from "./limits-outcomes.ts";
import type { PartOperations } from "./operation.ts";
import { decideUnreachable, readUnreachable } from "./limits-review.ts";
import { changeLimits, readLimits } from "./limits-settings.ts";
import {
  addSuppression,
  findSuppressions,
  removeSuppression,
  suppressionLog,
} from "./limits-suppression.ts";
import { addActivity } from "./activity-lines.ts";

type Args<M extends keyof LimitsStore> = Parameters<LimitsStore[M]>[0];

export const limitsOperations: PartOperations<LimitsStore> = {
  reads: ["limits", "suppressions", "suppressionLog", "unreachable", "leaving"],
  operations: {
    limits: (db, { workspace }) => readLimits(db, workspace),
    changeLimits: (db, args) => changeLimits(db, args),
    suppress: (db, args) => suppress(db, args),
    unsuppress: (db, args) => unsuppress(db, args),
    suppressions: (db, args) => findSuppressions(db, args),
    suppressionLog: (db, args) => suppressionLog(db, args),
    unreachable: (db, args) => readUnreachable(db, args),
    decideUnreachable: (db, args) => decideUnreachable(db, args),
    noteOutcomes: (db, args) => noteOutcomes(db, args),
    leaving: (db, args) => leaving(db, args),
    optOut: (db, args) => optOut(db, args),
    comeBack: (db, args) => comeBack(db, args),
    hear: (db, args) => hear(db, args),
  },
};

function suppress(db: Database, { workspace, suppressions, now }: Args<"suppress">): number {
  let added = 0;
  for (const each of suppressions) if (addSuppression(db, workspace, each, now)) added += 1;
  const by = suppressions[0]?.by ?? null;
  if (added > 0) {
    const detail = { total: added, why: suppressions[0]?.reason ?? "by_hand" };
    addActivity(db, workspace, {
      campaignId: null,
      event: "suppression.added",
      by,
      at: now,
      detail,
    });
  }
  return added;
}

/** Whoever the rule had suppressed gets a new start, as on the review list. */
function unsuppress(db: Database, args: Args<"unsuppress">): boolean {
  const { workspace, kind, address, by, now } = args;
  const removed = removeSuppression(db, args);
  if (removed === null) return false;
  if (removed.reason === "unreachable_7") {
    decideUnreachable(db, { workspace, act: "restore", addresses: [address], by, now });
  }
  const detail = { who: maskAddress(address, kind), why: removed.reason };
  addActivity(db, workspace, {
    campaignId: null,
    event: "suppression.removed",
    by,
    at: now,
    detail,
  });
  return true;
}
