/** Remarks on moments of a campaign: written, changed and taken away by anybody who reads its report. */
import {
  maxAnnotation,
  maxAnnotations,
  type Annotation,
  type Authorship,
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
import type { Id } from "../core/id.ts";
import type { Campaign } from "./campaign.ts";

/**
 * `set: null` takes it away; taking away what is gone already is done. Who wrote it may change it,
 * and whoever may edit campaigns. What is removed meanwhile and changed here is there again, and so
 * is what is brought back: it stays theirs who wrote it first.
 */
export function annotate(
  known: Campaign,
  { note, was, set }: CommandArgs["campaign.annotate"],
  context: DecideContext,
): Decision {
  const { annotations = [] } = known;
  const found = annotations.find(({ id }) => id === note);
  if (found === undefined && set === null) return accepted([]);
  const first = found ?? known.removedAnnotations?.find(({ id }) => id === note);
  if (first !== undefined && !isTheirs(first, context)) {
    return rejected("forbidden", null, { act: "campaign.annotate" });
  }
  const others = annotations.filter(({ id }) => id !== note);
  if (set === null) return accepted([withNotes(without(known, note), others, context)]);
  const wrong = check(set, others);
  if (wrong !== null) return wrong;
  const lost: Lost[] = [];
  const text = set.text.trim();
  if (found !== undefined && was !== null) {
    mergeField("annotation", found.text, { was: was.text, set: text }, lost);
  }
  const written = { id: note, at: set.at, text, ...authorship(first, context) };
  const notes = [...others, written].toSorted((a, b) => a.at - b.at);
  return accepted([withNotes(withBack(known, note), notes, context)], lost);
}

function authorship(
  first: Authorship | undefined,
  { user, now }: DecideContext,
): Pick<Authorship, "by" | "writtenAt"> {
  return first === undefined
    ? { by: user, writtenAt: now }
    : { by: first.by, writtenAt: first.writtenAt };
}

/** It is known whose it was: who brings it back does not become its author. */
function without(known: Campaign, note: Id): Campaign {
  const { annotations = [], removedAnnotations: removed = [] } = known;
  const gone = annotations.flatMap(({ id, by, writtenAt }): Authorship[] =>
    id === note ? [{ id, by, writtenAt }] : [],
  );
  return { ...known, removedAnnotations: [...removed, ...gone].slice(-maxAnnotations) };
}

function withBack(known: Campaign, note: Id): Campaign {
  const { removedAnnotations: removed } = known;
  if (removed === undefined) return known;
  return { ...known, removedAnnotations: removed.filter(({ id }) => id !== note) };
}

function isTheirs({ by }: Authorship, { user, role, access }: DecideContext): boolean {
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
