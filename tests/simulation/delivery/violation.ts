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
  /** Quiet hours are not looked at when messages are claimed. */
  "ignores-quiet-hours",
  /** The planned time by a person's own clocks counts as the campaign's. */
  "ignores-own-clocks",
  /** A campaign's end is not looked at. */
  "ignores-end",
  /** What was sent before does not count for the frequency cap. */
  "ignores-cap",
  /** Doubt is sent again at once, where no key is honoured. */
  "resends-too-soon",
  /** Proof is waited for as long as nearly all of it takes, and not twice as long. */
  "waits-too-short",
  /** Receipts that wait for their turn are taken out before they are merged. */
  "loses-kept",
  /** Pauses by the system last for ever. */
  "keeps-pauses",
  /** A person's pause ends as the system's do. */
  "ends-any-pause",
  /** One time of a recurring campaign makes two runs. */
  "fires-twice",
  /** A time of a recurring campaign passes without its run. */
  "forgets-firing",
  /** What happened is taken as new each time that it is told. */
  "enters-twice",
  /** What happened is acknowledged and not written. */
  "loses-entry",
  /** The wait after what happened is left out. */
  "skips-delay",
  /** Times that were left out are told to nobody. */
  "keeps-misses-quiet",
  /** Whatever code is redeemed brings a person in. */
  "takes-any-code",
  /** A date that is corrected comes once more. */
  "dates-twice",
  /** A day passes without its dates. */
  "loses-date",
  /** A date's message goes out as soon as its day begins. */
  "dates-too-soon",
  /** Whoever changes comes into the audience anew. */
  "comes-twice",
  /** Who comes into the audience is not seen. */
  "loses-comer",
  /** What is sent again after an edit carries the text of before. */
  "retries-with-old-words",
  /** Which text a message carries is not noted. */
  "notes-no-text",
  /** What waits for a second person goes out. */
  "ignores-approval",
  /** Codes of messages in flight go back to their pool when the engine dies. */
  "issues-code-twice",
  /** The codes of a canceled campaign go back although an intent happened. */
  "returns-known-codes",
  /** The second channel begins although the first call's outcome is not known. */
  "falls-in-doubt",
  /** The text message goes out under a new key each time that it is tried. */
  "falls-twice",
  /** Who came first takes all that an account gives. */
  "keeps-the-turn",
] as const;

export type DeliveryBug = (typeof bugs)[number];
