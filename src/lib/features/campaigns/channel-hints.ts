/** What a channel is good for, on its card. */
export const channelHints = {
  email: "A subject, a text and, if you like, a designed page.",
  sms: "A short text on every phone. Longer ones are sent and billed in several parts.",
} as const;
