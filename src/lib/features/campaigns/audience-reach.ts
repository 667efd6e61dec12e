import type { Audience } from "#domain/audience/audience.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { formatNumber } from "#lib/i18n/format.ts";
import { channelInText } from "#lib/i18n/channel-text.ts";

/** How many of an audience a channel reaches, in words. */
export function reachText(audience: Audience, channel: ConsentChannel): string {
  if (audience.reachable === null || audience.count === null) return "Counted when online";
  const reached = formatNumber(audience.reachable[channel]);
  return `${reached} can be reached by ${channelInText(channel)}`;
}
