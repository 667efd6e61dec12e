/**
 * The part of storage that the delivery engine needs. Every method is one transaction, and
 * every change of a message writes its counters, minute and chunk in the same transaction.
 *
 * A distribution is one launched campaign. Its messages are numbered 1, 2, 3 …; `gen` counts
 * deliberate sends and `try` the calls of one gen: results of an earlier call are ignored.
 */
import type { ProviderName } from "#domain/campaign/provider.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import type { PauseReason, Phase } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { FoundLink, Link } from "#domain/engagement/link.ts";
import type { FailureWindow } from "#domain/message/failure-window.ts";
import type { KeyForm } from "#domain/message/key-form.ts";
import type { Evidence } from "#domain/message/merge.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { LimitedBy } from "#domain/report/rollup.ts";
import type { AccountStore } from "./account-store.ts";
import type { Finding } from "./admin-store.ts";
import type { AwaitedCampaign } from "./awaited-campaign.ts";
import type { AccountState, GuardStore } from "./guard-store.ts";
import type { Heard } from "./limits-store.ts";
import type { ContactColumn, Intended, OpenDistribution, Way } from "./distribution.ts";
import type { DistributionSeq, DueWatch, LiveStore } from "./live-store.ts";
import type { InboxStore } from "./inbox-store.ts";
import type { MeasureStore } from "./measure-store.ts";
import type { UnmatchedStore } from "./unmatched-store.ts";

export interface Work {
  readonly open: readonly OpenDistribution[];
  readonly awaited: readonly AwaitedCampaign[];
  /** Settled campaigns whose outcomes for people are not noted yet. */
  readonly unnoted: readonly DistributionSeq[];
  /** Campaigns that watch contacts, and when to go on with that; null: when one changes. */
  readonly watches: readonly DueWatch[];
}

/** A text of a campaign. */
export interface Wording {
  readonly edition: number;
  readonly content: Content;
  readonly since: Instant;
}

export interface IntentAnswer {
  readonly messages: readonly Intended[];
  /** Rows that were decided without a call: skipped, or given up. */
  readonly decided: number;
}

/** What one call came to, as the engine decided it. */
export interface Settlement {
  readonly n: number;
  /** So many messages, n and those after it, came to the same; left out: one. */
  readonly times?: number;
  readonly gen: number;
  readonly try: number;
  /** Where it goes: `queued` and `ambiguous` are tried again or given up at `dueAt`. */
  readonly state: MessageState;
  readonly reason: Reason;
  readonly at: Instant;
  /** null: no timer. */
  readonly dueAt: Instant | null;
  /** A definite failure earned a new key. */
  readonly renews: boolean;
  /** A call that was not made, or does not count (429), does not use up a try. */
  readonly counts: boolean;
  readonly segments: number | null;
  readonly providerId: string | null;
  /** The provider's own code and words; null for a plain success. */
  readonly attempt: { readonly code: string; readonly words: string } | null;
}

/** Proof about one message, from a receipt. */
export interface Proof extends Evidence {
  readonly n: number;
  /** Which carrier has the message; left out: nobody said so. */
  readonly carrier?: string;
  readonly code: string;
  readonly words: string;
}

/** That what failed may be sent again by itself. */
export interface Resending {
  /** The usual waits are multiplied by this: 1, or less where time is simulated. */
  readonly scale: number;
}

export interface SettleAnswer {
  readonly applied: number;
  /** Results of an earlier call, or proof that said nothing new. */
  readonly ignored: number;
}

export interface ProveAnswer extends SettleAnswer {
  /** Which of the proofs were news, by their place in the list. */
  readonly news: readonly number[];
}

/** A message whose receipt is awaited. */
export interface Awaiting {
  readonly n: number;
  readonly gen: number;
  readonly address: string;
  readonly state: MessageState;
  /** When it came into its state. */
  readonly at: Instant;
  readonly way: Way;
}

export interface AwaitingChunk {
  readonly k: number;
  readonly ver: number;
  readonly messages: readonly Awaiting[];
}

export interface LookedAfter extends Pick<AwaitingChunk, "k" | "ver"> {
  readonly distribution: DistributionSeq;
  /** Whose messages were looked after; left out: `own`. */
  readonly way?: Way;
  readonly proofs: readonly Proof[];
  /** What their recipients answered. */
  readonly heard?: readonly Heard[];
  /** Rows of the chunk without proof since this moment become `unconfirmed`. */
  readonly unconfirmedBefore: Instant;
  readonly nextAt: Instant | null;
  /** When it is looked at again where its `ver` moved meanwhile: who came then was not looked at. */
  readonly soonAt: Instant;
  readonly resend?: Resending | null;
  readonly now: Instant;
}

export interface PlaceOfMessage {
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly accountId: Id;
  /** Through which account it falls back; null: it does not. */
  readonly secondAccountId: Id | null;
  readonly keyForm: KeyForm;
}

export interface DeliveryStore
  extends AccountStore, GuardStore, InboxStore, LiveStore, MeasureStore, UnmatchedStore {
  /**
   * Frees what dead boots had in flight: their `sending` rows become ambiguous. Where keys are
   * honoured the try does not count, as it says nothing of the provider; elsewhere proof is waited
   * for as long as the account says. Answers how many.
   */
  recover(args: { readonly boot: string; readonly now: Instant }): Promise<number>;
  /** Waits that end later than `latest` were begun under a clock that was wrong: they end at `to`. */
  pullIn(args: { readonly latest: Instant; readonly to: Instant }): Promise<void>;
  /** Everything that the engine may have to do. */
  work(args: { readonly now: Instant }): Promise<Work>;
  /**
   * Computes anew when planned campaigns go out, as the rules of their zones may have changed
   * with the machine's. Answers how many moved.
   */
  replan(args: { readonly now: Instant }): Promise<number>;
  /** A schedule came due: launches, or goes back to pending when it is too late and set to hold. */
  comeDue(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    /** Later than this is late. */
    readonly graceMs: number;
    readonly now: Instant;
  }): Promise<void>;
  /** Freezes content, account and rule of a campaign in `preparing`. Nothing when it has moved on. */
  launch(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    /** Providers that honour our key. */
    readonly keyed: readonly ProviderName[];
    /** Of those that forget a key: after how many milliseconds. */
    readonly keyRetentions?: Readonly<Record<ProviderName, number>>;
    /** Why its text can be written for nobody: it stands still instead. null or left out: it can. */
    readonly wrong?: string | null;
    readonly now: Instant;
  }): Promise<void>;
  /** The last results of a campaign. */
  recent(args: { readonly distribution: DistributionSeq }): Promise<FailureWindow>;
  /** What messages of a distribution may say, the newest last: more than one once it was edited. */
  wordings(args: {
    readonly distribution: DistributionSeq;
    readonly way?: Way;
  }): Promise<readonly Wording[]>;
  /**
   * Keeps the links of its texts, each once and under a number of its own for ever, and how long
   * the short ones are. Answers all that it has.
   */
  noteLinks(args: {
    readonly distribution: DistributionSeq;
    readonly links: readonly FoundLink[];
    readonly length: number;
  }): Promise<readonly Link[]>;
  /** Freezes the next contacts. Answers whether more are left; the last batch opens the campaign. */
  freeze(args: {
    readonly distribution: DistributionSeq;
    readonly batch: number;
    readonly now: Instant;
  }): Promise<"more" | "frozen" | "stopped">;
  /** Begins a run that a person asked for. Nothing when there is none. */
  reopen(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly now: Instant;
  }): Promise<void>;
  /** Puts the next of the picked messages back into the queue. Answers whether more are left. */
  requeue(args: {
    readonly distribution: DistributionSeq;
    /** Rows looked at. */
    readonly batch: number;
    readonly now: Instant;
  }): Promise<"more" | "requeued" | "stopped">;
  /** Claims and decides the next messages of an active campaign: to `sending`, or to `skipped`. */
  intent(args: {
    readonly distribution: DistributionSeq;
    /** Whose messages are claimed; left out: `own`. */
    readonly way?: Way;
    readonly boot: string;
    readonly limit: number;
    /** What its template uses of a contact: the rest stays in the database. */
    readonly columns: readonly ContactColumn[];
    /** Also of one that the account's breaker paused: a message of it is to be tried. */
    readonly isProbe?: boolean;
    /** The newest text that the caller can write: nothing is claimed when there is a newer one. */
    readonly edition?: number;
    /** How the account stands, when that is to be remembered. */
    readonly account?: AccountState | null;
    readonly now: Instant;
  }): Promise<IntentAnswer>;
  settle(args: {
    readonly distribution: DistributionSeq;
    /** By which way they went; left out: `own`. */
    readonly way?: Way;
    readonly settlements: readonly Settlement[];
    /** When to look after receipts of what was submitted; null: none will come. */
    readonly lookAt: Instant | null;
    /** Left out, or null: nothing is sent again by itself. */
    readonly resend?: Resending | null;
    /** How these results leave the account, when that is to be remembered: see `keepAccount`. */
    readonly account?: AccountState | null;
    /** The campaign's last results (domain/message/failure-window.ts). */
    readonly recent?: FailureWindow;
    readonly now: Instant;
  }): Promise<SettleAnswer>;
  /** Merges proof by the rule of domain/message/merge. */
  prove(args: {
    readonly distribution: DistributionSeq;
    readonly proofs: readonly Proof[];
    readonly resend?: Resending | null;
    /** Through which account they came by themselves, and when: how long they took is learned. */
    readonly heard?: { readonly accountId: Id; readonly at: Instant } | null;
    readonly now: Instant;
  }): Promise<ProveAnswer>;
  /** Whose messages a distribution holds; null when there is none. */
  placeOf(args: { readonly distribution: DistributionSeq }): Promise<PlaceOfMessage | null>;
  /** The next chunk whose receipts are to be looked after, with its messages; null when none is due. */
  awaiting(args: {
    readonly distribution: DistributionSeq;
    readonly now: Instant;
  }): Promise<AwaitingChunk | null>;
  lookedAfter(args: LookedAfter): Promise<SettleAnswer>;
  /** Cancels what is queued, in parts. `waiting`: what is in flight or ambiguous has to end first. */
  cancel(args: {
    readonly distribution: DistributionSeq;
    readonly limit: number;
    readonly now: Instant;
  }): Promise<"more" | "waiting" | "done">;
  /** The engine stops a campaign, with its reason. Nothing when it is not running. */
  pause(args: {
    readonly distribution: DistributionSeq;
    readonly reason: PauseReason;
    readonly detail: string;
    readonly now: Instant;
  }): Promise<void>;
  /** The engine lets a campaign go on that it stopped for this reason. Nothing when it stands still for another. */
  resume(args: {
    readonly distribution: DistributionSeq;
    readonly reason: PauseReason;
    readonly now: Instant;
  }): Promise<void>;
  /**
   * Moves the phase when all is submitted or settled, with the counters in the same transaction;
   * otherwise brings the rollup up to date. Answers the phase.
   */
  advance(args: {
    readonly distribution: DistributionSeq;
    /** Messages handed to the provider a second. */
    readonly rate: number;
    /** What keeps it from going faster; null: nothing that we know of. */
    readonly limitedBy?: LimitedBy | null;
    readonly now: Instant;
  }): Promise<Phase | null>;
  /**
   * Folds counts over time that are old, minutes to hours and hours to days: at most `limit` of
   * them. Answers how many it was; less than `limit`: nothing old is left.
   */
  fold(args: { readonly now: Instant; readonly limit: number }): Promise<number>;
  /** Recounts tallies, chunks, course and identities from the rows: of some distributions, or of all. */
  findings(args: {
    readonly distributions?: readonly DistributionSeq[];
  }): Promise<readonly Finding[]>;
}
