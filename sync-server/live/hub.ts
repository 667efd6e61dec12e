/**
 * Everyone who listens, and when they hear: woken by feeds that move and by a poll that covers
 * lost wake-ups. Listeners who stand at the same place share one read and one encoded buffer.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds } from "#domain/sync/document.ts";
import type { FeedPage, PullReply } from "#protocol/down.ts";
import type { Store } from "../store/store.ts";
import { afterSent, afterWaiting, isReady, woken, type Cursors, type Pace } from "./pace.ts";
import type { Puller, Where } from "./pull.ts";

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
  readonly store: Pick<Store, "onMove">;
  readonly puller: Puller;
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
    await Promise.all([...groups.values()].map((group) => serve(state, group)));
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

async function serve({ deps, listeners }: State, group: readonly Listener[]): Promise<void> {
  const [first] = group;
  if (first?.pace === undefined || first.pace === null) return;
  const from = first.pace.sent;
  const reply = await deps.puller.pull({
    workspace: first.workspace,
    epoch: await deps.puller.epoch(),
    ch: "",
    feeds: cursorsAt(from),
  });
  const shared = encode(reply);
  for (const listener of group) {
    const { pace } = listener;
    // Gone, or told us meanwhile that it stands elsewhere: the next tick finds it.
    if (pace === null || !listeners.has(listener) || placeOf(pace.sent) !== placeOf(from)) continue;
    const sent = reply.t === "page" ? sentPage(reply.feeds) : null;
    // After a reset the device says hello again.
    listener.pace = sent === null ? null : afterSent(pace, sent, deps.clock());
    if (sent?.empty !== true) listener.send(`{"ch":${JSON.stringify(pace.ch)},`, shared);
  }
}

function cursorsAt(from: Cursors): Where["feeds"] {
  const at: { -readonly [F in keyof Where["feeds"]]: Where["feeds"][F] } = {};
  for (const feed of feeds) {
    const reached = from[feed];
    if (reached !== undefined) at[feed] = { from: reached };
  }
  return at;
}

/** All of a message but its opening brace and the chain, which differs between devices. */
function encode(reply: PullReply): Buffer {
  const { t, epoch, time } = reply;
  return Buffer.from(JSON.stringify({ t, epoch, feeds: reply.feeds, time }).slice(1));
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
