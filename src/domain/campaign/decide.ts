/** The commands on campaigns: making, changing and removing here; setting going in launch.ts. */
import type { Id } from "../core/id.ts";
import type { CommandArgs, CommandName } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
  type View,
} from "../sync/decision.ts";
import { checkName } from "../sync/check-name.ts";
import { mergeField } from "../sync/merge.ts";
import {
  codesOf,
  contentHash,
  isComplete,
  tracksOf,
  type Campaign,
  type CampaignFields,
} from "./campaign.ts";
import { openChannels } from "./channel.ts";
import { expected, isAmendable, isStandingStill } from "./expected.ts";
import { afterEdit, mustAsk, propose } from "./approval.ts";
import { hasProposed, withoutProposed, withProposed } from "./proposed.ts";
import { annotate } from "./annotate.ts";
import { approve, reject } from "./approve.ts";
import {
  checkAccount,
  checkComplete,
  checkEnd,
  dueAt,
  illegal,
  listen,
  move,
  plan,
  resume,
  send,
  unplan,
  written,
} from "./launch.ts";
import {
  checkFallback,
  checkFallbackAccount,
  mergeFallback,
  frozenInFallback,
} from "./edit-fallback.ts";
import { fallbackOf, fallingOf } from "./fallback.ts";
import { budgetAfter, checkBudgetOf, editBudget, isBudgetAlone } from "./edit-budget.ts";
import { isEditable, next, type Position } from "./lifecycle.ts";
import { isLive, isRecurring } from "./live.ts";
import { retry } from "./retry.ts";

type CampaignCommand = Extract<CommandName, `campaign.${string}`>;

type CampaignAct = {
  readonly [N in CampaignCommand]: { readonly name: N; readonly args: CommandArgs[N] };
}[CampaignCommand];

export function decideCampaign(view: View, act: CampaignAct, context: DecideContext): Decision {
  const known = view.get("campaign", act.args.id);
  if (act.name === "campaign.create") {
    return known === undefined ? create(act.args, context) : rejected("exists");
  }
  if (act.name === "campaign.duplicate") {
    return known === undefined ? duplicate(view, act.args, context) : rejected("exists");
  }
  if (known === undefined) return rejected("gone");
  if (!isTheirs(known, context)) return rejected("forbidden", null, { act: act.name });
  return decideKnown(view, known, act, context);
}

type KnownAct = Exclude<CampaignAct, { readonly name: "campaign.create" | "campaign.duplicate" }>;

function decideKnown(view: View, known: Campaign, act: KnownAct, context: DecideContext): Decision {
  switch (act.name) {
    case "campaign.edit":
      return edit(view, known, act.args, context);
    case "campaign.send":
      return send(view, known, act.args, context);
    case "campaign.approve":
      return approve(view, known, act.args.review, context);
    case "campaign.reject":
      return reject(known, act.args.reason, context);
    case "campaign.schedule":
      return plan(view, known, act.args, context);
    case "campaign.setLive":
      return listen(view, known, act.args, context);
    case "campaign.unschedule":
      return unplan(known, context);
    case "campaign.pause":
      return move(known, "pause", context);
    case "campaign.resume":
      return resume(known, context);
    case "campaign.end":
      return move(known, "end", context);
    case "campaign.cancel":
      return move(known, "cancel", context);
    case "campaign.retry":
      return retry(view, known, act.args.picks, context);
    case "campaign.annotate":
      return annotate(known, act.args, context);
    case "campaign.delete":
      return next(expected(known), "delete", true) === "gone"
        ? accepted([{ kind: "campaign", id: known.id, doc: null }])
        : illegal(known, "delete");
  }
}

/** Field marketers act on their own campaigns only; everybody else on all of them. */
function isTheirs(campaign: Campaign, context: DecideContext): boolean {
  return context.role !== "field" || campaign.createdBy === context.user;
}

function create(args: CommandArgs["campaign.create"], context: DecideContext): Decision {
  const wrong = checkName(args.name);
  if (wrong !== null) return wrong;
  if (!(openChannels as readonly string[]).includes(args.type)) {
    return rejected("invalid", "type", { type: args.type });
  }
  const unfit = checkFallback(args);
  if (unfit !== null) return unfit;
  const { id, ...rest } = args;
  const fields = { ...rest, name: args.name.trim() };
  return accepted([{ kind: "campaign", id, doc: fresh(id, fields, context) }]);
}

function fresh(
  id: Id,
  fields: CampaignFields & Pick<Campaign, "type">,
  context: DecideContext,
): Campaign {
  return {
    id,
    number: null,
    rev: 1,
    ...fields,
    group: "messaging",
    schedule: null,
    phase: isComplete(fields) ? "pending" : "draft",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: context.now,
    createdBy: context.user,
    updatedAt: context.now,
    launchedAt: null,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
  };
}

function duplicate(
  view: View,
  args: CommandArgs["campaign.duplicate"],
  context: DecideContext,
): Decision {
  const source = view.get("campaign", args.from);
  if (source === undefined) return rejected("gone", "from");
  const wrong = checkName(args.name);
  if (wrong !== null) return wrong;
  const { type, content, audienceId, accountId } = source;
  const name = args.name.trim();
  const beside = { ...codesOf(source), ...tracksOf(source), ...fallingOf(source) };
  const fields = { name, type, content, audienceId, accountId, ...beside };
  const copy = fresh(args.id, fields, context);
  const doc = source.budget === undefined ? copy : { ...copy, budget: source.budget };
  return accepted([{ kind: "campaign", id: args.id, doc }]);
}

function edit(
  view: View,
  known: Campaign,
  args: CommandArgs["campaign.edit"],
  context: DecideContext,
): Decision {
  const from = expected(known);
  if (from.phase === "canceled") return illegal(known, "save");
  if (isBudgetAlone(args)) return editBudget(view, known, args, context);
  const isLaunched = isAmendable(known);
  if (!isLaunched && !isOpen(known, from)) return alreadySent(known, from.phase);
  const wrong = wrongName(args);
  if (wrong !== null) return wrong;
  const lost: Lost[] = [];
  const fields = mergeFields(withProposed(known), args, lost);
  const validUntil = mergeField("validUntil", known.validUntil ?? null, args.validUntil, lost);
  const planned: Campaign = { ...known, ...fields, validUntil, ...budgetAfter(known, args, lost) };
  const refused = checkBudgetOf(view, planned, args) ?? checkSaved(view, known, planned, context);
  if (refused !== null) return refused;
  const moved = next({ ...known, isLive: isLive(known) }, "save", isComplete(planned));
  const phase = isLaunched ? known.phase : moved;
  if (phase === null || phase === "gone") return illegal(known, "save");
  const edited = editedFrom(known, { ...planned, phase }, context);
  return accepted([written(edited, context)], lost);
}

function wrongName({ name }: CommandArgs["campaign.edit"]): Decision | null {
  return name === undefined ? null : checkName(name.set);
}

function checkSaved(
  view: View,
  known: Campaign,
  planned: Campaign,
  context: DecideContext,
): Decision | null {
  // What is launched keeps its ways: an edit has none to give or to take.
  return isAmendable(known)
    ? checkAmended(known, planned, context)
    : (checkFallback(planned) ?? checkEdit(view, known, planned, context));
}

/** What the edit leaves, with who has to agree to it. */
function editedFrom(known: Campaign, planned: Campaign, context: DecideContext): Campaign {
  const isSameProposal =
    hasProposed(known) && contentHash(planned) === contentHash(withProposed(known));
  if (isSameProposal) return { ...planned, content: known.content };
  return isProposal(known, planned, context)
    ? propose(known, planned, context)
    : afterEdit(known, withoutProposed(planned), context);
}

/** It goes on with what it says until somebody agrees. */
function isProposal(known: Campaign, planned: Campaign, context: DecideContext): boolean {
  const isGoing = expected(known).isLive === true && !isStandingStill(known);
  return isGoing && !mayChangeLive(known, planned, context);
}

/** Nothing of it went out yet; and what repeats may change, as its next run says it. */
function isOpen(known: Campaign, { phase, isLive: goesOn }: Position): boolean {
  return isEditable(phase) || (goesOn === true && isRecurring(known));
}

function alreadySent(
  { launchedAt: at }: Campaign,
  phase: Campaign["phase"],
  field: string | null = null,
): Decision {
  return rejected("already_sent", field, { phase, at });
}

/**
 * What is still queued takes the new text; whoever was written to keeps the one they got. Who
 * they are and which way it goes was frozen at the launch.
 */
function checkAmended(known: Campaign, planned: Campaign, context: DecideContext): Decision | null {
  for (const field of ["audienceId", "accountId", "codePoolId", "codePolicy"] as const) {
    if ((planned[field] ?? null) !== (known[field] ?? null))
      return alreadySent(known, known.phase, field);
  }
  if ((planned.trackLinks ?? false) !== (known.trackLinks ?? false)) {
    return alreadySent(known, known.phase, "trackLinks");
  }
  const instead = checkInstead(known, planned, context);
  if (instead !== null) return instead;
  const hasNewEnd = planned.validUntil !== (known.validUntil ?? null);
  return (hasNewEnd ? checkEnd(planned, context.now) : null) ?? checkComplete(planned);
}

/** Of the text message instead only what it says changes, and not where that has to wait: one text alone can. */
function checkInstead(known: Campaign, planned: Campaign, context: DecideContext): Decision | null {
  const frozen = frozenInFallback(known, planned);
  if (frozen !== null) return alreadySent(known, known.phase, frozen);
  const isSame = fallbackOf(planned)?.text === fallbackOf(known)?.text;
  if (isSame || !isProposal(known, planned, context)) return null;
  return rejected("needs_approval", "fallback.text", { phase: known.phase });
}

/** What goes out without anybody looking again must stay fit to; null when it does, or is only a draft. */
function checkEdit(
  view: View,
  known: Campaign,
  planned: Campaign,
  context: DecideContext,
): Decision | null {
  const { phase, isLive: goesOn = false } = expected(known);
  if (phase !== "scheduled" && !goesOn) return null;
  const refused = checkPlanned(view, known, planned, context);
  if (refused !== null) return refused;
  // Another text waits beside the one that goes on; another audience or way cannot.
  const isTextAlone = contentHash({ ...planned, content: known.content }) === contentHash(known);
  const mayGoOn = !goesOn || isTextAlone || mayChangeLive(known, planned, context);
  return mayGoOn ? null : rejected("needs_approval", null, { phase });
}

/** What is live goes out by itself: where launches are approved, nobody changes it alone. */
function mayChangeLive(known: Campaign, planned: Campaign, context: DecideContext): boolean {
  const isSame = contentHash(planned) === contentHash(known);
  return isSame || !mustAsk(context);
}

function mergeFields(
  known: Campaign,
  args: CommandArgs["campaign.edit"],
  lost: Lost[],
): CampaignFields {
  const { content } = known;
  return {
    name: mergeField("name", known.name, args.name, lost).trim(),
    content: {
      subject: mergeField("content.subject", content.subject, args.content?.subject, lost),
      text: mergeField("content.text", content.text, args.content?.text, lost),
      html: mergeField("content.html", content.html, args.content?.html, lost),
    },
    audienceId: mergeField("audienceId", known.audienceId, args.audienceId, lost),
    accountId: mergeField("accountId", known.accountId, args.accountId, lost),
    ...mergeCodes(known, args, lost),
    ...(args.trackLinks === undefined
      ? {}
      : {
          trackLinks: mergeField("trackLinks", known.trackLinks ?? false, args.trackLinks, lost),
        }),
    ...mergeFallback(known, args, lost),
  };
}

/** A campaign that never had codes goes on without these fields. */
function mergeCodes(
  known: Campaign,
  { codePoolId, codePolicy }: CommandArgs["campaign.edit"],
  lost: Lost[],
): Pick<Campaign, "codePoolId" | "codePolicy"> {
  const policy = known.codePolicy ?? "refuse";
  return {
    ...(codePoolId === undefined
      ? {}
      : { codePoolId: mergeField("codePoolId", known.codePoolId ?? null, codePoolId, lost) }),
    ...(codePolicy === undefined
      ? {}
      : { codePolicy: mergeField("codePolicy", policy, codePolicy, lost) }),
  };
}

/**
 * Nobody looks at a planned campaign again before it goes out: what an edit leaves must be fit
 * to go out, and after its time it counts as gone out, whether or not the engine got there.
 */
function checkPlanned(
  view: View,
  known: Campaign,
  planned: Campaign,
  context: DecideContext,
): Decision | null {
  const { phase, schedule } = known;
  if (phase === "scheduled" && schedule !== null && dueAt(schedule) <= context.now) {
    return rejected("already_sent", null, { phase, at: schedule.at });
  }
  const ended = schedule === null ? null : checkEnd(planned, schedule.at);
  if (ended !== null) return ended;
  const incomplete = checkComplete(planned);
  if (incomplete !== null) return incomplete;
  const { audienceId } = planned;
  const isOtherAudience = audienceId !== null && audienceId !== known.audienceId;
  if (isOtherAudience && view.get("audience", audienceId) === undefined) {
    return rejected("audience_gone", "audienceId");
  }
  return checkAccounts(view, known, planned);
}

function checkAccounts(view: View, known: Campaign, planned: Campaign): Decision | null {
  const { accountId, type } = planned;
  const isOtherAccount = accountId !== null && accountId !== known.accountId;
  const refused = isOtherAccount ? checkAccount(view, accountId, type) : null;
  return refused ?? checkFallbackAccount(view, planned);
}
