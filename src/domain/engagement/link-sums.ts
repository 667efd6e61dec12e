/**
 * What came of the links of a campaign that repeats: the reports of its runs as one. A link is the
 * same in all of them where its address is, and which of several with that address it is. A
 * recipient counts once in each run, as in every other counter: who follows a link in two runs is
 * two of the recipients, as they are two of those who were written to. What a run does not name, a
 * country with few recipients, the sum does not name for it.
 */
import {
  byRecipients,
  type ClickCount,
  type LinkLine,
  type LinkReport,
  type Share,
  type Shares,
} from "./link-report.ts";

/** For each run the numbers that its links have in the sum; the oldest run comes first. */
export function numbersInSum(
  runs: readonly (readonly Pick<LinkLine, "n" | "url">[])[],
): readonly ReadonlyMap<number, number>[] {
  const numbers = new Map<string, number>();
  return runs.map((links) => {
    const places = new Map<string, number>();
    return new Map(
      links.map(({ n, url }) => {
        const place = (places.get(url) ?? 0) + 1;
        places.set(url, place);
        const key = `${place} ${url}`;
        const number = numbers.get(key) ?? numbers.size + 1;
        numbers.set(key, number);
        return [n, number];
      }),
    );
  });
}

/** A link is called as in the newest run that has it. */
export function sumLinkReports(reports: readonly LinkReport[]): LinkReport {
  const numbers = numbersInSum(reports.map(({ links }) => links));
  const lines = reports.flatMap(({ links }, run) =>
    links.map((line) => ({ ...line, n: numbers[run]?.get(line.n) ?? line.n })),
  );
  return {
    person: sumClicks(reports.map(({ person }) => person)),
    scanner: sumClicks(reports.map(({ scanner }) => scanner)),
    ...sumShares(reports),
    links: [...Map.groupBy(lines, ({ n }) => n).values()].map((same) => same.reduce(sumLines)),
  };
}

export function sumShares(all: readonly Shares[]): Shares {
  const sum = (what: keyof Shares): readonly Share[] => {
    const parts = Map.groupBy(
      all.flatMap((shares) => shares[what]),
      ({ name }) => name,
    );
    return [...parts].map(([name, same]) => ({ name, ...sumClicks(same) })).toSorted(byRecipients);
  };
  const countries = sum("countries").toSorted((a, b) => isRest(a) - isRest(b));
  return { devices: sum("devices"), systems: sum("systems"), countries };
}

/** Countries that are not named stand together, behind the others. */
function isRest({ name }: Share): number {
  return name === "" ? 1 : 0;
}

function sumLines(sum: LinkLine, line: LinkLine): LinkLine {
  const times = [sum.firstAt, sum.lastAt, line.firstAt, line.lastAt].filter((at) => at !== null);
  return {
    ...line,
    person: sumClicks([sum.person, line.person]),
    scanner: sumClicks([sum.scanner, line.scanner]),
    firstAt: times.length === 0 ? null : Math.min(...times),
    lastAt: times.length === 0 ? null : Math.max(...times),
  };
}

function sumClicks(counts: readonly ClickCount[]): ClickCount {
  return counts.reduce(
    (sum, { clicks, recipients }) => ({
      clicks: sum.clicks + clicks,
      recipients: sum.recipients + recipients,
    }),
    { clicks: 0, recipients: 0 },
  );
}
