/** Where messages lie. */

/** Messages of one chunk: what is claimed, and what counters of rows in flight are kept for. */
export const chunkRows = 500;

/** Names the rows of one distribution. */
export interface Place {
  readonly ws: number;
  readonly seq: number;
}
