/** What people do, each by the command that the product has for it; and what happens for them. */
import type { AccessSettings } from "#domain/access/permission.ts";
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { chanceOf, mayPick, type Picked } from "#domain/message/again.ts";
import type { Act, Review } from "#domain/sync/command.ts";
import { createCommands } from "#server/commands/apply.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import type { Happening } from "#server/store/live-store.ts";
import { StoreError } from "#server/store/store.ts";
import {
  accountId,
  anAudience,
  readCampaign,
  readRollup,
  user,
  workspace,
} from "../../support/delivery/world.ts";
import { changeDate, moveSomebody } from "./comings.ts";
import type { Plan } from "./plan.ts";
import { PowerCut, type Run } from "./run.ts";

/** Whoever looks at what the other one asked for. */
const secondUser = user.replace("d1", "d2");
const checkContent = openContentCheck();

/** What the run's workspace asks of everybody who sends. */
export function accessOf({ kind, rules }: Pick<Plan, "kind" | "rules">): AccessSettings {
  const approval = kind === "approved";
  const sending = { quietHours: rules.quietHours, delayMinutes: 0, approval };
  return { fieldMaySend: false, sending };
}

/** Whether it was done. */
export async function order({ clock, plan, store }: Run, act: Act, by: Id = user) {
  const commands = createCommands({ store, clock: () => clock.now, checkContent });
  const access = accessOf(plan);
  const answer = await commands.act({ workspace, user: by, role: "admin", access, act });
  return answer.outcome !== "rejected";
}

/** All campaigns, the runs of recurring ones too. */
export function campaignsOf({ store }: Pick<Run, "store">): Promise<readonly Campaign[]> {
  return store.sync.list({ workspace, kind: "campaign" });
}

/** Somebody pauses it, or resumes what may be resumed. */
export async function togglePause(run: Run, { id, pauseReason, phase }: Campaign): Promise<void> {
  if (phase !== "paused") await order(run, { name: "campaign.pause", args: { id } });
  else if (!run.plan.leavesPauses || pauseReason === "user") {
    await order(run, { name: "campaign.resume", args: { id } });
  }
}

export async function cancel(run: Run, { id, phase }: Campaign): Promise<void> {
  if (phase === "draft" || phase === "pending") return;
  if (await order(run, { name: "campaign.cancel", args: { id } })) run.canceled.add(id);
}

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
export async function sendAgain(run: Run, { id }: Pick<Campaign, "id">): Promise<boolean> {
  const rollup = await readRollup(run.store, id);
  const picks = (rollup?.reasons ?? []).flatMap(({ state, reason }): Picked[] => {
    if (state !== "failed" && state !== "undelivered") return [];
    const isCertain = chanceOf(state, reason) !== "risky";
    return isCertain && mayPick({ state, reason }) ? [{ state, reason }] : [];
  });
  return picks.length > 0 && order(run, { name: "campaign.retry", args: { id, picks } });
}

/** Whoever planned it pauses a campaign that is under way, or changes the text of one that is paused. */
export async function rewrite(run: Run, { content, id, phase }: Campaign): Promise<void> {
  if (phase === "active") await order(run, { name: "campaign.pause", args: { id } });
  if (phase !== "paused") return;
  const text = { was: content.text, set: aText(run) };
  await order(run, { name: "campaign.edit", args: { id, content: { text } } });
}

function aText({ random }: Run): string {
  return `Hello {{ first_name }}, ${random.below(1_000_000)}!`;
}

/** What goes on in the life of this kind of campaign, and of no other. */
export async function liveOn(run: Run): Promise<void> {
  const { kind } = run.plan;
  const campaign = (await campaignsOf(run)).find(({ id }) => run.campaignIds.includes(id));
  if (campaign === undefined) return;
  if (kind === "triggered") await happen(run);
  if (kind === "dated") changeDate(run);
  if (kind === "entering") await moveSomebody(run);
  if (kind === "approved") await agree(run, campaign);
  if (kind !== "plain" && run.random.chance(0.02)) await end(run, campaign);
}

/** It begins nothing new any more. */
export async function end(run: Run, { id }: Pick<Campaign, "id">): Promise<void> {
  if (await order(run, { name: "campaign.end", args: { id } })) run.isEnded = true;
}

/** One asks, another one agrees or does not, and somebody changes it meanwhile. */
async function agree(run: Run, campaign: Campaign): Promise<void> {
  const { random } = run;
  const { id, approval = null, content } = campaign;
  const luck = random.next();
  if (luck < 0.15) {
    const text = { was: content.text, set: aText(run) };
    await order(run, { name: "campaign.edit", args: { id, content: { text } } });
  } else if (approval?.state !== "asked") {
    await order(run, { name: "campaign.send", args: { id, review: reviewOf(campaign) } });
  } else if (luck < 0.3) {
    const args = { id, reason: "The offer is over" };
    await order(run, { name: "campaign.reject", args }, secondUser);
  } else await approve(run, campaign, luck < 0.4 ? user : secondUser);
}

/** Whoever asked may not agree: the run remembers what somebody else agreed to. */
async function approve(run: Run, campaign: Campaign, by: Id): Promise<void> {
  const args = { id: campaign.id, review: reviewOf(campaign) };
  const isDone = await order(run, { name: "campaign.approve", args }, by);
  if (isDone && by !== user) run.approved.add(campaign.content.text);
}

/** With nobody there to say no. */
export async function agreeAtLast(run: Run, id: Id): Promise<void> {
  const found = await readCampaign(run.store, id);
  const { approval = null, content, phase } = found;
  if (phase === "paused" && approval?.state === "rejected") {
    const text = { was: content.text, set: aText(run) };
    await order(run, { name: "campaign.edit", args: { id, content: { text } } });
  } else if (phase === "pending" && approval?.state !== "asked") {
    await order(run, { name: "campaign.send", args: { id, review: reviewOf(found) } });
  }
  const campaign = await readCampaign(run.store, id);
  if (campaign.approval?.state === "asked") await approve(run, campaign, secondUser);
}

function reviewOf(campaign: Campaign): Review {
  return {
    rev: campaign.rev,
    contentHash: contentHash(campaign),
    audienceId: campaign.audienceId ?? "",
    audienceRev: anAudience().rev,
    accountId: campaign.accountId ?? "",
  };
}

/** Another system tells that something happened; what nobody took it tells again, and some of it twice. */
export async function happen(run: Run): Promise<void> {
  const { clock, plan, random, untold } = run;
  const late = random.chance(0.3) ? untold.pop() : undefined;
  const again = random.chance(0.2) ? random.pickOr([...run.entries.told.values()]) : null;
  const happening = late ??
    again ?? {
      id: random.id(),
      what: whatHappens(run),
      contact: { email: `person${1 + random.below(plan.people)}@example.org` },
      at: clock.now - random.pick([0, 0, 30_000, 3_600_000]),
      properties: {},
    };
  await tell(run, happening);
}

function whatHappens({ plan, random }: Run): Happening["what"] {
  const isAwaited = random.chance(0.9);
  if (plan.trigger.by === "event") {
    return { kind: "event", name: isAwaited ? "order_paid" : "order_lost" };
  }
  const code = `${isAwaited ? "spring" : "AUTUMN"}-${random.below(100)}`;
  return { kind: "redeemed", code, campaignId: null };
}

async function tell(run: Run, happening: Happening): Promise<void> {
  const { clock, ledger, outside, entries } = run;
  const address = addressOf(happening);
  if (!entries.told.has(happening.id)) {
    entries.told.set(happening.id, happening);
    if (isPaid(happening)) ledger.happened(address, Math.min(happening.at, clock.now));
  }
  try {
    const answer = await outside.happen({ workspace, happening, now: clock.now });
    if (answer.entered.length > 0) entries.entered.add(happening.id);
  } catch (error) {
    if (!(error instanceof PowerCut) && !(error instanceof StoreError)) throw error;
    run.untold.push(happening);
  }
}

/** Whether it is what campaigns wait for. */
export function isPaid({ what }: Happening): boolean {
  return what.kind === "event" ? what.name === "order_paid" : what.code.startsWith("spring");
}

export function addressOf({ contact }: Happening): string {
  return "email" in contact ? contact.email : "";
}

/** Whatever nobody took is told at last. */
export async function tellAll(run: Run): Promise<void> {
  for (const happening of run.untold.splice(0)) await tell(run, happening);
}
