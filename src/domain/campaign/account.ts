/** One configured credential with a provider, as everybody in the workspace may see it: no secrets. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { Channel } from "./channel.ts";

export const providerNames = ["sandbox", "smtp", "webhook"] as const;

export type ProviderName = (typeof providerNames)[number];

/** Which channels a provider can carry. */
export const providerChannels = {
  sandbox: ["email", "sms"],
  smtp: ["email"],
  webhook: ["email", "sms"],
} as const satisfies Record<ProviderName, readonly Channel[]>;

export interface Limits {
  /** Messages a second; null: as fast as the provider takes them. */
  readonly perSecond: number | null;
  /** Messages in flight at once. */
  readonly concurrency: number;
}

/** The limits of an account for which nobody chose any. */
export const defaultLimits: Limits = { perSecond: null, concurrency: 8 };

export interface Account {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** What a person may see of the settings: host, sender, URL. Secrets are never in here. */
  readonly summary: Readonly<Record<string, string | number | boolean>>;
  readonly limits: Limits;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
