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
