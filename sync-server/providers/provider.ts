/**
 * The promise of a provider: who carries messages to people. A provider knows nothing of
 * campaigns, and nobody else knows a provider beyond this file: the engine, the REST side and the
 * screens go by what it declares.
 *
 * To add one: put a file `kinds/NAME.ts` beside the others, with one `export const provider` that
 * keeps this promise, and run the contract suite (tests/contract) on it. Nothing else is touched:
 * all.ts finds the file when the server starts.
 */
import type { Account } from "#domain/campaign/account.ts";
import type { ProviderDescription } from "#domain/campaign/provider.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import { resolveWindowMs as usualWindowMs } from "#domain/message/retry.ts";
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
  | ({
      readonly outcome: "unknown";
      /** When the provider said to come again; left out: it did not. */
      readonly afterMs?: number | null;
    } & Trouble);

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
  /** The mobile carrier that has the recipient, where the provider tells it. */
  readonly carrier?: string;
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

/** A value that no table of ours has: the provider's word for a state or a reason. */
export interface UnknownValue {
  readonly key: string;
  readonly said: string;
}

/** What one call of a provider told us. */
export interface Heard {
  readonly receipts: readonly Receipt[];
  /** What people wrote back, and that they complained. */
  readonly replies: readonly Reply[];
  /** Changes nothing and is listed for the operator: providers add words without notice. */
  readonly unknown: readonly UnknownValue[];
  /** How many things were told, of whatever kind. */
  readonly received: number;
}

/** A call by which a provider tells us something, as it came: nobody vouches for any of it. */
export interface CallbackRequest {
  /** The whole address that was called, with its query: some sign it. */
  readonly url: string;
  /** By name, in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, whatever its type; at most 256 KB. */
  readonly body: string;
  readonly now: Instant;
}

export type CallbackRefusal =
  /** It does not come from whom it says, or nothing proves that it does. */
  | { readonly type: "unsigned" }
  /** It comes from the provider and cannot be understood. */
  | { readonly type: "malformed"; readonly detail: string };

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

/** What people are told of it (domain/campaign/provider.ts), and what the engine goes by. */
export interface Provider extends Omit<ProviderDescription, "keys" | "resolveWindowMs"> {
  readonly channels: readonly Channel[];
  /**
   * For how long a repeated key acts once: an unknown outcome may be tried again at once, while
   * the key is younger. 0: it looks at no key. Infinity: it forgets none.
   */
  readonly keyRetentionMs: number;
  /** How long proof of an unknown outcome is waited for; what is usual (domain/message/retry.ts) when left out. */
  readonly resolveWindowMs?: number;
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
  /** Settings of which only who may change the account sees the whole: what everybody sees of them. */
  readonly partly?: Readonly<Record<string, (value: string) => string>>;
  /** Reads settings from outside, with defaults filled in. */
  parse(settings: Settings): Result<Settings, SettingsProblem>;
  /** Opens an account. The settings were answered by `parse`. */
  open(settings: Settings, deps: CarrierDeps): Carrier;
  /** Reads a POST to an account's callback URL; left out: nothing is taken there. Never throws. */
  readonly readReceipts?: (
    request: CallbackRequest,
    settings: Settings,
  ) => Result<Heard, CallbackRefusal>;
  /** Reads a POST to /api/v1/inbound; left out: nothing is taken there. Never throws. */
  readonly readReplies?: (
    request: CallbackRequest,
    settings: Settings,
  ) => Result<readonly Reply[], CallbackRefusal>;
}

export function honoursKeys({ keyRetentionMs }: Pick<Provider, "keyRetentionMs">): boolean {
  return keyRetentionMs > 0;
}

function keysOf({ keyRetentionMs }: Provider): ProviderDescription["keys"] {
  if (keyRetentionMs === 0) return "ignored";
  return Number.isFinite(keyRetentionMs) ? "forgotten" : "kept";
}

export function resolveWindowOf(provider: Pick<Provider, "resolveWindowMs">): number {
  return provider.resolveWindowMs ?? usualWindowMs;
}

export function describe(provider: Provider): ProviderDescription {
  const { name, title, hint, channels, fields, line } = provider;
  return {
    name,
    title,
    hint,
    channels,
    fields,
    line,
    keys: keysOf(provider),
    resolveWindowMs: resolveWindowOf(provider),
  };
}

/** Settings that must never be shown. */
export function secretsOf({ fields }: Pick<Provider, "fields">): readonly string[] {
  return fields.filter(({ kind }) => kind === "secret").map(({ name }) => name);
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
  const secrets = secretsOf(provider);
  const seen: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (secrets.includes(name)) continue;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      seen[name] = value;
    }
  }
  return seen;
}
