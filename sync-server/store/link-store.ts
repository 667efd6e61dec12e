/**
 * The part of storage that keeps tracked links and their clicks. A click is kept at once as it
 * came, and judged a second later, when nothing more can come that tells a scanner.
 */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ScannerSign, Visit, Visitor } from "#domain/engagement/click.ts";
import type { Link } from "#domain/engagement/link.ts";
import type { Look } from "#domain/engagement/open.ts";
import type { ClickSum } from "#domain/engagement/link-report.ts";
import type { ContactFields } from "./distribution.ts";
import type { DistributionSeq } from "./live-store.ts";

/** The links of one launched campaign. */
export interface LinksOf {
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly channel: Channel;
  readonly links: readonly Link[];
  /** Whether its pages have a picture that tells of opens. */
  readonly tracksOpens: boolean;
}

/** A click as it came. */
export interface Click extends Visit {
  /** Writing it twice under the same id keeps it once. */
  readonly id: string;
  readonly distribution: DistributionSeq;
  /** The message's number. */
  readonly n: number;
  readonly link: number;
  readonly at: Instant;
}

/** A load of a page's picture, as it came. */
export interface Open extends Look {
  /** Writing it twice under the same id keeps it once. */
  readonly id: string;
  readonly distribution: DistributionSeq;
  /** The message's number. */
  readonly n: number;
  readonly at: Instant;
}

/** A click with whose it was. */
export interface ClickRow extends Pick<Visit, "device" | "os" | "country"> {
  readonly seq: number;
  /** Whose message it is: the run's, where the campaign repeats. */
  readonly campaign: Id;
  readonly n: number;
  readonly address: string;
  readonly name: string;
  /** The number of the link, in the sum where the campaign repeats, and its name. */
  readonly link: number;
  readonly linkName: string;
  readonly at: Instant;
  readonly visitor: Visitor;
  /** Why it is a scanner's; null: it is a person's. */
  readonly sign: ScannerSign | null;
}

export interface ClickFilter {
  /** null: every link. */
  readonly link: number | null;
  /** null: people and scanners. */
  readonly visitor: Visitor | null;
}

/** Everything that a link report is made of, from one moment: of a campaign, or of one of its runs. */
export interface LinkSums {
  readonly links: readonly Link[];
  readonly sums: readonly ClickSum[];
}

/** What fills in a link that leads each recipient elsewhere. */
export interface LinkScope {
  readonly contact: ContactFields;
  /** As JSON; left out: no event brought them in. */
  readonly event?: string;
  readonly code?: string;
}

export interface LinkStore {
  /** null: there is no such distribution. */
  linksOf(args: { readonly distribution: DistributionSeq }): Promise<LinksOf | null>;
  /** null: there is no such message, or its contact is gone. */
  scopeOf(args: {
    readonly distribution: DistributionSeq;
    readonly n: number;
  }): Promise<LinkScope | null>;
  /** Keeps clicks of messages that exist; others are left out. */
  addClicks(args: { readonly clicks: readonly Click[] }): Promise<void>;
  /** Judges clicks that came until then, at most `limit`, and counts them. Answers how many it was. */
  judgeClicks(args: { readonly until: Instant; readonly limit: number }): Promise<number>;
  /** Keeps and counts opens of messages that exist. A person's proves that the message was read. */
  noteOpens(args: { readonly opens: readonly Open[] }): Promise<void>;
  /** Of the campaign, or of each run with links of one that repeats, the oldest first; none: it has no tracked links. */
  linkSums(args: { readonly workspace: Id; readonly campaignId: Id }): Promise<readonly LinkSums[]>;
  /** Judged clicks after `after`, in the order in which they came. */
  clickRows(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly filter: ClickFilter;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly ClickRow[]>;
}
