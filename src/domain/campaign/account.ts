/** One configured credential with a provider, as everybody in the workspace may see it: no secrets. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import { defaultGuards, type Guards } from "../message/breaker.ts";
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
  /** How long proof of an unknown outcome is waited for; left out: ten minutes. */
  readonly resolveWindowMs?: number;
  /** null or left out: nobody set one, and only segments are told. */
  readonly price?: Price | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export function limitsOf({ limits }: Pick<Account, "limits">): Limits {
  return { ...defaultLimits, ...limits };
}

/** How long proof of an unknown outcome is waited for, where no key settles it. */
export function resolveWindowOf(
  account: Pick<Account, "resolveWindowMs"> | null | undefined,
): number {
  return account?.resolveWindowMs ?? resolveWindowMs;
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
