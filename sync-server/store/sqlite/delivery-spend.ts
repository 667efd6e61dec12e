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
import type { Instant } from "#domain/core/time.ts";
import { monthAround, type Month } from "#domain/schedule/month.ts";
import type { Database } from "./database.ts";
import { zoneOfMonths } from "./budget-settings.ts";
import type { Place } from "./delivery-place.ts";

export interface Till {
  /** The month of a moment, in the workspace's zone. */
  monthOf(at: Instant): Month;
  /** So many units for each of these neighbours are charged for; below 0: not any more. */
  bill(first: number, times: number, units: number): void;
  /** The same, of what counts against a month. */
  spend(month: Month, first: number, times: number, units: number): void;
  write(): void;
}

interface Sum {
  messages: number;
  units: number;
  micros: Micros;
}

export function createTill(db: Database, place: Place): Till {
  const months = new Map<Month, Sum>();
  const billed: Sum = { messages: 0, units: 0, micros: 0 };
  const ofMonth = createMonths(db, place);
  let priced: Priced | null = null;
  const add = (to: Sum, { first, times, units }: Neighbours): void => {
    if (units === 0) return;
    priced ??= readPriced(db, place);
    to.messages += Math.sign(units) * times;
    to.units += units * times;
    to.micros += units * microsOf(db, place, priced, { first, times });
  };
  return {
    monthOf: ofMonth,
    bill: (first, times, units) => add(billed, { first, times, units }),
    spend: (month, first, times, units) => {
      const known = months.get(month) ?? { messages: 0, units: 0, micros: 0 };
      months.set(month, known);
      add(known, { first, times, units });
    },
    write: () => {
      if (priced === null) return;
      writeBilled(db, place, billed);
      for (const [month, sum] of months) writeMonth(db, place, priced, { month, ...sum });
    },
  };
}

interface Neighbours {
  readonly first: number;
  readonly times: number;
  /** Of each of them. */
  readonly units: number;
}

interface Priced {
  readonly currency: string;
  readonly channel: string;
  readonly isSimulated: boolean;
  readonly tariff: Tariff;
  /** What every address costs; null: it depends on it. */
  readonly flat: Micros | null;
}

function readPriced(db: Database, { seq }: Place): Priced {
  const row = db.get("select price, channel, simulated from distribution where seq = ?", seq);
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
  { month, messages, units, micros }: Sum & { readonly month: Month },
): void {
  if (messages === 0 && units === 0 && micros === 0) return;
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
