/** Reading the links of a distribution, and the sums of their clicks. */
import type { Content } from "#domain/campaign/campaign.ts";
import type { ClickSum } from "#domain/engagement/link-report.ts";
import { visitors } from "#domain/engagement/click.ts";
import { isFixed, replaceLinks, type Link } from "#domain/engagement/link.ts";
import type { Database, Row } from "./database.ts";

/** The links of a distribution, in their order. */
export function readLinks(db: Database, distribution: number): readonly Link[] {
  return db
    .all("select n, url, place, name from link where distribution = ? order by n", distribution)
    .map((row) => ({
      n: Number(row["n"]),
      url: String(row["url"]),
      place: Number(row["place"]),
      name: String(row["name"]),
    }));
}

/** A text as long as it goes out: with short links in the place of those that are the same for all. */
export function asSent(
  db: Database,
  distribution: number,
  { content, linkLength }: { readonly content: Content; readonly linkLength: number },
): Content {
  if (linkLength === 0) return content;
  const links = readLinks(db, distribution).filter(isFixed);
  return replaceLinks(content, { links, ownUrl: "" }, () => "x".repeat(linkLength));
}

export function readSums(db: Database, distribution: number): readonly ClickSum[] {
  return db
    .all(
      `select link, visitor, what, name, clicks, recipients, first_at, last_at
         from click_sum where distribution = ?`,
      distribution,
    )
    .map(toSum);
}

/** Of a row with the columns of `click_sum`. */
export function toSum(row: Row): ClickSum {
  return {
    link: Number(row["link"]),
    visitor: oneOf(visitors, row["visitor"]),
    what: oneOf(whats, row["what"]),
    name: String(row["name"]),
    clicks: Number(row["clicks"]),
    recipients: Number(row["recipients"]),
    firstAt: Number(row["first_at"]),
    lastAt: Number(row["last_at"]),
  };
}

const whats = ["all", "device", "os", "country"] as const satisfies readonly ClickSum["what"][];

export function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new Error(`${String(value)} is none of ${known.join(", ")}`);
  return found;
}
