/** What people do: recipients write back, and who planned a campaign sends it again. */
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { chanceOf, mayPick, type Picked } from "#domain/message/again.ts";
import { decide } from "#domain/sync/decide.ts";
import { viewOf } from "#server/commands/view.ts";
import { StoreError } from "#server/store/store.ts";
import { accountId, readRollup, user, workspace } from "../../support/delivery/world.ts";
import { PowerCut, type Run } from "./run.ts";

/** Somebody answers STOP. Once that was taken, nothing may begin for them any more. */
export async function writeBack(run: Run): Promise<void> {
  const { clock, core, ledger, plan, random } = run;
  const from = `person${1 + random.below(plan.people)}@example.org`;
  const reply = { from, text: "Stop!", isComplaint: false, key: null, at: clock.now };
  try {
    await core.listen({ workspace, accountId, channel: "email" }, [reply]);
    ledger.stopped(from);
  } catch (error) {
    if (!(error instanceof PowerCut) && !(error instanceof StoreError)) throw error;
  }
}

/**
 * Whoever planned a campaign that is over sends again to all that failed for certain. Answers
 * whether there was anybody; what is merely unknown stays as it is.
 */
export async function sendAgain({ clock, store }: Run, id: string): Promise<boolean> {
  const rollup = await readRollup(store, id);
  const picks = (rollup?.reasons ?? []).flatMap(({ state, reason }): Picked[] => {
    if (state !== "failed" && state !== "undelivered") return [];
    const isCertain = chanceOf(state, reason) !== "risky";
    return isCertain && mayPick({ state, reason }) ? [{ state, reason }] : [];
  });
  const keys = [
    ["campaign", id],
    ["rollup", id],
  ] as const;
  const view = viewOf(await store.sync.read({ workspace, keys }));
  const decision = decide(
    view,
    { name: "campaign.retry", args: { id, picks } },
    { now: clock.now, user, role: "admin", access: defaultAccessSettings, authority: true },
  );
  if (decision.outcome === "rejected") return false;
  const { writes } = decision;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: clock.now });
  return true;
}
