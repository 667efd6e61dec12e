/** What the engine needs from outside: open accounts, keys, templates, and the points at which tests break it. */
import type { Limits } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Guards } from "#domain/message/breaker.ts";
import type { KeyForm } from "#domain/message/key-form.ts";
import type { Random } from "#domain/message/retry.ts";
import type { CheckContent } from "#domain/message/merge-fields.ts";
import type { Templates } from "#domain/message/template.ts";
import type { Carrier, Provider } from "../providers/provider.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";
import type { LimitsStore } from "../store/limits-store.ts";
import type { Turns } from "./turns.ts";

/** What the engine goes by. */
export interface ProviderFacts extends Pick<
  Provider,
  "name" | "receipts" | "receiptWindowMs" | "resendScale"
> {
  /** Whether a repeated key acts once: the provider's word, unless the account's receiver ignores keys. */
  readonly honoursKeys: boolean;
  /** How long proof of an unknown outcome is waited for, where no key settles it. */
  readonly resolveWindowMs: number;
}

/** An account that is ready to send. */
export interface OpenAccount {
  readonly carrier: Carrier;
  readonly provider: ProviderFacts;
  readonly limits: Limits;
  readonly guards: Guards;
  /** As whom it sends: accounts with the same sender share its limit. */
  readonly sender: string;
}

/** Opens accounts, and keeps them open until they change. */
export interface Carriers {
  /** Answers why not, in words, when it cannot be opened. */
  open(workspace: Id, accountId: Id): Promise<OpenAccount | string>;
}

/** One deliberate send: every try of it has the same key. */
export interface Send {
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly distribution: number;
  readonly n: number;
  readonly gen: number;
  readonly keyForm: KeyForm;
}

/** Makes and reads the keys of messages. */
export interface Keys {
  of(send: Send): string;
  read(key: string): Pick<Send, "distribution" | "n" | "gen"> | null;
  verify(key: string, send: Send): boolean;
}

/** Where a test may stop the engine as a power cut would. */
export const faultPoints = [
  "work",
  "recovered",
  "came due",
  "fired",
  "watched",
  "finished",
  "launched",
  "frozen",
  "reopened",
  "requeued",
  "before intent",
  "intended",
  "before send",
  "sent",
  "before settle",
  "settled",
  "looked after",
  "proven",
  "inboxed",
  "drained",
  "canceled",
  "paused",
  "kept",
  "advanced",
  "noted",
  "heard",
  "folded",
] as const;

export type FaultPoint = (typeof faultPoints)[number];

/** Where the engine tells its operator what people are not told. */
export interface EngineLog {
  warn(facts: object, words: string): void;
  error(facts: object, words: string): void;
}

/** Makes the links by which recipients leave. */
export interface LeaveUrls {
  urlOf(message: Omit<Send, "gen" | "keyForm">): string;
}

/** Makes the short links that stand for those of a text. */
export interface ShortLinks {
  /** The address of this server's own pages, which are not tracked. */
  readonly ownUrl: string;
  /** How long each of them is. */
  readonly length: number;
  urlOf(message: Omit<Send, "gen" | "keyForm">, link: number): string;
}

export interface EngineDeps {
  readonly store: {
    readonly delivery: DeliveryStore;
    readonly limits: Pick<LimitsStore, "noteOutcomes" | "hear">;
  };
  readonly carriers: Carriers;
  readonly keys: Keys;
  readonly leaveLinks: LeaveUrls;
  readonly trackedLinks: ShortLinks;
  readonly templates: Templates;
  /** Looks at a text once more before it starts. */
  readonly checkContent: CheckContent;
  readonly clock: () => Instant;
  readonly random: Random;
  /** A new name for each start of the process: what an older one had in flight is in doubt. */
  readonly boot: string;
  readonly log: EngineLog;
  /** Providers that honour our key. */
  readonly keyed: readonly Provider["name"][];
  /** Of those that forget a key: after how many milliseconds. */
  readonly keyRetentions?: Readonly<Record<Provider["name"], number>>;
  /** A campaign is complete, and its counters are durable; it may be told more than once. */
  readonly onCompleted?: (distribution: number) => void;
  /** Bytes of receipts that may wait to be merged; what is usual when left out. Only tests give it. */
  readonly inboxBytes?: number;
  /** Other turns than those of turns.ts. Only tests give it. */
  readonly turns?: () => Turns;
  /** Throws to stop the engine dead at this point. Only tests give it. */
  readonly fault?: (point: FaultPoint) => void;
}
