/** The log of messages across campaigns, as storage tells it: what went out, and what people wrote. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { Heard } from "./limits-store.ts";

export const directions = ["outbound", "inbound"] as const;

export type Direction = (typeof directions)[number];

/** Which messages; null or empty: any. */
export interface LogFilter {
  /** Of the date of a message; infinite: from the beginning, to the end. */
  readonly from: number;
  readonly to: number;
  readonly channel: Channel | null;
  readonly direction: Direction | null;
  /** Inbound messages have none: they are left out where some are asked for. */
  readonly states: readonly MessageState[];
  /** By name, in any country, or `unknown`. */
  readonly carrier: string | null;
  readonly campaignId: Id | null;
  /** A part of the name, or of the address where `inAddress`. */
  readonly q: string | null;
  readonly inAddress: boolean;
}

/** How far somebody has read: behind this outbound message, and behind this inbound one. */
export interface LogPlace {
  readonly distribution: number;
  readonly n: number;
  readonly at: Instant;
  readonly seq: number;
}

interface LogRow {
  /** When it was made, or written. */
  readonly date: Instant;
  readonly channel: Channel;
  /** The sender or the name of the account; "" when it is gone. */
  readonly account: string;
  readonly address: string;
  readonly campaignId: Id | null;
  readonly campaignNumber: number | null;
  readonly campaignName: string;
  /** Its place in the campaign; null: it answers no message that we know. */
  readonly n: number | null;
}

export interface OutboundRow extends LogRow {
  readonly direction: "outbound";
  readonly name: string;
  readonly carrier: string | null;
  readonly state: MessageState;
  readonly reason: Reason;
  /** When it entered its state; 0: nothing happened yet. */
  readonly statusAt: Instant;
}

export interface InboundRow extends LogRow {
  readonly direction: "inbound";
  readonly what: Heard["what"];
}

export interface LogPage {
  /** The newest first; fewer than asked for where many had to be looked at. */
  readonly rows: readonly (OutboundRow | InboundRow)[];
  /** Where to go on; null: there is nothing more. */
  readonly next: LogPlace | null;
}

export interface LogAsked extends LogFilter {
  readonly workspace: Id;
  /** null: from the newest. */
  readonly after: LogPlace | null;
  readonly limit: number;
}
