/**
 * One answer to "where I stand": the rows since then, or "start these feeds again". The same for
 * the first sync, for catching up, for the live stream and after a restore.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import { maxPageBytes, maxPageRows, type PullReply } from "#protocol/down.ts";
import type { Cursor } from "#protocol/up.ts";
import type { Store } from "../store/store.ts";
import type { Head } from "../store/sync-store.ts";
import { createRollupWatch, type RollupWatch } from "./rollup-watch.ts";

export interface Where {
  readonly workspace: Id;
  /** Who asks: the feed `user` is theirs. */
  readonly user: Id;
  /** The epoch that the cursors belong to; null: they belong to none. */
  readonly epoch: string | null;
  readonly ch: string;
  readonly feeds: Readonly<Partial<Record<Feed, Cursor>>>;
  /** Who asks has revealed everything up to these cursors, and is told only what changed since. */
  readonly onlyChanges?: boolean;
  /** Of each feed; left out: as much as a page may have. */
  readonly maxBytes?: number;
}

export interface Puller {
  pull(where: Where): Promise<PullReply>;
  epoch(): Promise<string>;
}

export interface PullDeps {
  readonly store: Pick<Store, "sync">;
  readonly clock: () => Instant;
  /** Smaller pages, for simulations whose whole world would fit in one. */
  readonly maxRows?: number;
}

export function createPuller(deps: PullDeps): Puller {
  // A restore stops the server, so within one process the epoch never changes.
  let known: Promise<string> | null = null;
  const epoch = (): Promise<string> => {
    known ??= deps.store.sync.epoch({}).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  const watch = createRollupWatch();
  return { epoch, pull: async (where) => answer({ ...deps, watch }, await epoch(), where) };
}

type AnswerDeps = PullDeps & { readonly watch: RollupWatch };

async function answer(deps: AnswerDeps, epoch: string, where: Where): Promise<PullReply> {
  const { workspace, user, ch } = where;
  const wanted = feeds.filter((feed) => where.feeds[feed] !== undefined);
  const from = Object.fromEntries(wanted.map((feed) => [feed, where.feeds[feed]?.from ?? 0]));
  const limits = { maxRows: deps.maxRows ?? maxPageRows, maxBytes: where.maxBytes ?? maxPageBytes };
  // Rows first, heads after: a floor that rose in between is then still seen.
  const pages = await deps.store.sync.pages({ workspace, user, from, ...limits });
  const heads = await deps.store.sync.heads({ workspace, user, feeds: wanted });
  const stale = wanted.filter(
    (feed) => epoch !== where.epoch || isStale(where.feeds[feed], heads[feed]),
  );
  const time = deps.clock();
  if (stale.length === 0) {
    return { t: "page", epoch, ch, feeds: deps.watch.trimmed(pages, where), time };
  }
  const again = stale.map((feed) => [feed, { h0: heads[feed]?.head ?? 0 }]);
  return { t: "reset", epoch, feeds: Object.fromEntries(again), time };
}

/**
 * Whether rows may be missing for good. While a feed is filled from 0, only tombstones purged
 * since the filling began matter (`h0`); without that, a long first sync would never end. A
 * cursor beyond the head belongs to another history.
 */
export function isStale(cursor: Cursor | undefined, head: Head | undefined): boolean {
  if (cursor === undefined || head === undefined) return false;
  const { from, h0 } = cursor;
  if (from > head.head) return true;
  return h0 === undefined ? from > 0 && from < head.floor : head.floor > h0;
}
