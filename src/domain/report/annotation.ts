/** A text that somebody put on a moment of a campaign: what happened then that the counters do not know. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";

/** As many as can be told apart on a chart, and as long as a remark is. */
export const maxAnnotations = 50;
export const maxAnnotation = 300;

/** What a person writes. */
export interface Remark {
  /** The moment that it is about; it may lie ahead. */
  readonly at: Instant;
  readonly text: string;
}

/** Who wrote it first, and when. */
export interface Authorship {
  readonly id: Id;
  readonly by: Id;
  readonly writtenAt: Instant;
}

export interface Annotation extends Remark, Authorship {}
