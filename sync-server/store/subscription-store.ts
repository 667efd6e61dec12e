/**
 * What storage keeps of reports that come by themselves and of alerts. Both are one person's, and
 * reach them as notices do: what is due is written as a notice in the transaction that says when
 * the next is, so each is told once, whatever crashes.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Alert } from "#domain/report/alert.ts";
import type { SpokenLanguage } from "#domain/report/spoken.ts";
import type { Subscription } from "#domain/report/subscription.ts";

interface OfPerson {
  readonly workspace: Id;
  readonly user: Id;
}

export interface PlannedSubscription extends Subscription {
  /** When its next report is due. */
  readonly nextAt: Instant;
}

export interface DueSubscription extends PlannedSubscription, OfPerson {}

/** What a notice says where it is about no pause: a title, and a text of lines. */
export interface Said {
  readonly title: string;
  readonly text: string;
  /** Of what stands around it; left out: English. */
  readonly language?: SpokenLanguage;
}

export interface SubscriptionStore {
  subscriptions(args: OfPerson): Promise<readonly PlannedSubscription[]>;
  /** Adds it, or takes the place of the one with its id. Answers false when the person has too many. */
  putSubscription(
    args: OfPerson & { readonly subscription: PlannedSubscription },
  ): Promise<boolean>;
  removeSubscription(args: OfPerson & { readonly id: Id }): Promise<boolean>;
  due(args: { readonly now: Instant }): Promise<readonly DueSubscription[]>;
  /**
   * Notes a report for its person. `nextAt`: it was the one that was due at `dueAt`, unless that was
   * told meanwhile; null: a person asked to see one now.
   */
  tell(
    args: OfPerson & {
      readonly id: Id;
      readonly dueAt: Instant;
      readonly nextAt: Instant | null;
      readonly said: Said;
      readonly now: Instant;
    },
  ): Promise<void>;

  alerts(args: OfPerson): Promise<readonly Alert[]>;
  /** As `putSubscription`. A campaign that was told of is told of again only under a new threshold. */
  putAlert(args: OfPerson & { readonly alert: Alert }): Promise<boolean>;
  removeAlert(args: OfPerson & { readonly id: Id }): Promise<boolean>;
  /**
   * Looks at the counters that changed since the last time, and notes which campaigns are beyond
   * whose threshold: each once for each alert. Campaigns that ended before the alert was made are
   * not told of. Answers how many were noted.
   */
  watch(args: { readonly now: Instant }): Promise<number>;
}
