/**
 * Counters that change several times a second, as the live stream tells them: who has what was
 * there before is told only what became different. Kept in memory; after a start, and of a campaign
 * that nobody has followed for long, the next page has the whole again.
 */
import type { Id } from "#domain/core/id.ts";
import { changedSince, watched, type RollupHistory } from "#domain/report/rollup-history.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { Feed } from "#domain/sync/document.ts";
import type { FeedPage, Rows } from "#protocol/down.ts";

type Pages = Readonly<Partial<Record<Feed, FeedPage>>>;
type Doc = Rows["doc"][number];

interface Reader {
  readonly workspace: Id;
  /** They have revealed everything up to where the pages begin. */
  readonly onlyChanges?: boolean;
}

export interface RollupWatch {
  /** The pages as whoever asked shall get them. */
  trimmed(pages: Pages, reader: Reader): Pages;
}

/** So many campaigns: of each, its counters once more as text. */
const mostWatched = 500;

export function createRollupWatch(): RollupWatch {
  const histories = new Map<string, RollupHistory>();
  const note = (place: string, history: RollupHistory): RollupHistory => {
    // The last ones that were followed are at the end.
    histories.delete(place);
    histories.set(place, history);
    const [oldest] = histories.keys();
    if (histories.size > mostWatched && oldest !== undefined) histories.delete(oldest);
    return history;
  };
  return {
    trimmed: (pages, { workspace, onlyChanges = false }) => {
      const { roll } = pages;
      if (roll === undefined) return pages;
      const { ver, id } = roll.rows;
      const doc = roll.rows.doc.map((each, i): Doc => {
        const place = placeOf(workspace, id[i] ?? "");
        // Who hears of the removal has nothing of it any more.
        if (each === null) {
          histories.delete(place);
          return null;
        }
        const rollup = asRollup(each);
        const history = note(place, watched(histories.get(place) ?? null, rollup, ver[i] ?? 0));
        return onlyChanges ? { ...changedSince(history, rollup, roll.from) } : each;
      });
      return { ...pages, roll: { ...roll, rows: { ...roll.rows, doc } } };
    },
  };
}

function asRollup(doc: Exclude<Doc, null>): Rollup {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the feed of counters holds rollups alone, written by `publish`
  return doc as unknown as Rollup;
}

function placeOf(workspace: Id, campaign: Id): string {
  return `${workspace}:${campaign}`;
}
