/**
 * What a campaign came to by its parts, line by line: by carrier, by country, by reason, by link.
 * The lines of one breakdown and one count add up to what the report says of it as a whole.
 */
import type { Channel } from "../campaign/channel.ts";
import { reasonText } from "../message/reason-text.ts";
import type { CarrierCounts, Rollup } from "./rollup.ts";
import { carriersOf, countriesOf, segmentsByStatus } from "./usage.ts";

export const breakdowns = ["carrier", "country", "reason", "link"] as const;

export interface BreakdownLine {
  readonly by: (typeof breakdowns)[number];
  /** Two letters; "" where nobody knows, and where countries say nothing. */
  readonly country: string;
  /** The carrier, the reason or the link, in words; "" of a country. */
  readonly name: string;
  /** `messages confirmed`, `segments unconfirmed`, `recipients who clicked`, … */
  readonly counted: string;
  readonly n: number;
}

type Source = Pick<Rollup, "carriers" | "states" | "segments" | "reasons" | "links">;

/** What is none is left out. */
export function breakdownLines(type: Channel, source: Source): readonly BreakdownLine[] {
  const carriers = carriersOf(type, source);
  return [
    ...carriers.flatMap((row) => partLines("carrier", row, type)),
    ...countriesOf(carriers).flatMap((row) => partLines("country", row, type)),
    ...reasonLines(source),
    ...linkLines(source),
  ].filter(({ n }) => n > 0);
}

/** The statuses that add up to all. */
const statuses = [
  "queued",
  "failed",
  "ignored",
  "unreachable",
  "undelivered",
  "unconfirmed",
  "confirmed",
] as const;

function partLines(
  by: "carrier" | "country",
  row: CarrierCounts,
  type: Channel,
): readonly BreakdownLine[] {
  const { messages, segments } = segmentsByStatus(row.counts);
  const name = by === "country" ? "" : (row.carrier ?? "");
  const part = { by, country: row.country ?? "", name: row.isRest === true ? "others" : name };
  const units = type === "sms" ? ({ messages, segments } as const) : { messages };
  return Object.entries(units).flatMap(([unit, counters]) =>
    statuses.map((status) => ({ ...part, counted: `${unit} ${status}`, n: counters[status] })),
  );
}

function reasonLines({ reasons }: Source): readonly BreakdownLine[] {
  return reasons
    .filter(({ reason }) => reason !== "none")
    .map(({ state, reason, n }) => {
      return {
        by: "reason",
        country: "",
        name: reasonText(reason),
        counted: `messages ${state}`,
        n,
      };
    });
}

function linkLines({ links }: Source): readonly BreakdownLine[] {
  return (links?.links ?? []).flatMap(({ name, person, scanner }) => {
    const part = { by: "link", country: "", name } as const;
    return [
      { ...part, counted: "recipients who clicked", n: person.recipients },
      { ...part, counted: "clicks of people", n: person.clicks },
      { ...part, counted: "clicks of scanners", n: scanner.clicks },
    ];
  });
}
