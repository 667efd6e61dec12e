/** Which ways forward make sense for a refusal: pure. */
import { permissionOf, type CommandName } from "#domain/sync/command.ts";
import type { Refusal, RefusalType } from "#domain/sync/refusal.ts";
import { stepHref, type Step } from "#lib/features/campaigns/steps.ts";

const repeatable: ReadonlySet<RefusalType> = new Set<RefusalType>([
  "illegal_move",
  "in_use",
  "forbidden",
  "parent",
]);

/** Whether doing the same once more can succeed: what was in the way may be gone by now. */
export function mayRepeat({ type, detail }: Pick<Refusal, "type" | "detail">): boolean {
  // What was canceled stays canceled.
  if (type === "illegal_move" && detail["phase"] === "canceled") return false;
  return repeatable.has(type);
}

export interface Refused {
  readonly command: CommandName;
  readonly subjectId: string;
  readonly refusal: Pick<Refusal, "type" | "field">;
}

/** A place in the app where what was refused can be put right. */
export interface Way {
  readonly label: string;
  readonly href: string;
}

/** For a campaign that exists; empty when there is nothing to put right in its form. */
export function formWays({ command, subjectId, refusal }: Refused): readonly Way[] {
  if (!command.startsWith("campaign.")) return [];
  const to = (label: string, step: Step): Way => ({ label, href: stepHref(subjectId, step) });
  switch (refusal.type) {
    case "audience_gone":
      return [to("Choose another audience", "audience")];
    case "account_gone":
    case "channel_mismatch":
      return [to("Choose another account", "basics")];
    case "schedule_in_past":
      return [to("Send now", "review"), to("Pick a time", "review")];
    case "changed_since_review":
      // An approval is given on the campaign's own page, beside what is asked for.
      return command === "campaign.approve" ? [] : [to("Review again", "review")];
    case "incomplete":
    case "invalid":
      return [to("Open the form", stepOf(refusal.field))];
    default:
      return [];
  }
}

function stepOf(field: string | null): Step {
  if (field === null) return "review";
  if (field.startsWith("content")) return "content";
  if (field.startsWith("schedule")) return "review";
  return field === "audienceId" ? "audience" : "basics";
}

/** Whether messages had gone out by then, which no act takes back: how many is told. */
export function wasTooLate({ type }: Pick<Refusal, "type">, command: CommandName): boolean {
  const isStop = /^campaign\.(?:pause|cancel|end)$/.test(command);
  return type === "already_sent" || (type === "illegal_move" && isStop);
}

/** Whether a deleted campaign can come back with what the person did to it. */
export function mayRestore({ command, refusal }: Refused): boolean {
  if (refusal.type !== "gone" || !command.startsWith("campaign.")) return false;
  const isLaunch = permissionOf[command] === "campaign.ask" && command !== "campaign.unschedule";
  // Nobody is written to because somebody brought a campaign back.
  return !isLaunch && command !== "campaign.duplicate" && command !== "campaign.delete";
}
