/** One configured credential with a provider, as everybody in the workspace may see it: no secrets. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import { defaultGuards, type Guards } from "../message/breaker.ts";
import { learnedWindowMs, type ReceiptDelay } from "../message/receipt-delay.ts";
import { resolveWindowMs } from "../message/retry.ts";
import type { Reason } from "../message/reason.ts";
import type { WarmUp } from "../message/warm-up.ts";
import type { Channel } from "./channel.ts";
import type { PauseReason } from "./lifecycle.ts";
import type { Price } from "./price.ts";
import type { ProviderName, SettingValue } from "./provider.ts";

export interface Limits {
  /** Messages a second; null: as fast as the provider takes them. */
  readonly perSecond: number | null;
  /** Messages in flight at once. */
  readonly concurrency: number;
  /** Messages a second from one sender, whichever accounts it sends through. */
  readonly perSender: number | null;
  /** Messages a second to one mail domain. */
  readonly perDomain: number | null;
  /** Seconds between two messages to the same recipient. */
  readonly pairSeconds: number | null;
  /** How a new sender starts, whichever accounts it sends through; null: it is warm. */
  readonly warmUp: WarmUp | null;
}

/** The limits of an account for which nobody chose any. */
export const defaultLimits: Limits = {
  perSecond: null,
  concurrency: 8,
  perSender: null,
  perDomain: null,
  pairSeconds: null,
  warmUp: null,
};

/** An account that stands still, as everybody may see it. */
export interface Standing {
  /** `half_open`: one message is being tried. */
  readonly state: "open" | "half_open";
  /** What stands on the campaigns that it paused. */
  readonly pauseReason: PauseReason;
  readonly reason: Reason;
  /** The provider's own words, without addresses. */
  readonly detail: string;
  readonly since: Instant;
  /** When a message is tried again without a person; null: when a person resumes a campaign. */
  readonly retryAt: Instant | null;
}

/**
 * What becomes of a message of which nobody knows whether the provider took it, where it honours
 * no key and no proof came in time. `hold`: it is shown as not confirmed until a person sends it
 * again. `resend`: it is sent again, and marked as perhaps received twice.
 */
export const unknownPolicies = ["hold", "resend"] as const;

export type UnknownPolicy = (typeof unknownPolicies)[number];

export interface Account {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** What a person may see of the settings: host, sender, URL. Secrets are never in here. */
  readonly summary: Readonly<Record<string, SettingValue>>;
  /** Those that nobody chose may be missing: see `limitsOf`. */
  readonly limits: Partial<Limits>;
  /** Missing: the default ones. */
  readonly guards?: Guards;
  /** null or missing: it sends. */
  readonly standing?: Standing | null;
  /** Left out: hold. */
  readonly onUnknown?: UnknownPolicy;
  /** How long a person wants proof of an unknown outcome to be waited for; null or left out: see `resolveWindowOf`. */
  readonly resolveWindowMs?: number | null;
  /** As long as the provider says, until receipts taught better; left out: ten minutes. */
  readonly usualWindowMs?: number;
  /** null or left out: too few receipts came to tell. */
  readonly receiptDelay?: ReceiptDelay | null;
  /** null or left out: nobody set one, and only segments are told. */
  readonly price?: Price | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export function limitsOf({ limits }: Pick<Account, "limits">): Limits {
  return { ...defaultLimits, ...limits };
}

/** What `resolveWindowOf` goes by. */
export type Windows = Pick<Account, "resolveWindowMs" | "usualWindowMs" | "receiptDelay">;

/**
 * How long proof of an unknown outcome is waited for, where no key settles it: as a person chose;
 * else twice as long as nearly all receipts of the account took; as usual while that is not known.
 */
export function resolveWindowOf(account: Windows | null | undefined): number {
  if (!account) return resolveWindowMs;
  const chosen = chosenWindowOf(account);
  if (chosen !== null) return chosen;
  const { receiptDelay, usualWindowMs } = account;
  return receiptDelay ? learnedWindowMs(receiptDelay) : (usualWindowMs ?? resolveWindowMs);
}

/** The window that a person set; null: nobody did. */
export function chosenWindowOf({
  resolveWindowMs: chosen,
  usualWindowMs,
}: Pick<Account, "resolveWindowMs" | "usualWindowMs">): number | null {
  // Accounts that were made before anything was learned say ten minutes, though nobody chose it.
  const isOldDefault = usualWindowMs === undefined && chosen === resolveWindowMs;
  return isOldDefault ? null : (chosen ?? null);
}

/** What says how long it is. */
export function windowBasisOf(account: Windows): "person" | "receipts" | "provider" {
  if (chosenWindowOf(account) !== null) return "person";
  return account.receiptDelay ? "receipts" : "provider";
}

export function guardsOf({ guards }: Pick<Account, "guards">): Guards {
  return guards ?? defaultGuards;
}

/**
 * Whether the account's receiver may act twice on a repeated key, although its provider is told it.
 * Any provider may have a switch of that name.
 */
export function ignoresKeys({ summary }: Pick<Account, "summary">): boolean {
  return summary["ignoresKeys"] === true;
}
