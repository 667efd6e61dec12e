// Mistakes that can be planted, to see that the simulation would find them. Each is a wrapper
// around what the product is given (storage, network, database): the product has no switch.

/** What each does, and the promise that it breaks. */
export const bugs = [
  /** A row becomes visible after a later one was read: what numbers from a sequence do. */
  "cursor-from-a-sequence",
  /** A push that comes twice takes effect twice. */
  "no-dedup",
  /** A command is taken although earlier ones of its client are missing. */
  "accept-id-gaps",
  /** Effect first, verdict after: a crash in between forgets that it happened. */
  "verdict-apart",
  /** An accepted command's overlay goes at once, before its effect came with the feed. */
  "drop-overlay-on-ack",
  /** A page is taken wherever it begins, and whichever chain it belongs to. */
  "accept-holes",
  /** A page is shown although more of its cut must follow. */
  "apply-mid-page",
  /** Starting again throws away what still waits. */
  "reset-drops-outbox",
  /** A cursor from before the purge is answered as if nothing had been removed. */
  "no-floor-check",
  /** A consent counts from when it was heard, whatever was said before: the last writer wins. */
  "last-writer-consent",
  /** What was decided on moved on before the commit, and is written over: the last writer wins. */
  "last-writer",
  /** A late page is taken, whichever chain it belongs to. */
  "no-chain-id",
  /** A device that is revoked removes everything, and goes on. */
  "acts-after-revocation",
  /** A device that is revoked is answered all the same. */
  "answers-the-revoked",
  /** People may do what they might when they signed in. */
  "rights-of-before",
  /** A device is answered with the rows of another person. */
  "another-persons-feed",
  /** A long first sync starts again whenever it stands below the floor. */
  "floor-livelock",
  /** Of the counters that became different, one is not told to who has the ones before (S51). */
  "forgets-a-change",
  /** Who begins, and who stands in the middle of a cut, is told only what changed of counters (S51). */
  "changes-for-everybody",
] as const;

export type Bug = (typeof bugs)[number];
