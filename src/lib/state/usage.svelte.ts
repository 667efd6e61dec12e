/** Who was reached, and the messages that did not arrive, as the server tells; nothing of it is kept. */
import type { Api, Failure } from "../sync/api.ts";
import {
  stoppedFileHref,
  usageCalls,
  type StopKind,
  type StoppedItem,
  type SubscriptionsAnswer,
  type UsageAsked,
} from "../sync/usage-calls.ts";

export type { StopKind, StoppedItem, UsageAsked } from "../sync/usage-calls.ts";
export type SubscriptionItem = SubscriptionsAnswer["items"][number];

export class UsageState {
  /** Different people who got at least one message; null until the server answered. */
  reached: number | null = $state(null);
  /** Visits within 48 hours of a campaign that reached who came; null until the server answered. */
  checkIns: number | null = $state(null);
  /** null until the server answered. */
  stopped: readonly StoppedItem[] | null = $state.raw(null);
  /** How each account stands, and what it sent this month; null until the server answered. */
  subscriptions: SubscriptionsAnswer | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** Whether there are more of them. */
  hasMore = $state(false);
  #next: string | null = null;
  #turn = 0;
  readonly #calls: ReturnType<typeof usageCalls>;

  constructor(api: Api) {
    this.#calls = usageCalls(api);
  }

  /** An answer that comes after something else was asked for is left. */
  async loadReached(asked: UsageAsked): Promise<void> {
    this.reached = null;
    this.checkIns = null;
    this.#turn += 1;
    const turn = this.#turn;
    const answer = await this.#calls.usage(asked);
    if (turn !== this.#turn) return;
    this.failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.reached = answer.value.customersReached;
    this.checkIns = answer.value.checkIns;
  }

  async loadSubscriptions(): Promise<void> {
    const answer = await this.#calls.subscriptions();
    this.failure = answer.ok ? null : answer.error;
    if (answer.ok) this.subscriptions = answer.value;
  }

  /** From the beginning of the list. */
  async load(asked: UsageAsked, kind: StopKind): Promise<void> {
    this.#next = null;
    this.stopped = null;
    await this.more(asked, kind);
  }

  /** The next page of it; an answer that comes after another list was asked for is left. */
  async more(asked: UsageAsked, kind: StopKind): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const answer = await this.#calls.stopped(asked, kind, this.#next);
    if (turn !== this.#turn) return;
    this.failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.stopped = [...(this.stopped ?? []), ...answer.value.items];
    this.#next = answer.value.next;
    this.hasMore = this.#next !== null;
  }

  fileHref(asked: UsageAsked, kind: StopKind): string {
    return stoppedFileHref(asked, kind);
  }
}
