/** What people do: recipients write back; who planned a campaign edits it, and sends it again. */
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { chanceOf, mayPick, type Picked } from "#domain/message/again.ts";
import type { Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import type { View } from "#domain/sync/decision.ts";
import { viewOf } from "#server/commands/view.ts";
import { StoreError } from "#server/store/store.ts";
import {
  accountId,
  readCampaign,
  readRollup,
  user,
  workspace,
} from "../../support/delivery/world.ts";
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
export async function sendAgain(run: Run, id: string): Promise<boolean> {
  const { store } = run;
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
  return perform(run, view, { name: "campaign.retry", args: { id, picks } });
}

/** Whoever planned it pauses a campaign that is under way, or changes the text of one that is paused. */
export async function rewrite(run: Run, id: string): Promise<void> {
  const { random, store } = run;
  const { content, phase } = await readCampaign(store, id);
  if (phase !== "active" && phase !== "paused") return;
  const view = viewOf(await store.sync.read({ workspace, keys: [["campaign", id]] }));
  const text = { was: content.text, set: `Hello {{ first_name }}, ${random.below(1_000_000)}!` };
  if (phase === "active") await perform(run, view, { name: "campaign.pause", args: { id } });
  else await perform(run, view, { name: "campaign.edit", args: { id, content: { text } } });
}

/** As the server does it: decided by the product's rule, and written in one transaction. */
async function perform({ clock, store }: Run, view: View, act: Act): Promise<boolean> {
  const context = { now: clock.now, user, role: "admin", authority: true } as const;
  const decision = decide(view, act, { ...context, access: defaultAccessSettings });
  if (decision.outcome === "rejected") return false;
  const { writes } = decision;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: clock.now });
  return true;
}
