/** Suppressed and unreachable addresses as a page shows them: asked of the server each time. */
import type { Result } from "#domain/core/result.ts";
import type { PeopleLimits } from "#domain/limits/people-limits.ts";
import type { Api, Failure } from "../sync/api.ts";
import {
  limitsCalls,
  type LimitsCalls,
  type SuppressionInput,
  type SuppressionRow,
  type SuppressionsAdded,
  type UnreachableAct,
  type UnreachablePage,
  type UnreachableRow,
} from "../sync/limits-calls.ts";

export type {
  SuppressionInput,
  SuppressionRow,
  SuppressionsAdded,
  UnreachableAct,
  UnreachableRow,
} from "../sync/limits-calls.ts";

export type Totals = UnreachablePage["totals"];

export class PeopleLimitsState {
  /** Null until the server answered. */
  suppressed: readonly SuppressionRow[] | null = $state.raw(null);
  suppressedTotal = $state(0);
  unreachable: readonly UnreachableRow[] | null = $state.raw(null);
  totals: Totals | null = $state.raw(null);
  limits: PeopleLimits | null = $state.raw(null);
  /** Whether there is more than is shown. */
  next: string | null = $state(null);
  /** Why the last list could not be loaded; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #calls: LimitsCalls;
  /** Answers of older questions than this are dropped. */
  #question = 0;

  constructor(api: Api) {
    this.#calls = limitsCalls(api);
  }

  async loadSuppressed(q: string, cursor: string | null = null): Promise<void> {
    const page = await this.#ask(this.#calls.suppressions(q, cursor));
    if (page === null) return;
    this.suppressed = cursor === null ? page.items : [...(this.suppressed ?? []), ...page.items];
    this.suppressedTotal = page.total;
    this.next = page.next;
  }

  async loadUnreachable(
    state: "listed" | "suppressed",
    cursor: string | null = null,
  ): Promise<void> {
    const page = await this.#ask(this.#calls.unreachable(state, cursor));
    if (page === null) return;
    this.unreachable = cursor === null ? page.items : [...(this.unreachable ?? []), ...page.items];
    this.totals = page.totals;
    this.next = page.next;
  }

  async loadLimits(): Promise<void> {
    const limits = await this.#ask(this.#calls.limits());
    if (limits !== null) this.limits = limits;
  }

  suppress(input: SuppressionInput): Promise<Result<SuppressionsAdded, Failure>> {
    return this.#calls.suppress(input);
  }

  unsuppress(address: string, note: string): Promise<Result<null, Failure>> {
    return this.#calls.unsuppress(address, note);
  }

  /** Null: all of them. Answers how many changed. */
  decide(
    act: UnreachableAct,
    addresses: readonly string[] | null,
  ): Promise<Result<number, Failure>> {
    return this.#calls.decide(act, addresses);
  }

  setLimits(limits: PeopleLimits): Promise<Result<null, Failure>> {
    return this.#calls.setLimits(limits);
  }

  /** Null when it failed, or when something newer was asked meanwhile. */
  async #ask<T>(answering: Promise<Result<T, Failure>>): Promise<T | null> {
    const mine = ++this.#question;
    const answer = await answering;
    if (mine !== this.#question) return null;
    this.trouble = answer.ok ? null : answer.error;
    return answer.ok ? answer.value : null;
  }
}
