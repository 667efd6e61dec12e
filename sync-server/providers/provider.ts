/**
 * The promise of a provider: who carries messages to people. A provider knows nothing of
 * campaigns, and the engine nothing of a provider beyond this file.
 *
 * To add one: keep this promise in a file of its own, list its name and channels in
 * domain/campaign/account.ts, add it in all.ts, and run the contract suite on it.
 */
import type { Account, ProviderName } from "#domain/campaign/account.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";

/** What is wrong with an account's settings, in words, with the setting that it is about. */
export interface SettingsProblem {
  readonly field: string | null;
  readonly detail: string;
  /** The address is one that must not be called from here. */
  readonly forbidden?: boolean;
}

/** A message as its recipient shall read it. */
export interface Outgoing {
  /** The same for every try of one deliberate send: whoever honours it acts once. */
  readonly key: string;
  readonly channel: Channel;
  /** An e-mail address, or a phone number in E.164. */
  readonly to: string;
  readonly content: { readonly subject: string; readonly text: string; readonly html: string };
  /** Further header fields of an e-mail, by name, ready to be written; none on other channels. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What became of one call. */
export type Outcome =
  /** Accepted. `state` may already be further than `submitted`. */
  | {
      readonly outcome: "accepted";
      readonly state: "submitted" | "sent" | "delivered";
      readonly providerId: string | null;
    }
  /** Refused for good: not accepted, and would not be if tried again. */
  | ({ readonly outcome: "refused" } & Trouble)
  /**
   * Known not to be accepted, and may be tried again; `afterMs` when the provider said when. `by`
   * the recipient's mail domain, which wants fewer messages for now: other domains go on.
   */
  | ({
      readonly outcome: "later";
      readonly afterMs: number | null;
      readonly by?: "domain";
    } & Trouble)
  /** Nobody knows whether it was accepted. */
  | ({ readonly outcome: "unknown" } & Trouble);

export interface Trouble {
  readonly reason: Reason;
  /** The provider's own code and words, at most 500 characters. */
  readonly code: string;
  readonly words: string;
}

/** A message that was accepted and whose fate is asked for. */
export interface Asked {
  readonly key: string;
  readonly to: string;
  readonly state: MessageState;
  readonly since: Instant;
}

/** What a provider says later about a message. */
export interface Receipt {
  readonly key: string;
  /** `submitted`: whoever has it cannot deliver it yet, and tells the reason; it is no failure. */
  readonly state: "submitted" | "sent" | "delivered" | "read" | "failed" | "undelivered";
  readonly at: Instant;
  readonly reason: Reason;
  readonly code: string;
  readonly words: string;
}

/** What a person wrote back. */
export interface Reply {
  /** "": whose address the message of the key went to. */
  readonly from: string;
  readonly text: string;
  /** They reported the message as unwanted. */
  readonly isComplaint: boolean;
  /** The key of the message that they answer; null when nobody knows. */
  readonly key: string | null;
  readonly at: Instant;
}

/** An open account. */
export interface Carrier {
  /** Never rejects for what a provider does; has its own time-out. */
  send(message: Outgoing): Promise<Outcome>;
  /** For providers that are asked: the receipts there are by now, and when to ask again. */
  ask?(
    messages: readonly Asked[],
    now: Instant,
  ): Promise<{
    readonly receipts: readonly Receipt[];
    /** What came back from people meanwhile. */
    readonly replies?: readonly Reply[];
    readonly nextAt: Instant | null;
  }>;
  /** Tries the credentials without sending anything; answers what it found, in words. */
  check(): Promise<Result<string, SettingsProblem>>;
  close(): Promise<void>;
}

export interface CarrierDeps {
  readonly clock: () => Instant;
  /** Whether targets on private or loopback addresses may be called. */
  readonly privateTargets: boolean;
  /** Where a provider shall POST its receipts for this account. */
  readonly callbackUrl: string;
  /** Calls at once that the account may make. */
  readonly concurrency: number;
}

export type Settings = Readonly<Record<string, unknown>>;

export interface Provider {
  readonly name: ProviderName;
  readonly channels: readonly Channel[];
  /** Whether a repeated key acts once: an unknown outcome may then be tried again at once. */
  readonly honoursKeys: boolean;
  /** `none`: it never says more than its answer. `push`: it calls back. `pull`: it is asked. */
  readonly receipts: "none" | "push" | "pull";
  /** How long proof may take before a message counts as not confirmed. */
  readonly receiptWindowMs: number;
  /** What is otherwise with these settings; null: nothing. */
  readonly receiptsOf?: (
    settings: Settings,
  ) => Pick<Provider, "receipts" | "receiptWindowMs"> | null;
  /**
   * Times the usual wait before what failed is sent again by itself: 1, or less where the
   * provider's own time is shorter than that of people.
   */
  readonly resendScale: number;
  /** Settings that must never be shown. */
  readonly secrets: readonly string[];
  /** Settings of which only who may change the account sees the whole: what everybody sees of them. */
  readonly partly?: Readonly<Record<string, (value: string) => string>>;
  /** Reads settings from outside, with defaults filled in. */
  parse(settings: Settings): Result<Settings, SettingsProblem>;
  /** Opens an account. The settings were answered by `parse`. */
  open(settings: Settings, deps: CarrierDeps): Carrier;
}

/** What everybody may see of an account's settings. */
export function summaryOf(provider: Provider, settings: Settings): Account["summary"] {
  const { partly = {} } = provider;
  return Object.fromEntries(
    Object.entries(shownSettings(provider, settings)).map(([name, value]) => {
      const mask = partly[name];
      return [name, mask === undefined || typeof value !== "string" ? value : mask(value)];
    }),
  );
}

/** What who may change the account sees of its settings: everything but its secrets. */
export function shownSettings(provider: Provider, settings: Settings): Account["summary"] {
  const seen: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (provider.secrets.includes(name)) continue;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      seen[name] = value;
    }
  }
  return seen;
}
