/**
 * The commands on campaigns. A launch (`send`, `schedule`) and an act on a running campaign
 * (`pause`, `resume`, `cancel`) are never optimistic: on the device they only note that they
 * wait, so that no screen says "Sending" of something that the server has not begun.
 */
import type { Id } from "../core/id.ts";
import type { CommandArgs, CommandName, Review } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
  type View,
} from "../sync/decision.ts";
import { mergeField } from "../sync/merge.ts";
import {
  contentHash,
  isComplete,
  missingParts,
  type Campaign,
  type WaitingAct,
} from "./campaign.ts";
import { openChannels } from "./channel.ts";
import { isEditable, isRunning, next, type LifecycleEvent } from "./lifecycle.ts";

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
      return edit(known, act.args, context);
    case "campaign.send":
      return launch(view, known, { event: "send", act: "send", review: act.args.review }, context);
    case "campaign.schedule": {
      const { schedule, review } = act.args;
      if (schedule.at <= context.now && schedule.ifLate === "hold") {
        return rejected("schedule_in_past", "schedule.at", { at: schedule.at });
      }
      return launch(
        view,
        { ...known, schedule },
        { event: "schedule", act: "schedule", review },
        context,
      );
    }
    case "campaign.unschedule":
      return unschedule(known, context);
    case "campaign.pause":
      return move(known, { event: "pause", act: "pause" }, context);
    case "campaign.resume":
      return move(known, { event: "resume", act: "resume" }, context);
    case "campaign.cancel":
      return move(known, { event: "cancel", act: "cancel" }, context);
    case "campaign.delete":
      return next(known, "delete", true) === "gone"
        ? accepted([{ kind: "campaign", id: known.id, doc: null }])
        : illegal(known, "delete");
  }
}

/** Field marketers act on their own campaigns only; everybody else on all of them. */
function isTheirs(campaign: Campaign, context: DecideContext): boolean {
  return context.role !== "field" || campaign.createdBy === context.user;
}

function create(args: CommandArgs["campaign.create"], context: DecideContext): Decision {
  if (args.name.trim() === "") return rejected("invalid", "name");
  if (!(openChannels as readonly string[]).includes(args.type)) {
    return rejected("invalid", "type", { type: args.type });
  }
  const { id, type, content, audienceId, accountId } = args;
  const fields = { name: args.name.trim(), type, content, audienceId, accountId };
  return accepted([{ kind: "campaign", id, doc: fresh(id, fields, context) }]);
}

function fresh(
  id: Id,
  fields: Pick<Campaign, "name" | "type" | "content" | "audienceId" | "accountId">,
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
  if (args.name.trim() === "") return rejected("invalid", "name");
  const { type, content, audienceId, accountId } = source;
  const fields = { name: args.name.trim(), type, content, audienceId, accountId };
  return accepted([{ kind: "campaign", id: args.id, doc: fresh(args.id, fields, context) }]);
}

function edit(
  known: Campaign,
  args: CommandArgs["campaign.edit"],
  context: DecideContext,
): Decision {
  if (known.waiting === "send") return rejected("already_sent", null, { phase: known.phase });
  if (!isEditable(known.phase)) {
    return rejected("already_sent", null, { phase: known.phase, at: known.launchedAt });
  }
  if (args.name !== undefined && args.name.set.trim() === "") return rejected("invalid", "name");
  const lost: Lost[] = [];
  const { content } = known;
  const fields = {
    name: mergeField("name", known.name, args.name, lost).trim(),
    content: {
      subject: mergeField("content.subject", content.subject, args.content?.subject, lost),
      text: mergeField("content.text", content.text, args.content?.text, lost),
      html: mergeField("content.html", content.html, args.content?.html, lost),
    },
    audienceId: mergeField("audienceId", known.audienceId, args.audienceId, lost),
    accountId: mergeField("accountId", known.accountId, args.accountId, lost),
  };
  const missing = missingParts({ ...known, ...fields });
  if (known.phase === "scheduled" && missing[0] !== undefined) {
    return rejected("incomplete", missing[0], { missing: missing.join(", ") });
  }
  const phase = next(known, "save", missing.length === 0);
  if (phase === null || phase === "gone") return illegal(known, "save");
  return accepted([write({ ...known, ...fields, phase }, context)], lost);
}

interface Launch {
  readonly event: "send" | "schedule";
  readonly act: WaitingAct;
  readonly review: Review;
}

function launch(view: View, known: Campaign, how: Launch, context: DecideContext): Decision {
  if (known.waiting === "send") return rejected("already_sent", null, { phase: known.phase });
  if (isRunning(known.phase) || known.phase === "completed") {
    return rejected("already_sent", null, { phase: known.phase, at: known.launchedAt });
  }
  const missing = missingParts(known);
  if (missing[0] !== undefined) {
    return rejected("incomplete", missing[0], { missing: missing.join(", ") });
  }
  const refused = checkReview(view, known, how.review);
  if (refused !== null) return refused;
  const phase = next(known, how.event, true);
  if (phase === null || phase === "gone") return illegal(known, how.event);
  if (!context.authority) return accepted([write({ ...known, waiting: how.act }, context)]);
  const launchedAt = how.event === "send" ? context.now : known.launchedAt;
  return accepted([write({ ...known, phase, launchedAt, waiting: null }, context)]);
}

/** Whether what is about to be sent is still what the person reviewed; null when it is. */
function checkReview(view: View, known: Campaign, review: Review): Decision | null {
  const audience = view.get("audience", review.audienceId);
  if (audience === undefined) return rejected("audience_gone", "audienceId");
  const account = view.get("account", review.accountId);
  if (account === undefined) return rejected("account_gone", "accountId");
  if (account.channel !== known.type) {
    return rejected("channel_mismatch", "accountId", {
      account: account.channel,
      campaign: known.type,
    });
  }
  const same =
    review.audienceId === known.audienceId &&
    review.accountId === known.accountId &&
    review.audienceRev === audience.rev &&
    review.contentHash === contentHash(known);
  return same
    ? null
    : rejected("changed_since_review", null, { rev: known.rev, reviewed: review.rev });
}

function unschedule(known: Campaign, context: DecideContext): Decision {
  if (known.waiting === "schedule") {
    return accepted([write({ ...known, waiting: null, schedule: null }, context)]);
  }
  const phase = next(known, "unschedule", isComplete(known));
  if (phase === null || phase === "gone") return illegal(known, "unschedule");
  return accepted([write({ ...known, phase, schedule: null }, context)]);
}

function move(
  known: Campaign,
  how: { readonly event: "pause" | "resume" | "cancel"; readonly act: WaitingAct },
  context: DecideContext,
): Decision {
  const phase = next(known, how.event, isComplete(known));
  if (phase === null || phase === "gone") {
    const mayYet = !context.authority && known.waiting !== null && how.event !== "resume";
    return mayYet
      ? accepted([write({ ...known, waiting: how.act }, context)])
      : illegal(known, how.event);
  }
  if (!context.authority) return accepted([write({ ...known, waiting: how.act }, context)]);
  return accepted([write(moved(known, phase, context), context)]);
}

function moved(known: Campaign, phase: Campaign["phase"], context: DecideContext): Campaign {
  const paused = phase === "paused";
  return {
    ...known,
    phase,
    pausedFrom: paused ? known.phase : null,
    pauseReason: paused ? "user" : null,
    completedAt: phase === "canceled" ? context.now : known.completedAt,
  };
}

function write(doc: Campaign, context: DecideContext) {
  const changed: Campaign = { ...doc, rev: doc.rev + 1, updatedAt: context.now };
  return { kind: "campaign", id: doc.id, doc: changed } as const;
}

function illegal(known: Campaign, event: LifecycleEvent): Decision {
  return rejected("illegal_move", null, { phase: known.phase, event });
}
