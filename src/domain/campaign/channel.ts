/** The ways a message can take. Segment, consent and receipt rules depend on it. */
export const channels = ["email", "sms", "mms", "rcs", "whatsapp", "line", "push", "flow"] as const;

export type Channel = (typeof channels)[number];

/** What identifies a recipient on a channel: an e-mail address, or a phone number in E.164. */
export type AddressKind = "email" | "phone";

export const addressKindOf = {
  email: "email",
  sms: "phone",
  mms: "phone",
  rcs: "phone",
  whatsapp: "phone",
  line: "phone",
  push: "phone",
  flow: "phone",
} as const satisfies Record<Channel, AddressKind>;

/** The channels that can be sent today; the others are refused with words. */
export const openChannels = ["email", "sms"] as const satisfies readonly Channel[];
