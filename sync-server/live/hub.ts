/**
 * Everyone who listens, and when they hear: woken by feeds that move and by a poll that covers
 * lost wake-ups. Listeners who stand at the same place share one read and one encoded buffer.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds } from "#domain/sync/document.ts";
import { maxPageBytes, maxPageRows, type FeedPage } from "#protocol/down.ts";
import type { Store } from "../store/store.ts";
import { afterSent, afterWaiting, isReady, woken, type Cursors, type Pace } from "./pace.ts";

/** One connection as the hub sees it. */
export interface Listener {
  readonly workspace: Id;
  /** null until the device has said where it stands. */
  pace: Pace | null;
  bufferedBytes(): number;
  /** Sends one message in two pieces; the second is shared and must not be changed. */
  send(head: string, shared: Buffer): void;
}

export interface Hub {
  join(listener: Listener): void;
  leave(listener: Listener): void;
  /** Something about a listener changed: look whether somebody is due. */
  nudge(): void;
  close(): void;
}

export interface HubDeps {
  readonly store: Pick<Store, "sync" | "onMove">;
  readonly epoch: () => Promise<string>;
  readonly clock: () => Instant;
  /** A page could not be read; the listeners stay dirty and are tried again. */
  readonly onError: (error: unknown) => void;
}

const tickMs = 50;
const pollMs = 5_000;

interface State {
  readonly deps: HubDeps;
  readonly listeners: Set<Listener>;
  timer: NodeJS.Timeout | null;
  isTicking: boolean;
  isClosed: boolean;
}

export function createHub(deps: HubDeps): Hub {
  const state: State = {
    deps,
    listeners: new Set(),
    timer: null,
    isTicking: false,
    isClosed: false,
  };
  const undo = deps.store.onMove((moved) => {
    const workspaces = new Set(moved.map(({ workspace }) => workspace));
    wake(state, (listener) => workspaces.has(listener.workspace));
  });
  const poll = setInterval(() => wake(state, () => true), pollMs);
  poll.unref();
  return {
    join: (listener) => {
      state.listeners.add(listener);
    },
    leave: (listener) => {
      state.listeners.delete(listener);
    },
    nudge: () => schedule(state, 0),
    close: () => {
      state.isClosed = true;
      undo();
      clearInterval(poll);
      if (state.timer !== null) clearTimeout(state.timer);
      state.listeners.clear();
    },
  };
}

function wake(state: State, isMeant: (listener: Listener) => boolean): void {
  for (const listener of state.listeners) {
    if (listener.pace !== null && isMeant(listener)) listener.pace = woken(listener.pace);
  }
  schedule(state, 0);
}

function schedule(state: State, delayMs: number): void {
  if (state.isClosed || state.isTicking || (state.timer !== null && delayMs > 0)) return;
  if (state.timer !== null) clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.timer = null;
    void tick(state);
  }, delayMs);
}

async function tick(state: State): Promise<void> {
  state.isTicking = true;
  const groups = dueGroups(state);
  try {
    const epoch = await state.deps.epoch();
    await Promise.all([...groups.values()].map((group) => serve(state, group, epoch)));
  } catch (error) {
    state.deps.onError(error);
  }
  state.isTicking = false;
  const isWaiting = [...state.listeners].some(
    ({ pace }) => pace !== null && (pace.dirty || pace.inFlight.length > 0),
  );
  if (isWaiting) schedule(state, tickMs);
}

/** The listeners that are due, by where they stand. */
function dueGroups({ deps, listeners }: State): Map<string, Listener[]> {
  const now = deps.clock();
  const groups = new Map<string, Listener[]>();
  for (const listener of listeners) {
    if (listener.pace === null) continue;
    listener.pace = afterWaiting(listener.pace, now);
    if (!isReady(listener.pace, now, listener.bufferedBytes())) continue;
    const place = `${listener.workspace} ${placeOf(listener.pace.sent)}`;
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [listener]);
    else group.push(listener);
  }
  return groups;
}

async function serve(
  { deps, listeners }: State,
  group: readonly Listener[],
  epoch: string,
): Promise<void> {
  const [first] = group;
  if (first?.pace === undefined || first.pace === null) return;
  const { workspace } = first;
  const from = first.pace.sent;
  const limits = { maxRows: maxPageRows, maxBytes: maxPageBytes };
  const pages = await deps.store.sync.pages({ workspace, from, ...limits });
  const now = deps.clock();
  const page = sentPage(pages);
  const rest = JSON.stringify({ epoch, feeds: pages, time: now }).slice(1);
  const shared = page.empty ? Buffer.alloc(0) : Buffer.from(rest);
  for (const listener of group) {
    const { pace } = listener;
    // Gone, or told us meanwhile that it stands elsewhere: the next tick finds it.
    if (pace === null || !listeners.has(listener) || placeOf(pace.sent) !== placeOf(from)) continue;
    listener.pace = afterSent(pace, page, now);
    if (!page.empty) listener.send(`{"t":"page","ch":${JSON.stringify(pace.ch)},`, shared);
  }
}

/** What a set of feed pages means for the pace. */
export function sentPage(pages: Readonly<Record<string, FeedPage>>) {
  const each = Object.entries(pages);
  const to: Cursors = Object.fromEntries(each.map(([feed, page]) => [feed, page.to]));
  return {
    to,
    complete: each.every(([, page]) => !page.more),
    empty: each.every(([, page]) => page.from === page.to),
  };
}

function placeOf(cursors: Cursors): string {
  return JSON.stringify(feeds.map((feed) => cursors[feed] ?? null));
}
