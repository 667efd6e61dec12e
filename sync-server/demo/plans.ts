/** What the demo workspace sent in the last three months, is sending, and plans. */
import type { Content } from "#domain/campaign/campaign.ts";
import type { PlayedEnd } from "../store/admin-store.ts";

export interface Plan {
  readonly name: string;
  readonly type: "email" | "sms";
  readonly audience: "everyone" | "email" | "sms" | "list" | "france" | "london";
  readonly content: Content;
}

export interface PastPlan extends Plan {
  readonly daysAgo: number;
  /** Hour of the day, UTC. */
  readonly hour: number;
  readonly perMinute: number;
  readonly luck: "good" | "fair" | "poor";
  readonly canceledAfter?: number;
  /** The name of a pool of unique codes, one for each recipient. */
  readonly codePool?: string;
  /** What people wrote on moments of it, so many hours after its start. */
  readonly remarks?: readonly { readonly afterHours: number; readonly text: string }[];
}

const sms = (text: string): Content => ({ subject: "", text, html: "" });

const email = (subject: string, text: string): Content => ({
  subject,
  text: `Hello {{ first_name }},\n\n${text}\n\nHarbour Outfitters`,
  html: "",
});

export const pastPlans: readonly PastPlan[] = [
  {
    name: "Late summer catalogue",
    type: "email",
    audience: "email",
    content: email(
      "The late summer catalogue is here",
      "Forty new pieces for the last warm days, and free returns until October.",
    ),
    daysAgo: 89,
    hour: 8,
    perMinute: 900,
    luck: "good",
  },
  {
    name: "Back to school weekend",
    type: "sms",
    audience: "sms",
    content: sms(
      "Hi {{ first_name }}, 20% off school bags this weekend. Show this text in the shop.",
    ),
    daysAgo: 81,
    hour: 9,
    perMinute: 240,
    luck: "fair",
  },
  {
    name: "Members' evening in London",
    type: "email",
    audience: "london",
    content: email(
      "You are invited",
      "Join us on Thursday at 18:00 for an evening with the makers of our wool jackets.",
    ),
    daysAgo: 74,
    hour: 10,
    perMinute: 600,
    luck: "good",
  },
  {
    name: "Rentrée en France",
    type: "sms",
    audience: "france",
    content: sms("Bonjour {{ first_name }}, la livraison est offerte jusqu'à dimanche soir."),
    daysAgo: 66,
    hour: 7,
    perMinute: 180,
    luck: "fair",
  },
  {
    name: "Autumn preview",
    type: "email",
    audience: "email",
    content: email(
      "A first look at autumn",
      "Waxed cotton, heavy knits, and boots that can be mended.",
    ),
    daysAgo: 59,
    hour: 8,
    perMinute: 900,
    luck: "good",
  },
  {
    name: "Flash sale, wrong price list",
    type: "sms",
    audience: "sms",
    content: sms("Today only: all rain jackets at half price. Reply STOP to opt out."),
    daysAgo: 52,
    hour: 11,
    perMinute: 240,
    luck: "fair",
    canceledAfter: 430,
  },
  {
    name: "Service message: new opening hours",
    type: "sms",
    audience: "sms",
    content: sms("From Monday our shops open at 9:00 and close at 19:00."),
    daysAgo: 45,
    hour: 9,
    perMinute: 240,
    luck: "good",
  },
  {
    name: "Repair week",
    type: "email",
    audience: "list",
    content: email(
      "We mend what you wear",
      "Bring any jacket of ours this week: mending it is free.",
    ),
    daysAgo: 37,
    hour: 8,
    perMinute: 900,
    luck: "good",
  },
  {
    name: "Gold tier benefits",
    type: "email",
    audience: "email",
    content: email(
      "What your {{ tier }} card brings you",
      "Early access, free alterations, and a birthday present.",
    ),
    daysAgo: 29,
    hour: 12,
    perMinute: 700,
    luck: "fair",
  },
  {
    name: "Half-term offers",
    type: "sms",
    audience: "sms",
    content: sms("{{ first_name }}, children's boots: two pairs for one until Saturday."),
    daysAgo: 22,
    hour: 9,
    perMinute: 240,
    luck: "poor",
  },
  {
    name: "Winter coats are in",
    type: "email",
    audience: "email",
    content: email(
      "Winter coats are in",
      "Down from certified farms, shells without fluorine: https://harbour.example/coats. Try one on in a shop near you: https://harbour.example/shops",
    ),
    daysAgo: 13,
    hour: 8,
    perMinute: 900,
    luck: "good",
  },
  {
    name: "Reminder: your voucher ends Sunday",
    type: "sms",
    audience: "sms",
    content: sms("{{ first_name }}, your voucher {{ code }} ends on Sunday. Use it in any shop."),
    daysAgo: 5,
    hour: 16,
    perMinute: 240,
    luck: "fair",
    codePool: "Autumn vouchers",
    remarks: [
      { afterHours: 2, text: "The shops in Leeds put a sign in the window." },
      { afterHours: 40, text: "The tills in Bristol could not redeem codes for an hour." },
    ],
  },
  {
    name: "Thank you to our London members",
    type: "email",
    audience: "london",
    content: email(
      "Thank you",
      "You helped us plant 400 trees this year. Here is where they stand.",
    ),
    daysAgo: 1,
    hour: 8,
    perMinute: 600,
    luck: "good",
  },
];

export const sendingNow: Plan = {
  name: "Black Friday early access",
  type: "sms",
  audience: "sms",
  content: sms("{{ first_name }}, Black Friday starts today for members: 30% off until midnight."),
};

export const scheduled: Plan = {
  name: "Advent calendar, day one",
  type: "email",
  audience: "email",
  content: email("Open the first door", "Something small behind each door, until Christmas Eve."),
};

export const drafts: readonly Plan[] = [
  {
    name: "January sale teaser",
    type: "email",
    audience: "email",
    content: email("Soon", "The January sale opens on the second."),
  },
  {
    name: "Stocktaking: closed on the 3rd",
    type: "sms",
    audience: "sms",
    content: sms("Our London shops are closed for stocktaking on January 3rd."),
  },
  {
    name: "Spring survey",
    type: "email",
    audience: "list",
    content: { subject: "", text: "", html: "" },
  },
];

/** What becomes of messages, by channel and luck. */
export function endsOf({ type, luck }: Pick<PastPlan, "type" | "luck">): readonly PlayedEnd[] {
  const trouble = { good: 1, fair: 2.2, poor: 7 }[luck];
  const bad = (
    state: PlayedEnd["state"],
    reason: PlayedEnd["reason"],
    parts: number,
  ): PlayedEnd => ({
    state,
    reason,
    parts: parts * trouble,
  });
  if (type === "email") {
    return [
      { state: "delivered", reason: "none", parts: 62 },
      { state: "read", reason: "none", parts: 34 },
      bad("undelivered", "unknown_recipient", 1.1),
      bad("undelivered", "unreachable", 0.5),
      bad("undelivered", "spam_filtered", 0.4),
      bad("failed", "invalid_address", 0.3),
      bad("unconfirmed", "none", 1),
    ];
  }
  return [
    { state: "delivered", reason: "none", parts: 95 },
    bad("undelivered", "unreachable", 1.6),
    bad("undelivered", "carrier_rejected", 0.6),
    bad("undelivered", "expired", 0.5),
    bad("failed", "invalid_address", 0.9),
    bad("failed", "region_not_permitted", 0.2),
    bad("unconfirmed", "none", 1.2),
  ];
}
