/**
 * Everyone who listens, and when they hear: woken by feeds that move and by a poll that covers
 * lost wake-ups. Listeners who stand at the same place share one read and one encoded buffer.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import { packed, type FeedPage, type PullReply } from "#protocol/down.ts";
import type { Moved, Store } from "../store/store.ts";
import { afterSent, afterWaiting, isReady, woken, type Cursors, type Pace } from "./pace.ts";
import type { Puller, Where } from "./pull.ts";

/** One connection as the hub sees it. */
export interface Listener {
  readonly workspace: Id;
  readonly user: Id;
  /** null until the device has said where it stands. */
  pace: Pace | null;
  bufferedBytes(): number;
  /** Sends a page under this chain; its bytes are shared and must not be changed. */
  send(ch: string, shared: Buffer): void;
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

/** When to look again at a line that takes no more. */
const fullMs = 50;
/** When all that is left is to see that nobody keeps silent for too long. */
const quietMs = 1_000;
const pollMs = 5_000;

/** The same for everybody in a workspace, so that one page is encoded for all who stand alike. */
const sharedFeeds = feeds.filter((feed) => feed !== "user");

interface State {
  readonly deps: HubDeps;
  readonly listeners: Set<Listener>;
  /**
   * Those whose page is being read, with what moved since the reading began: it may have been too
   * late for that page. Nobody waits for another one's.
   */
  readonly served: Map<Listener, "nothing" | "shared" | "own">;
  timer: NodeJS.Timeout | null;
  /** When the timer ends. */
  wakesAt: Instant;
  isClosed: boolean;
}

export function createHub(deps: HubDeps): Hub {
  const state: State = {
    deps,
    listeners: new Set(),
    served: new Map(),
    timer: null,
    wakesAt: 0,
    isClosed: false,
  };
  const undo = deps.store.onMove((moved) => {
    for (const each of moved) {
      wake(
        state,
        ({ workspace, user }) => workspace === each.workspace && isFor(each, user),
        each.user !== null,
      );
    }
    schedule(state, 0);
  });
  const poll = setInterval(() => {
    wake(state, () => true, false);
    schedule(state, 0);
  }, pollMs);
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

function isFor(moved: Moved, user: Id): boolean {
  return moved.user === null || moved.user === user;
}

function wake(state: State, isMeant: (listener: Listener) => boolean, own: boolean): void {
  for (const listener of state.listeners) {
    if (listener.pace === null || !isMeant(listener)) continue;
    listener.pace = woken(listener.pace, own);
    const since = state.served.get(listener);
    if (since !== undefined && since !== "own") state.served.set(listener, own ? "own" : "shared");
  }
}

function schedule(state: State, delayMs: number): void {
  if (state.isClosed) return;
  const wakesAt = performance.now() + delayMs;
  if (state.timer !== null) {
    if (state.wakesAt <= wakesAt) return;
    clearTimeout(state.timer);
  }
  state.wakesAt = wakesAt;
  state.timer = setTimeout(() => {
    state.timer = null;
    tick(state);
  }, delayMs);
}

function tick(state: State): void {
  for (const group of dueGroups(state).values()) void attend(state, group);
  const restMs = restOf(state);
  if (restMs !== null) schedule(state, restMs);
}

async function attend(state: State, group: readonly Listener[]): Promise<void> {
  for (const listener of group) state.served.set(listener, "nothing");
  try {
    await serve(state, group);
  } catch (error) {
    state.deps.onError(error);
  }
  for (const listener of group) state.served.delete(listener);
  const restMs = restOf(state);
  if (restMs !== null) schedule(state, restMs);
}

/** When to look again; null: nobody waits for anything. */
function restOf({ deps, listeners, served }: State): number | null {
  const now = deps.clock();
  let restMs: number | null = null;
  for (const listener of listeners) {
    const { pace } = listener;
    if (pace === null || served.has(listener)) continue;
    if (!pace.dirty && pace.inFlight.length === 0) continue;
    // Past its time and still here: its line is full.
    const mine = !pace.dirty ? quietMs : pace.nextAt > now ? pace.nextAt - now : fullMs;
    restMs = Math.min(restMs ?? mine, mine);
  }
  return restMs;
}

/** The listeners that are due, by where they stand. */
function dueGroups({ deps, listeners, served }: State): Map<string, Listener[]> {
  const now = deps.clock();
  const groups = new Map<string, Listener[]>();
  for (const listener of listeners) {
    if (listener.pace === null || served.has(listener)) continue;
    listener.pace = afterWaiting(listener.pace, now);
    if (!isReady(listener.pace, now, listener.bufferedBytes())) continue;
    const place = groupOf(listener, listener.pace);
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [listener]);
    else group.push(listener);
  }
  return groups;
}

async function serve(state: State, group: readonly Listener[]): Promise<void> {
  const [first] = group;
  if (first?.pace === undefined || first.pace === null) return;
  const { sent: from, own, cut } = first.pace;
  const asked = own ? feeds : sharedFeeds;
  const { puller } = state.deps;
  const reply = await puller.pull({
    workspace: first.workspace,
    user: first.user,
    epoch: await puller.epoch(),
    ch: "",
    feeds: cursorsAt(from, asked),
    onlyChanges: cut,
  });
  const page = { asked, cut, place: placeOf(from, asked), reply, shared: encode(reply, cut) };
  for (const listener of group) hand(state, listener, page);
}

interface ReadPage {
  readonly asked: readonly Feed[];
  readonly cut: boolean;
  readonly place: string;
  readonly reply: PullReply;
  readonly shared: Buffer;
}

function hand({ deps, listeners, served }: State, listener: Listener, page: ReadPage): void {
  const { asked, cut, place, reply, shared } = page;
  const { pace } = listener;
  // Gone, or told us meanwhile that it stands elsewhere: the next tick finds it.
  if (pace === null || !listeners.has(listener) || placeOf(pace.sent, asked) !== place) return;
  if (pace.cut !== cut) return;
  const sent = reply.t === "page" ? sentPage(reply.feeds, shared.length) : null;
  // After a reset the device says hello again.
  const after = sent === null ? null : afterSent(pace, sent, deps.clock());
  // What moved while the page was read is still to come.
  const since = served.get(listener) ?? "nothing";
  listener.pace = after === null || since === "nothing" ? after : woken(after, since === "own");
  if (sent?.empty !== true) listener.send(pace.ch, shared);
}

function cursorsAt(from: Cursors, asked: readonly Feed[]): Where["feeds"] {
  const at: { -readonly [F in keyof Where["feeds"]]: Where["feeds"][F] } = {};
  for (const feed of asked) {
    const reached = from[feed];
    if (reached !== undefined) at[feed] = { from: reached };
  }
  return at;
}

/**
 * All of a message but the chain, which differs between devices. `cut`: they have revealed
 * everything, so a feed that did not move needs no word; one that is being filled does.
 */
function encode(reply: PullReply, cut: boolean): Buffer {
  const { t, epoch, feeds: told, time } = packed(reply);
  const moved = Object.entries(told).filter(([, page]) => !cut || !isStill(page));
  return Buffer.from(JSON.stringify({ t, epoch, feeds: Object.fromEntries(moved), time }));
}

function isStill(page: object): boolean {
  return "from" in page && "to" in page && page.from === page.to;
}

/** What a set of feed pages means for the pace. */
export function sentPage(pages: Readonly<Record<string, FeedPage>>, bytes = 0) {
  const each = Object.entries(pages);
  const to: Cursors = Object.fromEntries(each.map(([feed, page]) => [feed, page.to]));
  return {
    to,
    complete: each.every(([, page]) => !page.more),
    empty: each.every(([, page]) => page.from === page.to),
    bytes,
  };
}

/** Who hears the same page: those of a workspace at the same place; whose own feed moved, alone. */
function groupOf({ workspace, user }: Listener, { sent, own, cut }: Pace): string {
  return own
    ? `${workspace} ${user} ${cut} ${placeOf(sent, feeds)}`
    : `${workspace} ${cut} ${placeOf(sent, sharedFeeds)}`;
}

function placeOf(cursors: Cursors, asked: readonly Feed[]): string {
  return JSON.stringify(asked.map((feed) => cursors[feed] ?? null));
}
