/** Reading the clicks of a campaign, or of all runs of one that repeats, in the order in which they came. */
import { devices, scannerSigns, visitors } from "#domain/engagement/click.ts";
import type { Link } from "#domain/engagement/link.ts";
import { numbersInSum } from "#domain/engagement/link-sums.ts";
import type { ClickFilter, ClickRow, LinkStore } from "../link-store.ts";
import type { Database, Row, Value } from "./database.ts";
import { campaignOf } from "./delivery-rows.ts";
import { oneOf, readLinks } from "./link-rows.ts";
import type { Operations } from "./operation.ts";
import { placesOf, type Frozen } from "./report-places.ts";

/** One distribution with tracked links. */
export interface Linked extends Frozen {
  readonly links: readonly Link[];
}

/** The oldest first; none: there is no such campaign, or it has no tracked links. */
export function linkedOf(db: Database, workspace: string, campaignId: string): readonly Linked[] {
  const campaign = campaignOf(db, workspace, campaignId);
  if (campaign === null) return [];
  return placesOf(db, workspace, campaign)
    .map((place) => ({ ...place, links: readLinks(db, place.seq) }))
    .filter(({ links }) => links.length > 0);
}

export const clickRows: Operations<LinkStore>["clickRows"] = (
  db,
  { workspace, campaignId, filter, after, limit },
) => {
  const places = linkedOf(db, workspace, campaignId);
  const numbers = numbersInSum(places.map(({ links }) => links));
  const parts = places.map((place, at): Part => ({ place, numbers: numbers[at] ?? new Map() }));
  // Each has its own index: of none is more read than one page.
  const found = parts.flatMap((part) =>
    seqsOf(db, part, { filter, after, limit }).map((seq) => ({ seq, part })),
  );
  const page = found.toSorted((a, b) => a.seq - b.seq).slice(0, limit);
  return page.map(({ seq, part }) => rowOf(db, seq, part));
};

/** `numbers`: what its links have in the sum. */
interface Part {
  readonly place: Linked;
  readonly numbers: ReadonlyMap<number, number>;
}

interface Wanted {
  readonly filter: ClickFilter;
  readonly after: number;
  readonly limit: number;
}

function seqsOf(
  db: Database,
  { place, numbers }: Part,
  { filter: { link, visitor }, after, limit }: Wanted,
): readonly number[] {
  const own = [...numbers].find(([, number]) => number === link)?.[0];
  if (link !== null && own === undefined) return [];
  const values: readonly Value[] = [place.seq, after, own ?? null, visitor, limit];
  return db
    .all(
      `select seq from click where distribution = ?1 and seq > ?2 and visitor is not null
          and (?3 is null or link = ?3) and (?4 is null or visitor = ?4)
        order by seq limit ?5`,
      ...values,
    )
    .map((row) => Number(row["seq"]));
}

function rowOf(db: Database, seq: number, { place, numbers }: Part): ClickRow {
  const row = db.get(
    `select c.seq, c.message, c.link, c.at, c.device, c.os, c.country, c.sign, c.visitor,
        m.address, m.name, l.name as link_name
       from click c
       join link l on l.distribution = c.distribution and l.n = c.link
       join message m on m.ws = ?1 and m.distribution = c.distribution and m.n = c.message
      where c.seq = ?2`,
    place.ws,
    seq,
  );
  if (row === undefined) throw new Error(`the click ${seq} has no message`);
  const link = Number(row["link"]);
  return { ...toClickRow(row), campaign: place.campaign, link: numbers.get(link) ?? link };
}

function toClickRow(row: Row): Omit<ClickRow, "campaign"> {
  const sign = scannerSigns.find((each) => each === row["sign"]) ?? null;
  return {
    seq: Number(row["seq"]),
    n: Number(row["message"]),
    address: String(row["address"]),
    name: String(row["name"]),
    link: Number(row["link"]),
    linkName: String(row["link_name"]),
    at: Number(row["at"]),
    device: oneOf(devices, row["device"]),
    os: String(row["os"]),
    country: String(row["country"]),
    visitor: oneOf(visitors, row["visitor"]),
    sign,
  };
}
