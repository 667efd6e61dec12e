/** What the API answers of tracked links and their clicks. */
import { devices, scannerSigns, visitors } from "#domain/engagement/click.ts";
import * as v from "valibot";
import { count, id } from "../value.ts";
import { limitUpTo, nextPage, numberCursor } from "./page.ts";
import { clicks } from "./report.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

const share = v.object({
  /** "" stands for what is not known or not named. */
  name: v.string(),
  total: count,
  unique: count,
});

const shares = {
  /** Of people: a recipient counts where they clicked first. */
  devices: v.array(share),
  systems: v.array(share),
  /** By two letters; where fewer than five recipients clicked, they stand together as "". */
  countries: v.array(share),
};

const both = { people: clicks, scanners: clicks };

export const linksAnswer = v.object({
  ...both,
  ...shares,
  links: v.array(
    v.object({
      n: count,
      /** The variable that it comes from, the words that people press, or its number. */
      name: v.string(),
      url: v.string(),
      ...both,
      firstAt: v.nullable(time),
      lastAt: v.nullable(time),
      ...shares,
    }),
  ),
  /** By what a click is told to be a scanner's. */
  rule: v.array(v.object({ sign: v.picklist(scannerSigns), text: v.string() })),
});

export type LinksAnswer = v.InferOutput<typeof linksAnswer>;

export const clickFilter = v.strictObject({
  /** The number of one link. */
  link: v.exactOptional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/, "must be a link's number"))),
  visitor: v.exactOptional(v.picklist(visitors, `must be one of ${visitors.join(", ")}`)),
});

export const clickQuery = v.strictObject({
  ...clickFilter.entries,
  limit: v.optional(limitUpTo(1_000), "100"),
  cursor: v.exactOptional(numberCursor),
});

export const clickPage = v.object({
  items: v.array(
    v.object({
      /** Whose message it is: the run's, where the campaign repeats. */
      campaign: id,
      /** The message's number in it. */
      n: count,
      /** The recipient's number or address; masked for whoever may not see it. */
      number: v.string(),
      recipient: v.string(),
      /** The country, by two letters; "" where nothing tells. */
      location: v.string(),
      timestamp: time,
      link: count,
      /** The name of the variable that represents the link. */
      variable: v.string(),
      visitor: v.picklist(visitors),
      sign: v.nullable(v.picklist(scannerSigns)),
      device: v.picklist(devices),
      system: v.string(),
    }),
  ),
  next: nextPage,
});

export type ClickPage = v.InferOutput<typeof clickPage>;
export type ClickItem = ClickPage["items"][number];
