// A promise of the protocol that a run found broken.

/** `rule` names the invariant, as in SPEC.md ("I4"). */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`);
    this.name = "Violation";
    this.rule = rule;
  }
}

/** Mistakes that can be planted, to see that the simulation would find them. */
export const bugs = [
  /** An accepted command's overlay goes at once, before its effect came with the feed. */
  "drop-overlay-on-ack",
  /** A push that comes twice takes effect twice. */
  "no-dedup",
  /** Effect first, verdict after: a crash in between forgets that it happened. */
  "verdict-apart",
  /** A page is taken wherever it begins, and whichever chain it belongs to. */
  "accept-holes",
  /** A page is shown although more of its cut must follow. */
  "apply-mid-page",
] as const;

export type Bug = (typeof bugs)[number];
