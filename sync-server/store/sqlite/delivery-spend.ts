/**
 * What messages cost, as they are taken or decided: gathered with the changes of their rows and
 * written once, in the same transaction. What counts is said in domain/limits/budget.ts.
 */
import {
  createTariff,
  hasRates,
  type Micros,
  type Price,
  type Tariff,
} from "#domain/campaign/price.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import type { Instant } from "#domain/core/time.ts";
import { monthAround, type Month } from "#domain/schedule/month.ts";
import type { Way } from "../distribution.ts";
import type { Database } from "./database.ts";
import { zoneOfMonths } from "./budget-settings.ts";
import type { Place } from "./delivery-place.ts";

export interface Till {
  /** The month of a moment, in the workspace's zone. */
  monthOf(at: Instant): Month;
  /** So many units for each of these neighbours are charged for; below 0: not any more. */
  bill(way: Way, sent: Neighbours): void;
  /** The same, of what counts against a month. */
  spend(way: Way, month: Month, sent: Neighbours): void;
  write(): void;
}

export interface Neighbours {
  readonly first: number;
  readonly times: number;
  /** Of each of them. */
  readonly units: number;
}

interface Sum {
  messages: number;
  units: number;
  micros: Micros;
}

export function createTill(db: Database, place: Place): Till {
  const months: Record<Way, Map<Month, Sum>> = { own: new Map(), fallback: new Map() };
  const billed: Sum = { messages: 0, units: 0, micros: 0 };
  const ofMonth = createMonths(db, place);
  const priced = new Map<Way, Priced>();
  const pricedBy = (way: Way): Priced => {
    const known = priced.get(way) ?? readPriced(db, place, way);
    priced.set(way, known);
    return known;
  };
  const add = (to: Sum, way: Way, { first, times, units }: Neighbours): void => {
    if (units === 0) return;
    to.messages += Math.sign(units) * times;
    to.units += units * times;
    to.micros += units * microsOf(db, place, pricedBy(way), { first, times });
  };
  return {
    monthOf: ofMonth,
    bill: (way, sent) => add(billed, way, sent),
    spend: (way, month, sent) => {
      const known = months[way].get(month) ?? { messages: 0, units: 0, micros: 0 };
      months[way].set(month, known);
      add(known, way, sent);
    },
    write: () => {
      if (priced.size === 0) return;
      writeBilled(db, place, billed);
      for (const way of ["own", "fallback"] as const) {
        for (const [month, sum] of months[way])
          writeMonth(db, place, pricedBy(way), { way, month, ...sum });
      }
    },
  };
}

interface Priced {
  readonly currency: string;
  readonly channel: string;
  readonly isSimulated: boolean;
  readonly tariff: Tariff;
  /** What every address costs; null: it depends on it. */
  readonly flat: Micros | null;
}

/** The price of the launch, of the account that this way goes through. */
export function priceOfWay(
  db: Database,
  { seq, way }: Place & { readonly way: Way },
): Price | null {
  const row =
    way === "own"
      ? db.get("select price from distribution where seq = ?", seq)
      : db.get("select price from fallback where distribution = ?", seq);
  return toPrice(row?.["price"]);
}

function readPriced(db: Database, { seq }: Place, way: Way): Priced {
  const row =
    way === "own"
      ? db.get("select price, channel, simulated from distribution where seq = ?", seq)
      : db.get(
          "select price, ? as channel, simulated from fallback where distribution = ?",
          fallbackChannel,
          seq,
        );
  const price = toPrice(row?.["price"]);
  const tariff = createTariff(price);
  return {
    currency: price?.currency ?? "",
    channel: String(row?.["channel"]),
    isSimulated: row?.["simulated"] === 1,
    tariff,
    flat: hasRates(price) ? null : tariff(""),
  };
}

/** The price of a distribution's launch, as its row has it. */
export function toPrice(stored: unknown): Price | null {
  return typeof stored === "string" ? JSON.parse(stored) : null;
}

/** What one unit to each of these neighbours costs, together. */
function microsOf(
  db: Database,
  { ws, seq }: Place,
  { flat, tariff }: Priced,
  { first, times }: Pick<Neighbours, "first" | "times">,
): Micros {
  if (flat !== null) return flat * times;
  return db
    .all(
      "select address from message where ws = ? and distribution = ? and n between ? and ?",
      ws,
      seq,
      first,
      first + times - 1,
    )
    .reduce((sum, { address }) => sum + tariff(String(address)), 0);
}

function createMonths(db: Database, { ws }: Place): (at: Instant) => Month {
  let zone: string | null = null;
  return (at) => monthAround(at, (zone ??= zoneOfMonths(db, ws))).month;
}

function writeBilled(db: Database, { seq }: Place, { units, micros }: Sum): void {
  if (units === 0 && micros === 0) return;
  db.run(
    "update distribution set billed = billed + ?, billed_micros = billed_micros + ? where seq = ?",
    units,
    micros,
    seq,
  );
}

function writeMonth(
  db: Database,
  { ws, seq }: Place,
  { channel, currency, isSimulated }: Priced,
  { way, month, messages, units, micros }: Sum & { readonly way: Way; readonly month: Month },
): void {
  if (messages === 0 && units === 0 && micros === 0) return;
  if (way === "fallback") writeSecond(db, { ws, seq }, { month, messages, units, micros });
  db.run(
    `insert into spend (ws, distribution, month, messages, units, micros) values (?, ?, ?, ?, ?, ?)
     on conflict do update set messages = messages + excluded.messages,
       units = units + excluded.units, micros = micros + excluded.micros`,
    ws,
    seq,
    month,
    messages,
    units,
    micros,
  );
  // A sandbox costs nothing.
  if (isSimulated) return;
  db.run(
    `insert into month_spend (ws, month, channel, currency, units, micros) values (?, ?, ?, ?, ?, ?)
     on conflict do update set units = units + excluded.units, micros = micros + excluded.micros`,
    ws,
    month,
    channel,
    currency,
    units,
    micros,
  );
}

/** The part of a month's spending that went by the second way. */
function writeSecond(
  db: Database,
  { ws, seq }: Place,
  { month, messages, units, micros }: Sum & { readonly month: Month },
): void {
  db.run(
    `insert into fallback_spend (ws, distribution, month, messages, units, micros) values (?, ?, ?, ?, ?, ?)
     on conflict do update set messages = messages + excluded.messages, units = units + excluded.units, micros = micros + excluded.micros`,
    ws,
    seq,
    month,
    messages,
    units,
    micros,
  );
}
