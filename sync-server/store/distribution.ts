/** A launched campaign as the engine finds it, and the messages of it that it is to send. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { PauseReason, Phase } from "#domain/campaign/lifecycle.ts";
import type { ProviderName } from "#domain/campaign/provider.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { KeyForm } from "#domain/message/key-form.ts";
import type { DistributionSeq } from "./live-store.ts";

export type Stage = "freezing" | "sending" | "retrying" | "canceling" | "done";

/** By which channel messages go: the campaign's own, or the one that it falls back to. */
export type Way = "own" | "fallback";

/** What is to be done by one way. */
export interface WorkOfWay {
  /** Whether an intent would find something at `now`. */
  readonly hasWork: boolean;
  readonly timerAt: Instant | null;
}

/** The second way of a campaign. */
export interface SecondWay extends WorkOfWay {
  readonly accountId: Id;
  readonly provider: ProviderName;
  /** What is left of the work where this way's is taken away. */
  readonly own: WorkOfWay;
}

/** A launched campaign that still has something to do, or whose rollup is stale. */
export interface OpenDistribution {
  /** As which of its ways it is looked at. */
  readonly way: Way;
  /** Left out: it has none. */
  readonly second?: SecondWay;
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
