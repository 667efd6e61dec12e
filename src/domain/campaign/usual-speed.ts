/**
 * How fast a new account of each channel starts (S2-D8): 250 text or RCS messages a second, 160
 * e-mails, 15 messages by WhatsApp, its upper bound. It is a suggestion to whoever adds an account;
 * one that is left without a limit sends as fast as its provider takes messages.
 */
import type { Channel } from "./channel.ts";
import type { ProviderName } from "./provider.ts";

/** Messages a second; null: none is usual. */
export const usualPerSecond = {
  email: 160,
  sms: 250,
  mms: null,
  rcs: 250,
  whatsapp: 15,
  line: null,
  push: null,
  flow: null,
} as const satisfies Record<Channel, number | null>;

/** What a new account is suggested; null: nothing, for a sandbox writes to nobody. */
export function usualSpeedOf(provider: ProviderName, channel: Channel): number | null {
  return provider === "sandbox" ? null : usualPerSecond[channel];
}
