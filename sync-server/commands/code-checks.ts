/** What a launch with unique codes needs: as many as there are recipients. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dueAt } from "#domain/campaign/launch.ts";
import { codesNeeded } from "#domain/codes/needed.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { rejected, type Decision, type Write } from "#domain/sync/decision.ts";
import type { Store } from "../store/store.ts";

interface ShortDeps {
  readonly store: Pick<Store, "sync" | "codes" | "preflight">;
  readonly clock: () => Instant;
}

/**
 * The refusal to launch with fewer codes than people who would be written to now; null when there
 * are enough, or whoever gets none is to be skipped. Another campaign may take them meanwhile: the
 * engine looks again, and stands still rather than leave somebody out.
 */
export async function codesShort(
  deps: ShortDeps,
  workspace: Id,
  writes: readonly Write[],
): Promise<Decision | null> {
  for (const write of writes) {
    if (write.kind !== "campaign" || write.doc === null) continue;
    const { codePoolId = null, codePolicy = "refuse" } = write.doc;
    if (codePoolId === null) continue;
    const counts = await deps.store.codes.counts({ workspace, poolId: codePoolId });
    if (counts === null) return rejected("invalid", "codePoolId", { message: "does not exist" });
    if (codePolicy === "skip") continue;
    const needed = await neededNow(deps, workspace, write.doc);
    if (needed > counts.left)
      return rejected("codes_short", "codePoolId", { needed, left: counts.left });
  }
  return null;
}

/** Codes that a launch would take now. */
async function neededNow(
  { store, clock }: ShortDeps,
  workspace: Id,
  campaign: Campaign,
): Promise<number> {
  const { audienceId, type: channel, schedule } = campaign;
  if (audienceId === null) return 0;
  const [audience] = await store.sync.read({ workspace, keys: [["audience", audienceId]] });
  if (audience?.kind !== "audience") return 0;
  const now = Math.max(clock(), schedule === null ? 0 : dueAt(schedule));
  const { rule } = audience.doc;
  return codesNeeded(campaign, await store.preflight.fates({ workspace, rule, channel, now }));
}
