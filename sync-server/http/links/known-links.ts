/** The links of campaigns whose links are followed now: who follows one does not wait for the database. */
import type { Link } from "#domain/engagement/link.ts";
import type { LinksOf } from "../../store/link-store.ts";
import type { Store } from "../../store/store.ts";

export interface KnownLinks {
  /** null: there is no such link. */
  find(distribution: number, link: number): Promise<Found | null>;
  /** null: there is no such campaign, or its pages do not tell of opens. */
  findOpens(distribution: number): Promise<LinksOf | null>;
}

export interface Found {
  readonly of: LinksOf;
  readonly link: Link;
}

interface Entry {
  readonly of: LinksOf | null;
  readonly at: number;
}

/** Campaigns that are remembered, also those that there are not. */
const mostKnown = 500;
/** An edit may add links to a campaign; a number that it has not is not looked for more often. */
const staleMs = 1_000;

export function createKnownLinks(store: Pick<Store, "links">, clock: () => number): KnownLinks {
  const known = new Map<number, Entry>();
  const read = async (distribution: number): Promise<LinksOf | null> => {
    const of = await store.links.linksOf({ distribution });
    known.delete(distribution);
    known.set(distribution, { of, at: clock() });
    const [oldest] = known.keys();
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    return of;
  };
  return {
    find: async (distribution, number) => {
      const entry = known.get(distribution);
      const found = pick(entry?.of ?? null, number);
      if (found !== null) return found;
      if (entry !== undefined && clock() - entry.at < staleMs) return null;
      return pick(await read(distribution), number);
    },
    findOpens: async (distribution) => {
      const entry = known.get(distribution);
      // That it tells of them is settled when it goes out; that it does not may be of before.
      const isKnown = entry !== undefined && (entry.of !== null || clock() - entry.at < staleMs);
      const of = isKnown ? entry.of : await read(distribution);
      return of?.tracksOpens === true ? of : null;
    },
  };
}

function pick(of: LinksOf | null, number: number): Found | null {
  const link = of?.links.find(({ n }) => n === number);
  return of === null || link === undefined ? null : { of, link };
}
