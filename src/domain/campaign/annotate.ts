/** Remarks on moments of a campaign: written, changed and taken away by anybody who reads its report. */
import {
  maxAnnotation,
  maxAnnotations,
  type Annotation,
  type Remark,
} from "../report/annotation.ts";
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
} from "../sync/decision.ts";
import { mergeField } from "../sync/merge.ts";
import { may } from "../access/permission.ts";
import type { Campaign } from "./campaign.ts";

/**
 * `set: null` takes it away; taking away what is gone already is done. Who wrote it may change it,
 * and whoever may edit campaigns. What is removed meanwhile and changed here is there again.
 */
export function annotate(
  known: Campaign,
  { note, was, set }: CommandArgs["campaign.annotate"],
  context: DecideContext,
): Decision {
  const { annotations = [] } = known;
  const found = annotations.find(({ id }) => id === note);
  if (found !== undefined && !isTheirs(found, context)) {
    return rejected("forbidden", null, { act: "campaign.annotate" });
  }
  const others = annotations.filter(({ id }) => id !== note);
  if (set === null) return accepted(found === undefined ? [] : [withNotes(known, others, context)]);
  const wrong = check(set, others);
  if (wrong !== null) return wrong;
  const lost: Lost[] = [];
  if (found !== undefined && was !== null) {
    mergeField("annotation", found.text, { was: was.text, set: set.text.trim() }, lost);
  }
  const { by, writtenAt } = found ?? { by: context.user, writtenAt: context.now };
  const written: Annotation = { id: note, at: set.at, text: set.text.trim(), by, writtenAt };
  const notes = [...others, written].toSorted((a, b) => a.at - b.at);
  return accepted([withNotes(known, notes, context)], lost);
}

function isTheirs({ by }: Annotation, { user, role, access }: DecideContext): boolean {
  return by === user || (role !== "field" && may(role, "campaign.edit", access));
}

function check({ text }: Remark, others: readonly Annotation[]): Decision | null {
  if (text.trim() === "") return rejected("invalid", "text", { problem: "empty" });
  if (text.trim().length > maxAnnotation)
    return rejected("invalid", "text", { max: maxAnnotation });
  if (others.length >= maxAnnotations) {
    return rejected("invalid", "annotations", { max: maxAnnotations });
  }
  return null;
}

/** It changes nothing that is sent or was reviewed, so the revision alone says that it is newer. */
function withNotes(
  known: Campaign,
  notes: readonly Annotation[],
  { now, authority }: DecideContext,
) {
  const doc: Campaign = {
    ...known,
    annotations: notes,
    waiting: authority ? null : known.waiting,
    rev: known.rev + 1,
    updatedAt: now,
  };
  return { kind: "campaign", id: known.id, doc } as const;
}
