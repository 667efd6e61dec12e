/**
 * How much a campaign, or a workspace in a calendar month, may spend. What counts against a budget
 * is each send that a provider took, at the price of the launch, and each send that is under way:
 * from the moment it is decided until it is known that it was not taken. So whatever becomes of
 * what is under way, a budget is never exceeded by what was decided under it.
 *
 * What that means for sends after the first:
 * - The same send again, under its key (a try that a provider put off, a doubt): it counts once.
 * - A new send of a message that failed after it was taken: it counts again, as it is charged again.
 * - What was refused, or never left: what it held is free again, for whoever comes after. Who was
 *   left out meanwhile stays left out; a person may send to them again once there is more.
 */
import type { ConsentChannel } from "../audience/contact.ts";
import type { Price } from "../campaign/price.ts";
import { toMicros, type Micros } from "../campaign/price.ts";

export interface Money {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly amount: number;
}

/** Of one campaign, or of each run of a recurring one: money, or SMS segments or messages. */
export type CampaignBudget = { readonly money: Money } | { readonly units: number };

/** Of a workspace, for each calendar month; null: no limit. */
export interface MonthBudget {
  /** IANA zone in which the month begins. */
  readonly zone: string;
  /** Over all channels whose accounts have a price in its currency. */
  readonly money: Money | null;
  /** SMS segments, and e-mails. */
  readonly units: Readonly<Record<ConsentChannel, number | null>>;
}

export const noMonthBudget: MonthBudget = {
  zone: "UTC",
  money: null,
  units: { email: null, sms: null },
};

/** What was spent, or is about to be. */
export interface Spent {
  readonly units: number;
  readonly micros: Micros;
}

export const nothingSpent: Spent = { units: 0, micros: 0 };

/** What is left of a limit, in what it is counted in. */
export interface Left {
  readonly in: "units" | "micros";
  /** Never below 0, but where nothing can be bought of it: see `leftOf`. */
  readonly left: number;
}

/**
 * What is left of a campaign's budget. Money that the price is not in buys nothing: nobody knows
 * what a message costs in it, and a budget that limits nothing would be none.
 */
export function leftOf(
  budget: CampaignBudget,
  price: Pick<Price, "currency"> | null,
  spent: Spent,
): Left {
  if ("units" in budget) return { in: "units", left: Math.max(0, budget.units - spent.units) };
  const { currency, amount } = budget.money;
  if (price?.currency !== currency) return { in: "micros", left: nothingFits };
  return { in: "micros", left: Math.max(0, toMicros(amount) - spent.micros) };
}

/** Not even what costs nothing. */
const nothingFits = -1;

/** Which limit of a month it is. */
export const monthLimits = ["money", "sms", "email"] as const;

export type MonthLimit = (typeof monthLimits)[number];

/** What of a month's budget limits a campaign of this channel and price. */
function limitsFor(
  { money, units }: MonthBudget,
  channel: string,
  price: Pick<Price, "currency"> | null,
): readonly { readonly what: MonthLimit; readonly in: Left["in"]; readonly limit: number }[] {
  const limits = [];
  if (money !== null && price?.currency === money.currency) {
    limits.push({ what: "money", in: "micros", limit: toMicros(money.amount) } as const);
  }
  if (channel === "sms" || channel === "email") {
    const limit = units[channel];
    if (limit !== null) limits.push({ what: channel, in: "units", limit } as const);
  }
  return limits;
}

/** What a month's campaigns came to on one channel in one currency. */
export interface MonthSpent extends Spent {
  readonly channel: string;
  /** "": the accounts had no price. */
  readonly currency: string;
}

/** What is left of each limit of a month for a campaign of this channel and price. */
export function monthLeft(
  budget: MonthBudget,
  spent: readonly MonthSpent[],
  { channel, price }: { readonly channel: string; readonly price: Pick<Price, "currency"> | null },
): readonly (Left & { readonly what: MonthLimit; readonly limit: number })[] {
  return limitsFor(budget, channel, price).map(({ what, limit, ...counted }) => {
    const sum = spent
      .filter((each) =>
        what === "money" ? each.currency === price?.currency : each.channel === channel,
      )
      .reduce((all, each) => all + each[counted.in], 0);
    return { what, limit, in: counted.in, left: Math.max(0, limit - sum) };
  });
}

/** Of a month's budget, at which parts of it people are told. */
export const toldPercents = [80, 100] as const;

export type ToldPercent = (typeof toldPercents)[number];

/** Which of these parts was reached between two amounts spent. */
export function percentsReached(
  before: number,
  after: number,
  limit: number,
): readonly ToldPercent[] {
  return toldPercents.filter((percent) => {
    const line = (limit * percent) / 100;
    return before < line && after >= line;
  });
}
