/** What a launch would do, as far as this device knows: told before anybody presses Send. */
import type { Audience } from "#domain/audience/audience.ts";
import type { CampaignFields } from "#domain/campaign/campaign.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import { smsLength } from "#domain/message/sms-segments.ts";

export interface Outlook {
  /** Contacts in the audience; null while nobody has counted. */
  readonly count: number | null;
  /** Of those: with address and consent for the channel. */
  readonly reachable: number | null;
  readonly skipped: number | null;
  /** Segments of one message as written; null where there are none. */
  readonly segments: number | null;
}

export function outlookOf(
  type: Channel,
  fields: Pick<CampaignFields, "content">,
  audience: Audience | undefined,
): Outlook {
  const count = audience?.count ?? null;
  const channel = type === "email" ? "email" : "sms";
  const reachable = audience?.reachable?.[channel] ?? null;
  return {
    count,
    reachable,
    skipped: count === null || reachable === null ? null : count - reachable,
    segments: type === "sms" ? smsLength(fields.content.text).segments : null,
  };
}

/** The same once the server has counted: limits and codes are decided there, which nobody sees here. */
export function countedOutlook(
  outlook: Outlook,
  { total, recipients }: { readonly total: number; readonly recipients: number },
): Outlook {
  return { ...outlook, count: total, reachable: recipients, skipped: total - recipients };
}

/** From here on a person types the number before anything goes out. */
export const countToType = 1_000;

/** What the person must type to send; null: a press is enough. */
export function numberToType({ reachable, count }: Outlook): number | null {
  const recipients = reachable ?? count;
  return recipients === null || recipients <= countToType ? null : recipients;
}

/** Whether what was typed is that number, with or without separators. */
export function isTyped(text: string, number: number): boolean {
  const digits = digitsOf(text);
  return /^\d+$/.test(digits) && Number(digits) === number;
}

/** Whether more digits can still make it that number: nothing to complain about yet. */
export function isBeginning(text: string, number: number): boolean {
  return String(number).startsWith(digitsOf(text));
}

function digitsOf(text: string): string {
  return text.replaceAll(/[\s.,’']/g, "");
}
