// A promise of the engine that a run found broken, and the mistakes that can be planted.

/** `rule` names the invariant, as in checks.ts ("I4"). */
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
  /** Counters are written in a transaction before the one of their rows. */
  "counts-before-commit",
  /** Messages are handed over although their intent was undone. */
  "forgets-intent",
  /** Every try of one deliberate send gets a key of its own. */
  "new-key-on-repeat",
  /** A call of unknown outcome counts as one that was not made. */
  "resends-in-doubt",
  /** What was heard last wins, whatever was proved before. */
  "no-evidence-order",
  /** A pause is only shown: claiming goes on. */
  "ignores-pause",
  /** Consent is looked at once, when the audience is frozen. */
  "ignores-opt-out",
  /** A repeat's timer is set to a moment that never comes. */
  "loses-timer",
  /** The account's speed limit is read ten times too high. */
  "ignores-rate",
  /** Receipts are acknowledged and not written. */
  "drops-receipts",
  /** The last of a part is left out when the audience is frozen. */
  "loses-recipient",
  /** A dead engine's messages in flight go back to the queue as if never called. */
  "forgets-the-dead",
  /** A reply that says STOP is acknowledged and nothing else. */
  "ignores-stop",
  /** What a person sends again after it failed goes out under its old key. */
  "retries-under-old-key",
  /** Whatever goes out after an edit takes the new text, also what repeats an earlier try. */
  "repeats-with-new-words",
] as const;

export type DeliveryBug = (typeof bugs)[number];
