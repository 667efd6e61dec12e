/**
 * A long answer to a pull: one page after the other, each a line ([S57]). What came before a line
 * broke stays with the device, which asks for the rest.
 */
import { packed, type PullReply } from "#protocol/down.ts";
import type { Puller, Where } from "../live/pull.ts";

/** Of each feed in one page: a line of 16 KB a second, which loses packets, takes two seconds for it. */
export const lineBytes = 32 * 1024;
/** Then the device asks again, and is looked at again. */
const mostLines = 128;

export interface LongAnswer {
  readonly pull: Puller["pull"];
  readonly where: Where;
  /** The first page, of which more follow. */
  readonly first: PullReply;
  /** What is said with each page. */
  readonly lease: number;
  /** Whether the device may still be told. */
  readonly mayGoOn: () => Promise<boolean>;
}

/** Where a device stands after a page of which more follow; null: none do. */
export function standsAfter(where: Where, page: PullReply): Where | null {
  if (page.t !== "page" || !Object.values(page.feeds).some(({ more }) => more)) return null;
  const { epoch, feeds } = page;
  const at = Object.entries(feeds).map(([feed, { to }]) => [feed, { from: to }]);
  const before = Object.entries(where.feeds);
  // What a fresh staging began with stays.
  const feedsNow = before.map(([feed, cursor]) => [
    feed,
    { ...cursor, ...Object.fromEntries(at)[feed] },
  ]);
  return { ...where, epoch, feeds: Object.fromEntries(feedsNow) };
}

/** Each page as text; after all but the last a new line. */
export async function* linesOf(answer: LongAnswer): AsyncGenerator<string> {
  const { pull, where, first, lease, mayGoOn } = answer;
  let page = first;
  let next = standsAfter(where, first);
  for (let lines = 1; next !== null && lines < mostLines; lines++) {
    yield `${JSON.stringify({ ...packed(page), lease })}\n`;
    // A body that breaks off is asked for again, and then told why.
    if (!(await mayGoOn())) throw new Error("a device that hears no more");
    page = await pull(next);
    next = standsAfter(next, page);
  }
  yield JSON.stringify({ ...packed(page), lease });
}
