/** Remarks on the moments of a campaign, as the API takes and tells them. */
import type { Annotation } from "#domain/report/annotation.ts";
import * as v from "valibot";
import { id, isoMoment, shortText } from "../value.ts";

const at = isoMoment("must be an ISO 8601 time with a zone");

export const remarkCreate = v.strictObject({
  /** The moment that it is about; it may lie ahead. */
  at,
  /** At most 300 characters. */
  text: shortText,
});

/** Parts that are left out stay as they are. */
export const remarkPatch = v.strictObject({
  at: v.exactOptional(at),
  text: v.exactOptional(shortText),
});

export const remarkAnswer = v.object({
  id,
  at,
  text: v.string(),
  /** Who wrote it first, and when: that stays, whoever changes it. */
  by: v.string(),
  writtenAt: at,
});

/** In the order of their moments; a campaign has at most fifty. */
export const remarksAnswer = v.object({ items: v.array(remarkAnswer) });

export type RemarkAnswer = v.InferOutput<typeof remarkAnswer>;

export function toRemarkAnswer({ id: remark, at: moment, text, by, writtenAt }: Annotation) {
  return { id: remark, at: iso(moment), text, by, writtenAt: iso(writtenAt) };
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
