/** The recipients of a campaign as devices keep them: blocks of columns, each under a name of its own. */
import * as v from "valibot";
import { count, counts, instant, instants, texts } from "../value.ts";

/** Rows in one block; the last block of a campaign may have fewer. */
export const blockRows = 5_000;

export const blockList = v.object({
  /** When the server looked. */
  asOf: instant,
  total: count,
  /** Of all blocks: rows whose person was erased. */
  erased: count,
  blocks: v.array(
    v.object({
      /** 0, 1, 2 …: block n holds the messages from n × 5,000 + 1. */
      n: count,
      rows: count,
      staticHash: v.string(),
      dynamicHash: v.string(),
    }),
  ),
});

export type BlockList = v.InferOutput<typeof blockList>;

/** What only an erasure, or the way to a second channel, changes of a block's rows, by column. `first` is the n of the first row. */
export const blockStatic = v.object({
  part: v.literal("static"),
  first: count,
  /** Whether the addresses are masked. */
  masked: v.boolean(),
  address: texts,
  name: texts,
});

export type BlockStatic = v.InferOutput<typeof blockStatic>;

/** What changes of a block's rows, by column: numbers of `stateOf` and `reasonOf`, epoch milliseconds. */
export const blockDynamic = v.object({
  part: v.literal("dynamic"),
  first: count,
  state: counts,
  at: instants,
  reason: counts,
  attempts: counts,
  segments: counts,
  /**
   * What the provider said with the reasons: each pair of code and words once, and for each row
   * which of them, from 1; 0: nothing. Left out where nothing was said.
   */
  said: v.exactOptional(
    v.object({
      texts: v.array(v.tuple([v.string(), v.string()])),
      of: counts,
    }),
  ),
  /** Each carrier once, and for each row which of them, from 1; 0: not known. Left out where none is. */
  carriers: v.exactOptional(v.object({ names: texts, of: counts })),
  /**
   * Which of its campaign's texts each carries; 0: none that is known. Left out where everything
   * that went out carries the first (domain/message/edition.ts).
   */
  editions: v.exactOptional(counts),
  /** Rows, from 0, that go by the channel that the campaign falls back to. Left out where none does. */
  fallen: v.exactOptional(counts),
});

export type BlockDynamic = v.InferOutput<typeof blockDynamic>;
