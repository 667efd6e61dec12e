/**
 * What came of the links of a campaign, as synced to every device with its counters: absolute
 * values, and no person in it. Each number is a sum that the server keeps; nothing is counted here.
 */
import type { Instant } from "../core/time.ts";
import type { Visitor } from "./click.ts";

/** Clicks, and the recipients that they are from. */
export interface ClickCount {
  readonly clicks: number;
  readonly recipients: number;
}

/** The clicks of people and of scanners, apart. */
export type ByVisitor = Readonly<Record<Visitor, ClickCount>>;

/** How many people clicked there, or with this. A recipient counts where they clicked first. */
export interface Share extends ClickCount {
  readonly name: string;
}

export interface LinkLine extends ByVisitor {
  readonly n: number;
  readonly name: string;
  /** With its merge fields. */
  readonly url: string;
  /** Of people; null: none clicked it yet. */
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

/** Where people clicked, and with what. */
export interface Shares {
  readonly devices: readonly Share[];
  readonly systems: readonly Share[];
  /** By two letters. Where fewer than `fewest` recipients clicked, they stand together as "". */
  readonly countries: readonly Share[];
}

export interface LinkReport extends ByVisitor, Shares {
  readonly links: readonly LinkLine[];
}

/** A country with fewer recipients is not named: whoever knows the campaign might know them. */
export const fewest = 5;

export const noClicks: ClickCount = { clicks: 0, recipients: 0 };

/** A sum as it is kept. */
export interface ClickSum extends ClickCount {
  /** 0: of all links together. */
  readonly link: number;
  readonly visitor: Visitor;
  readonly what: "all" | "device" | "os" | "country";
  /** "" for `all`. */
  readonly name: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

export function linkReport(
  links: readonly Pick<LinkLine, "n" | "name" | "url">[],
  sums: readonly ClickSum[],
): LinkReport {
  const lines = links.map(({ n, name, url }): LinkLine => {
    const person = sums.find((sum) => isAll(sum, n, "person"));
    const times = { firstAt: person?.firstAt ?? null, lastAt: person?.lastAt ?? null };
    return { n, name, url, ...byVisitor(sums, n), ...times };
  });
  return { ...byVisitor(sums, 0), ...sharesOf(sums, 0), links: lines };
}

/** Of one link, or of all (0). Only people: what a scanner runs on says nothing. */
export function sharesOf(sums: readonly ClickSum[], link: number): Shares {
  const of = (what: ClickSum["what"]): readonly Share[] =>
    sums
      .filter((sum) => sum.link === link && sum.visitor === "person" && sum.what === what)
      .map(({ name, clicks, recipients }) => ({ name, clicks, recipients }))
      .toSorted(byRecipients);
  return { devices: of("device"), systems: of("os"), countries: withFloor(of("country")) };
}

function withFloor(countries: readonly Share[]): readonly Share[] {
  const named = countries.filter(({ name, recipients }) => name !== "" && recipients >= fewest);
  const others = countries.filter((share) => !named.includes(share));
  if (others.length === 0) return named;
  const sum = (what: keyof ClickCount): number => others.reduce((all, one) => all + one[what], 0);
  return [...named, { name: "", clicks: sum("clicks"), recipients: sum("recipients") }];
}

function byVisitor(sums: readonly ClickSum[], link: number): ByVisitor {
  const of = (visitor: Visitor): ClickCount => {
    const sum = sums.find((each) => isAll(each, link, visitor));
    return sum === undefined ? noClicks : { clicks: sum.clicks, recipients: sum.recipients };
  };
  return { person: of("person"), scanner: of("scanner") };
}

function isAll(sum: ClickSum, link: number, visitor: Visitor): boolean {
  return sum.what === "all" && sum.link === link && sum.visitor === visitor;
}

/** The most first; equals by their names, so that everybody shows them in one order. */
export function byRecipients(a: Share, b: Share): number {
  return b.recipients - a.recipients || b.clicks - a.clicks || (a.name < b.name ? -1 : 1);
}
