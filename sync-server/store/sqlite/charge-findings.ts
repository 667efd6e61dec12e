/** Whether what a campaign cost, and what its months count, is what its messages give. */
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { createTariff, hasRates, type Price } from "#domain/campaign/price.ts";
import { isCharged } from "#domain/message/charge.ts";
import { stateOf } from "#domain/message/state.ts";
import type { Finding } from "../admin-store.ts";
import type { Database, Row } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { priceOfWay, toPrice } from "./delivery-spend.ts";

interface Sums {
  /** What is charged for, and what counts against each month. */
  readonly billed: Sum;
  readonly months: Map<number, Sum>;
}

interface Sum {
  messages: number;
  units: number;
  micros: number;
}

export function chargeFindings(db: Database, place: Place): readonly Finding[] {
  const row = db.get(
    "select billed, billed_micros, price, erased from distribution where seq = ?",
    place.seq,
  );
  const price = toPrice(row?.["price"]);
  const second = priceOfWay(db, { ...place, way: "fallback" });
  const { billed, months } = recounted(db, place, price, second);
  // What the messages of erased people cost by their numbers' rates, nobody can count again.
  if ((hasRates(price) || hasRates(second)) && Number(row?.["erased"]) > 0)
    return uncounted(db, place);
  return [
    ...unlike("billed", "charged for", billed, {
      messages: billed.messages,
      units: Number(row?.["billed"]),
      micros: Number(row?.["billed_micros"]),
    }),
    ...monthFindings(db, place, months),
    ...uncounted(db, place),
  ];
}

function recounted(db: Database, place: Place, price: Price | null, second: Price | null): Sums {
  const tariffs = [createTariff(price), createTariff(second)] as const;
  const sums: Sums = { billed: { ...nothing }, months: new Map() };
  for (const row of rowsOf(db, place, hasRates(price) || hasRates(second))) {
    const [messages, units] = [Number(row["messages"]), Number(row["units"])];
    const tariff = tariffs[row["second"] === 1 ? 1 : 0];
    const micros = units * tariff(typeof row["address"] === "string" ? row["address"] : "");
    const [state, marks] = [stateOf(Number(row["state"])), Number(row["marks"])];
    if (row["earlier"] === 1 || isCharged({ state, marks }))
      add(sums.billed, { messages, units, micros });
    if (typeof row["month"] !== "number") continue;
    const month = sums.months.get(row["month"]) ?? { ...nothing };
    sums.months.set(row["month"], month);
    add(month, { messages, units, micros });
  }
  return sums;
}

/** Every message as it stands, and what was charged for its earlier generations. */
function rowsOf(db: Database, { ws, seq }: Place, isByAddress: boolean): Iterable<Row> {
  const addressOf = (gen: "m.gen" | "c.gen") => (isByAddress ? addressOfSend(gen) : "''");
  return db.all(
    `select ${addressOf("m.gen")} as address, m.state_now as state, m.marks, m.month, count(*) as messages, sum(m.segments) as units, 0 as earlier,
         ${isBySecond("m.gen")} as second
       from standing m where m.ws = ?1 and m.distribution = ?2
        and (m.state_now not in (0, 6, 7, 8) or m.marks <> 0)
      group by 1, 2, 3, 4, 8
     union all
     select ${addressOf("c.gen")}, 3, 0, c.month, 1, c.units, 1, ${isBySecond("c.gen")} from charge c left join message m
        on m.ws = c.ws and m.distribution = c.distribution and m.n = c.n
      where c.ws = ?1 and c.distribution = ?2`,
    ws,
    seq,
  );
}

/** Whether a generation of a message \`m\` went by the second way. */
function isBySecond(gen: "m.gen" | "c.gen"): string {
  return `exists (select 1 from fallen f where f.ws = m.ws and f.distribution = m.distribution
    and f.n = m.n and f.gen <= ${gen})`;
}

/** Where a generation of a message `m` went: what goes by another way than the message stands in has its own. */
function addressOfSend(gen: "m.gen" | "c.gen"): string {
  return `coalesce((select f.address from fallen f where f.ws = m.ws
    and f.distribution = m.distribution and f.n = m.n and (f.gen <= ${gen}) = f.returned), m.address)`;
}

const nothing: Readonly<Sum> = { messages: 0, units: 0, micros: 0 };

function add(sum: Sum, { messages, units, micros }: Readonly<Sum>): void {
  sum.messages += messages;
  sum.units += units;
  sum.micros += micros;
}

function monthFindings(
  db: Database,
  { ws, seq }: Place,
  months: Sums["months"],
): readonly Finding[] {
  const counted = new Map(
    db
      .all(
        "select month, messages, units, micros from spend where ws = ? and distribution = ?",
        ws,
        seq,
      )
      .map((row) => [
        Number(row["month"]),
        {
          messages: Number(row["messages"]),
          units: Number(row["units"]),
          micros: Number(row["micros"]),
        },
      ]),
  );
  return [...new Set([...counted.keys(), ...months.keys()])].flatMap((month) =>
    unlike(
      "spent",
      `counted for month ${month}`,
      months.get(month) ?? nothing,
      counted.get(month) ?? nothing,
    ),
  );
}

/** What counts against a month is charged for, or under way. */
function uncounted(db: Database, { ws, seq }: Place): readonly Finding[] {
  const wrong = db
    .all(
      `select n, state_now as state, marks from standing
        where ws = ? and distribution = ? and month is not null and state_now not in (1, 2)`,
      ws,
      seq,
    )
    .filter(
      (row) => !isCharged({ state: stateOf(Number(row["state"])), marks: Number(row["marks"]) }),
    );
  const [first] = wrong;
  if (first === undefined) return [];
  const detail = `${wrong.length} messages count although nobody charges for them, first ${Number(first["n"])}`;
  return [{ check: "spent", detail }];
}

function unlike(check: string, what: string, rows: Sum, counted: Sum): readonly Finding[] {
  const findings: Finding[] = [];
  if (rows.messages !== counted.messages) {
    const detail = `${counted.messages} messages are ${what}, but the rows give ${rows.messages}`;
    findings.push({ check, detail });
  }
  if (rows.units !== counted.units) {
    const detail = `${counted.units} are ${what}, but the rows give ${rows.units}`;
    findings.push({ check, detail });
  }
  if (rows.micros !== counted.micros) {
    const detail = `${counted.micros} millionths are ${what}, but the rows give ${rows.micros}`;
    findings.push({ check, detail });
  }
  return findings;
}

/** Whether the months of workspaces are the sums of their campaigns'. */
export function monthSpendFindings(db: Database): readonly Finding[] {
  const wrong = db.all(
    `with summed as (
       select ws, month, channel, currency, sum(units) as units, sum(micros) as micros from (
         select s.ws, s.month, d.channel, coalesce(json_extract(d.price, '$.currency'), '') as currency,
             s.units - coalesce(f.units, 0) as units, s.micros - coalesce(f.micros, 0) as micros
           from spend s join distribution d on d.seq = s.distribution
           left join fallback_spend f on f.ws = s.ws and f.distribution = s.distribution and f.month = s.month
          where d.simulated = 0
         union all
         select s.ws, s.month, '${fallbackChannel}', coalesce(json_extract(f.price, '$.currency'), ''), s.units, s.micros
           from fallback_spend s join fallback f on f.distribution = s.distribution
          where f.simulated = 0)
       group by 1, 2, 3, 4)
     select ws, month, channel, currency, sum(units) as units, sum(micros) as micros from (
       select * from summed
       union all select ws, month, channel, currency, -units, -micros from month_spend)
      group by 1, 2, 3, 4 having sum(units) <> 0 or sum(micros) <> 0`,
  );
  return wrong.map(({ ws, month, channel, currency, units, micros }) => ({
    check: "spent",
    detail: `workspace ${Number(ws)}, month ${Number(month)}, ${String(channel)} ${String(currency)}: campaigns have ${Number(units)} units and ${Number(micros)} millionths more`,
  }));
}
