/** The texts of a campaign that was edited after its launch, over REST. */
import * as v from "valibot";
import { count } from "../value.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const editionsAnswer = v.object({
  /** Oldest first; the last one is what is still queued takes. */
  items: v.array(
    v.object({
      /** 1 at the launch, and one more with each edit. */
      n: count,
      since: time,
      /** Recipients who were written to while it was the newest; null of the newest. */
      handed: v.nullable(count),
      content: v.object({ subject: v.string(), text: v.string(), html: v.string() }),
    }),
  ),
});

export type EditionsAnswer = v.InferOutput<typeof editionsAnswer>;
