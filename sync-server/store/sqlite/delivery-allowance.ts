/**
 * What the messages of one intent may spend: read at its beginning, lowered with each message that
 * it lets go, and written with their rows. All of it is one transaction of the one writer, so two
 * campaigns never spend the same money. What counts is said in domain/limits/budget.ts.
 */
import type { Campaign, Content } from "#domain/campaign/campaign.ts";
import { createTariff, type Price } from "#domain/campaign/price.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  leftOf,
  monthLeft,
  percentsReached,
  type Left,
  type MonthBudget,
  type MonthLimit,
  type Spent,
  type ToldPercent,
} from "#domain/limits/budget.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import { monthOf, nameOfMonth, type Month } from "#domain/schedule/month.ts";
import { findBudget, spentIn } from "./budget-settings.ts";
import type { Database } from "./database.ts";
import { asSent } from "./link-rows.ts";
import type { Message } from "./delivery-moves.ts";
import type { Place } from "./delivery-place.ts";
import { tellActivity, type Distribution } from "./delivery-rows.ts";
import { toPrice } from "./delivery-spend.ts";
import { noteNotice } from "./notice-intents.ts";

export interface Allowance {
  /**
   * With how many units a message is let go. How long its text is is known exactly where it says
   * the same to everybody. Else it is the least that it can be: whoever writes it puts it back when
   * it is longer, and it is asked for again with what it has.
   */
  unitsOf(message: Message): number;
  /** Whether so many units to this address fit into what is left. */
  fits(units: number, address: string): boolean;
  /** They are spent, whatever is left. */
  take(units: number, address: string): void;
  /** Tells people what was reached. */
  finish(): void;
}

/** One limit, as this intent goes through it. */
interface Purse extends Left {
  readonly what: "campaign" | MonthLimit;
  readonly limit: number;
  left: number;
  isShort: boolean;
}

/** null: nothing limits it. */
export function openAllowance(
  db: Database,
  distribution: Distribution,
  campaign: Campaign,
  now: Instant,
): Allowance | null {
  const row = db.get(wordsOf[distribution.way], distribution.seq);
  const price = toPrice(row?.["price"]);
  const month = findBudget(db, distribution.workspace);
  const purses = [
    ...campaignPurse(db, distribution, campaign, price),
    ...monthPurses(db, distribution, { month, price, now }),
  ];
  if (purses.length === 0) return null;
  const before = purses.map(({ left }) => left);
  const tariff = createTariff(price);
  const linkLength = Number(row?.["link_length"]);
  const content = JSON.parse(String(row?.["content"]));
  const least = leastUnits(distribution, asSent(db, distribution.seq, { content, linkLength }));
  const costOf = (purse: Left, units: number, address: string): number =>
    purse.in === "units" ? units : units * tariff(address);
  return {
    unitsOf: ({ segments }) => Math.max(segments, least),
    fits: (units, address) => {
      const short = purses.filter((purse) => costOf(purse, units, address) > purse.left);
      for (const purse of short) purse.isShort = true;
      return short.length === 0;
    },
    take: (units, address) => {
      for (const purse of purses) {
        purse.left = Math.max(0, purse.left - costOf(purse, units, address));
      }
    },
    finish: () => {
      for (const [index, purse] of purses.entries()) {
        tell(db, distribution, { purse, before: before[index] ?? 0, month, now });
      }
    },
  };
}

/** What a message says, what it costs, and how long its links are. */
const wordsOf = {
  own: "select price, content, link_length from distribution where seq = ?",
  fallback: `select f.price, f.content, d.link_length from fallback f
    join distribution d on d.seq = f.distribution where f.distribution = ?`,
} as const;

function campaignPurse(
  db: Database,
  distribution: Distribution,
  { budget = null }: Campaign,
  price: Price | null,
): readonly Purse[] {
  if (budget === null) return [];
  const left = leftOf(budget, price, spentBy(db, distribution));
  return [{ ...left, what: "campaign", limit: left.left, isShort: false }];
}

/** What a campaign spent of its budget. */
export function spentBy(db: Database, { ws, seq }: Place): Spent {
  const row = db.get(
    `select coalesce(sum(units), 0) as units, coalesce(sum(micros), 0) as micros
      from spend where ws = ? and distribution = ?`,
    ws,
    seq,
  );
  return { units: Number(row?.["units"]), micros: Number(row?.["micros"]) };
}

/** A sandbox costs nothing: it leaves the month alone. */
function monthPurses(
  db: Database,
  { ws, channel, isSimulated }: Distribution,
  {
    month: budget,
    price,
    now,
  }: {
    readonly month: MonthBudget | null;
    readonly price: Price | null;
    readonly now: Instant;
  },
): readonly Purse[] {
  if (budget === null || isSimulated) return [];
  const spent = spentIn(db, ws, monthOf(now, budget.zone));
  return monthLeft(budget, spent, { channel, price }).map((left) => ({ ...left, isShort: false }));
}

/**
 * The fewest units that a message can have: exactly, where its text says the same to everybody.
 * What a tag shows or leaves out nobody knows before it is written.
 */
function leastUnits({ channel }: Distribution, { text }: Content): number {
  if (channel !== "sms" || text.includes("{%")) return 1;
  return Math.max(1, smsLength(text.replaceAll(/\{\{.*?\}\}/gs, "")).segments);
}

interface Telling {
  readonly purse: Purse;
  /** What was left of it before. */
  readonly before: number;
  readonly month: MonthBudget | null;
  readonly now: Instant;
}

function tell(db: Database, distribution: Distribution, telling: Telling): void {
  const { purse, before, month, now } = telling;
  if (purse.isShort) sayOnce(db, distribution, purse, now);
  if (purse.what === "campaign" || month === null) return;
  const spent = { before: purse.limit - before, after: purse.limit - purse.left };
  const reached = percentsReached(spent.before, spent.after, purse.limit);
  // What does not fit into the little that is left ends the month as well.
  const all: readonly ToldPercent[] = purse.isShort ? [80, 100] : reached;
  const percent = all.at(-1);
  if (percent === undefined) return;
  const reachedIn = monthOf(now, month.zone);
  tellMonth(db, distribution, { what: purse.what, percent, month: reachedIn, now });
}

/** The campaign says that its budget, or the month's, left people out: once for each. */
function sayOnce(
  db: Database,
  { workspace, campaign }: Distribution,
  { what }: Purse,
  now: Instant,
): void {
  const known = db.get(
    `select 1 from activity where workspace = ? and campaign = ? and event = 'engine.budget_reached'
      and json_extract(detail, '$.what') = ? limit 1`,
    workspace,
    campaign,
    what,
  );
  if (known !== undefined) return;
  const line = { campaignId: campaign, event: "engine.budget_reached", at: now };
  tellActivity(db, workspace, { ...line, detail: { what } });
}

interface MonthTelling {
  readonly what: MonthLimit;
  readonly percent: ToldPercent;
  readonly month: Month;
  readonly now: Instant;
}

/** Once a month for each limit, until the budget is changed. */
function tellMonth(
  db: Database,
  { workspace, ws, campaign }: Distribution,
  { what, percent, month, now }: MonthTelling,
): void {
  const isNew = db.run(
    `insert into budget_told (ws, month, what, percent, at)
     select ?1, ?2, ?3, ?4, ?5 where not exists (select 1 from budget_told
       where ws = ?1 and month = ?2 and what = ?3 and percent >= ?4)`,
    ws,
    month,
    what,
    percent,
    now,
  );
  if (isNew === 0) return;
  const cause = percent === 100 ? "month_spent" : "month_nearly_spent";
  noteNotice(db, workspace, { campaign, cause, now });
  const detail = { what, percent, month: nameOfMonth(month) };
  tellActivity(db, workspace, { campaignId: null, event: `engine.${cause}`, at: now, detail });
}
