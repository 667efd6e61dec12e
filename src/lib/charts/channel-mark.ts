/** The colour in which each channel is drawn. */
import type { Channel } from "#domain/campaign/channel.ts";

export const channelMark = {
  email: "var(--status-submitted-mark)",
  sms: "var(--status-unconfirmed-mark)",
  mms: "var(--status-sent-mark)",
  rcs: "var(--status-scheduled-mark)",
  whatsapp: "var(--status-delivered-mark)",
  line: "var(--status-read-mark)",
  push: "var(--status-ambiguous-mark)",
  flow: "var(--status-skipped-mark)",
} as const satisfies Record<Channel, string>;
