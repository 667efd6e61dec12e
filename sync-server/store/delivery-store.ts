/**
 * The part of storage that the delivery engine needs. Every method is one transaction, and
 * every change of a message writes its counters, minute and chunk in the same transaction.
 *
 * A distribution is one launched campaign. Its messages are numbered 1, 2, 3 …; `gen` counts
 * deliberate sends and `try` the calls of one gen: results of an earlier call are ignored.
 */
import type { ProviderName } from "#domain/campaign/provider.ts";
import type { Campaign, Content } from "#domain/campaign/campaign.ts";
import type { Channel } from "#domain/campaign/channel.ts";
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
import type { AccountState, GuardStore } from "./guard-store.ts";
import type { Heard } from "./limits-store.ts";
import type { DistributionSeq, DueWatch, LiveStore } from "./live-store.ts";
import type { UnmatchedStore } from "./unmatched-store.ts";

export type Stage = "freezing" | "sending" | "retrying" | "canceling" | "done";

/** A launched campaign that still has something to do, or whose rollup is stale. */
export interface OpenDistribution {
  readonly seq: DistributionSeq;
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly accountId: Id;
  readonly provider: ProviderName;
  readonly channel: Channel;
  readonly keyForm: KeyForm;
  readonly stage: Stage;
  /** null when the campaign was deleted. */
  readonly phase: Phase | null;
  /** Why it stands still; null unless paused. */
  readonly pauseReason: PauseReason | null;
  /** It was edited while it stood still, and nobody agreed to that yet. */
  readonly awaitsYes: boolean;
  /** The number of its newest text: 1, and one more with each edit after its launch. */
  readonly edition: number;
  /** Whether short links stand for those of its text. */
  readonly tracksLinks: boolean;
  /** Whether its pages have a picture that tells of opens. */
  readonly tracksOpens: boolean;
  /** Whether people enter it one by one, and it was not ended: having nothing to do is no end. */
  readonly isOpenEnded: boolean;
  /** Whether the rollup document shows an older state. */
  readonly isStale: boolean;
  /** Whether an intent would find something at `now`. */
  readonly hasWork: boolean;
  /** The next repeat, end of a wait, or recipients' own time; null when there is none. */
  readonly timerAt: Instant | null;
  /** When receipts are to be looked after; null when none are awaited. */
  readonly lookAt: Instant | null;
}

/** A campaign whose document asks for something that the engine has not begun. */
export interface AwaitedCampaign {
  readonly workspace: Id;
  readonly campaignId: Id;
  /**
   * `retrying`: a person sends again what ended long ago. `live`: the next time of a recurring
   * campaign. `ending`: such a campaign was ended, and its runs are over.
   */
  readonly phase: "scheduled" | "preparing" | "retrying" | "live" | "ending";
  readonly dueAt: Instant | null;
  /** As it stands, where it prepares. */
  readonly campaign?: Campaign;
}

export interface Work {
  readonly open: readonly OpenDistribution[];
  readonly awaited: readonly AwaitedCampaign[];
  /** Settled campaigns whose outcomes for people are not noted yet. */
  readonly unnoted: readonly DistributionSeq[];
  /** Campaigns that watch contacts, and when to go on with that; null: when one changes. */
  readonly watches: readonly DueWatch[];
}

/** A message that may be sent now; its intent is durable. */
export interface Intended {
  readonly n: number;
  readonly gen: number;
  readonly try: number;
  /** An earlier try of this gen may have been accepted: it must not go back to `queued`. */
  readonly isInDoubt: boolean;
  /** Its provider has forgotten the key by now: a repeat may act again. */
  readonly keyIsOld?: true;
  /** The text that it has to carry: a repeat under the same key says the same again. */
  readonly edition: number;
  readonly address: string;
  /** What was asked for of the contact's merge fields. */
  readonly contact: ContactFields;
  /** What the event told for which it was made, as JSON; left out: nothing. */
  readonly event?: string;
  /** The code that it carries, however often it is tried; left out: none. */
  readonly code?: string;
  /** As long as it may be, where a budget was asked; what is longer is put back: see `toTooLong`. */
  readonly units?: number;
}

/** A text of a campaign. */
export interface Wording {
  readonly edition: number;
  readonly content: Content;
  readonly since: Instant;
}

/** What templates may use of a contact; `fields` is JSON of every other column of its import. */
export const contactColumns = [
  "email",
  "phone",
  "firstName",
  "lastName",
  "country",
  "city",
  "fields",
] as const;

export type ContactColumn = (typeof contactColumns)[number];

export type ContactFields = Readonly<Partial<Record<ContactColumn, string>>>;

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
}

export interface AwaitingChunk {
  readonly k: number;
  readonly messages: readonly Awaiting[];
}

export interface LookedAfter {
  readonly distribution: DistributionSeq;
  readonly k: number;
  readonly proofs: readonly Proof[];
  /** What their recipients answered. */
  readonly heard?: readonly Heard[];
  /** Rows of the chunk without proof since this moment become `unconfirmed`. */
  readonly unconfirmedBefore: Instant;
  readonly nextAt: Instant | null;
  readonly resend?: Resending | null;
  readonly now: Instant;
}

export interface PlaceOfMessage {
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly accountId: Id;
  readonly keyForm: KeyForm;
}

export interface DeliveryStore extends AccountStore, GuardStore, LiveStore, UnmatchedStore {
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
  wordings(args: { readonly distribution: DistributionSeq }): Promise<readonly Wording[]>;
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
