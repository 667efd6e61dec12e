import type { Channel } from "#domain/campaign/channel.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";
import { channelInText } from "#lib/i18n/channel-text.ts";
import type { Outlook } from "./launch-outlook.ts";

/** An outlook as names and values for the review. */
export function outlookLines(
  outlook: Outlook,
  type: Channel,
): readonly { readonly name: string; readonly value: string }[] {
  const { count, reachable, skipped, segments } = outlook;
  const lines = [
    { name: "Contacts", value: count === null ? "Counted when online" : formatNumber(count) },
  ];
  if (reachable !== null) {
    lines.push({ name: "Will be sent to", value: `about ${formatCount(reachable, "recipient")}` });
  }
  if (skipped !== null && skipped > 0) {
    const why = `no ${type === "email" ? "address" : "phone number"} or no ${channelInText(type)} consent`;
    lines.push({ name: "Will be skipped", value: `${formatNumber(skipped)}: ${why}` });
  }
  if (segments !== null) {
    const all = reachable === null ? "" : `, about ${formatNumber(segments * reachable)} in all`;
    lines.push({ name: "Segments", value: `${formatCount(segments, "segment")} each${all}` });
  }
  return lines;
}
