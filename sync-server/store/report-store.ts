/** The part of storage that reports, exports and the activity need. */
import type { Counted } from "#domain/analytics/counted.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { KeyForm } from "#domain/message/key-form.ts";
import type { Mark } from "#domain/message/marks.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { HourSpan } from "#domain/report/hour-spans.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Wording } from "./delivery-store.ts";
import type { ActivityEntry } from "./sync-store.ts";
import type { LogAsked, LogPage } from "./log-store.ts";

/** How many messages, and segments, are in a state for a reason. */
export interface TallyRow {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly n: number;
  readonly segments: number;
}

/** Everything that a report is made of, from one moment. */
export interface ReportData {
  readonly campaign: Campaign;
  readonly rollup: Rollup;
  readonly tally: readonly TallyRow[];
}

/** The hours of a campaign, from the same moment as its counters. */
export interface HoursData {
  readonly rollup: Rollup;
  readonly spans: readonly HourSpan[];
}

/** One recipient with what is known of their message. */
export interface ReportRow {
  readonly n: number;
  readonly address: string;
  readonly name: string;
  readonly state: MessageState;
  readonly at: Instant;
  readonly reason: Reason;
  readonly attempts: number;
  readonly segments: number;
  /** The provider's own, of the try that the reason comes from; "" where it gave none. */
  readonly code: string;
  readonly words: string;
  /** Where the number's range or a receipt told it. */
  readonly carrier: string | null;
  /** By which it goes, or went. */
  readonly channel: Channel;
  /** Whether that is the one that the campaign falls back to. */
  readonly isSecond: boolean;
  /** Which of the campaign's texts it carries: see domain/message/edition.ts. */
  readonly edition: number | null;
}

/** A recipient of a campaign that repeats, with the run that wrote to them. */
export interface RunRow extends ReportRow {
  readonly campaignId: Id;
  readonly distribution: number;
  /** 1, 2, 3 …; null where the run was deleted. */
  readonly run: number | null;
}

/** The place behind a row of a campaign that repeats. */
export interface RunPlace {
  readonly distribution: number;
  readonly n: number;
}

/** The counters of a report as they once were. */
export interface KeptReport extends Pick<ReportData, "rollup" | "tally"> {
  readonly campaign: ReportedCampaign;
}

/** What a report says of its campaign. */
export type ReportedCampaign = Pick<
  Campaign,
  | "id"
  | "number"
  | "name"
  | "type"
  | "accountId"
  | "phase"
  | "createdAt"
  | "schedule"
  | "launchedAt"
  | "startedAt"
  | "submittedAt"
  | "completedAt"
>;

/** Which rows. `q` is a part of the name, or of the address when `inAddress`. */
export interface RowFilter {
  /** Empty: every state. */
  readonly states: readonly MessageState[];
  /** Empty: every reason. */
  readonly reasons: readonly Reason[];
  /** By name, in any country, or `unknown`; null: every carrier. */
  readonly carrier: string | null;
  /** The number of the text that they carry; null: whatever it is. */
  readonly edition: number | null;
  readonly q: string | null;
  readonly inAddress: boolean;
}

/** A block as its list shows it: `ver` changes when any of its rows changes. */
export interface BlockFacts {
  readonly n: number;
  readonly rows: number;
  readonly ver: number;
  /** Rows whose person was erased. */
  readonly erased: number;
  /** How often rows went on by the second channel, or came back from it: each has another address since. */
  readonly fallen: number;
}

export interface BlockFactsList {
  readonly distribution: number;
  readonly total: number;
  readonly blocks: readonly BlockFacts[];
}

export interface NumberedEntry extends ActivityEntry {
  readonly seq: number;
  /** The name of the API key that did it; null where it was a person or the engine. */
  readonly byKey: string | null;
}

/** Something that was heard of a try: its own outcome, or what a receipt said later. */
export interface MessageTry {
  readonly gen: number;
  readonly try: number;
  readonly at: Instant;
  readonly state: MessageState;
  readonly reason: Reason;
  /** The provider's own, "" where there was none. */
  readonly code: string;
  readonly words: string;
}

/** A message with everything that is kept of it. */
export interface MessageHistory extends Omit<ReportRow, "attempts" | "code" | "words"> {
  /** The campaign's own channel. */
  readonly own: Channel;
  /** From which generation on, and why, it went by the second one; null: it did not. */
  readonly fell: { readonly gen: number; readonly reason: Reason } | null;
  readonly gen: number;
  /** Of its generation; 0: none yet. */
  readonly try: number;
  /** How many of its generations were begun: a planned send is none yet. */
  readonly sends: number;
  /** When it is looked at again; null: nothing is planned. */
  readonly dueAt: Instant | null;
  readonly providerId: string | null;
  /** What its keys are made of. */
  readonly distribution: number;
  readonly keyForm: KeyForm;
  /** In their order. What went as usual leaves none: its last state tells it. */
  readonly tries: readonly MessageTry[];
  readonly marks: readonly { readonly mark: Mark; readonly at: Instant }[];
}

/** Which campaigns and messages usage is asked of; null: all of them. */
export interface UsageNarrowed {
  /** Of launches; infinite: from the beginning, to the end. */
  readonly from: number;
  readonly to: number;
  readonly type: Channel | null;
  /** By name, in any country, or `unknown`. */
  readonly carrier: string | null;
}

/** Whom a campaign reached by each of its channels: of everybody, and of each carrier, one bit a contact. */
export interface Reach {
  readonly ws: number;
  readonly distribution: number;
  /** Of its messages when it was read. */
  readonly ver: number;
  /** The contact of the first bit. */
  readonly first: number;
  readonly parts: readonly {
    /** By the channel that it falls back to. */
    readonly isSecond: boolean;
    readonly carrier: number;
    readonly bits: Uint8Array<ArrayBuffer>;
  }[];
}

/** A message that did not arrive, of any campaign. */
export interface StoppedRow extends Omit<
  ReportRow,
  "attempts" | "code" | "words" | "channel" | "isSecond" | "edition"
> {
  readonly distribution: number;
  readonly campaignId: Id;
  readonly type: Channel;
  readonly carrier: string | null;
  readonly country: string | null;
}

export interface ReportStore {
  /** Campaigns whose kept reach is not that of their messages: it is read and kept before `reached`. */
  staleReach(
    args: UsageNarrowed & { readonly workspace: Id; readonly now: Instant },
  ): Promise<readonly number[]>;
  /** Whom one campaign reached, from all of its messages. */
  readReach(args: { readonly distribution: number }): Promise<Reach>;
  keepReach(args: { readonly reach: Reach; readonly now: Instant }): Promise<null>;
  /** Different contacts to whom a message was delivered, as far as the reach of campaigns is kept. */
  reached(args: UsageNarrowed & { readonly workspace: Id }): Promise<number>;
  /** Visits of people whom a campaign reached within 48 hours before, as far as its reach is kept. */
  checkIns(args: UsageNarrowed & { readonly workspace: Id }): Promise<number>;
  /** Messages that failed or did not arrive for one of the reasons, after one of them; null: from the newest campaign. */
  stopped(
    args: UsageNarrowed & {
      readonly workspace: Id;
      readonly reasons: readonly Reason[];
      readonly after: { readonly distribution: number; readonly n: number } | null;
      readonly limit: number;
    },
  ): Promise<readonly StoppedRow[]>;
  /** Messages of all campaigns, and what people wrote. */
  log(args: LogAsked): Promise<LogPage>;
  /** null when there is no such message. */
  message(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly n: number;
  }): Promise<MessageHistory | null>;
  /** null when there is no such campaign. */
  report(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly now: Instant;
  }): Promise<ReportData | null>;
  /**
   * Every campaign with its counters of this moment, in the order of their ids; those that were
   * deleted, too: no total moves when a campaign leaves the lists (AMB-22).
   */
  counted(args: { readonly workspace: Id; readonly now: Instant }): Promise<readonly Counted[]>;
  /** What happened in each hour with the counters that it adds up to; null when there is no such campaign. */
  hours(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly now: Instant;
  }): Promise<HoursData | null>;
  /**
   * Keeps what was given out under its name (see domain/report/snapshot.ts); the newest 200 of a
   * campaign, for 90 days. Of the same digits the last is kept: the campaign may have ended since.
   */
  keepSnapshot(args: {
    readonly workspace: Id;
    readonly snapshot: string;
    readonly report: KeptReport;
    readonly now: Instant;
  }): Promise<null>;
  /** null when it was never given out, or is not kept any more. */
  snapshot(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly snapshot: string;
  }): Promise<KeptReport | null>;
  /** How many rows there are; of a campaign that repeats, of all its runs. */
  countRows(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly filter: RowFilter;
  }): Promise<number>;
  /** null when there is no such campaign. */
  campaign(args: { readonly workspace: Id; readonly campaignId: Id }): Promise<Campaign | null>;
  /** What its messages may say, the newest last; nothing before its launch. */
  wordings(args: { readonly workspace: Id; readonly campaignId: Id }): Promise<readonly Wording[]>;
  /** Rows after `after`, in order of n; at most `limit`. Empty when nothing was frozen yet. */
  rows(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly filter: RowFilter;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly ReportRow[]>;
  /** The same of all runs of a campaign that repeats, the oldest run first. */
  runRows(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly filter: RowFilter;
    readonly after: RunPlace;
    readonly limit: number;
  }): Promise<readonly RunRow[]>;
  /** The blocks of `rowsPerBlock` rows; null when nothing was frozen yet. */
  blocks(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly rowsPerBlock: number;
  }): Promise<BlockFactsList | null>;
  /** Newest first, before `before` (a seq; null: from the newest). */
  activity(args: {
    readonly workspace: Id;
    readonly campaignId: Id | null;
    readonly from: Instant | null;
    readonly to: Instant | null;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<readonly NumberedEntry[]>;
}
