/**
 * Everyone who listens, and when they hear: woken by feeds that move and by a poll that covers
 * lost wake-ups. Listeners who stand at the same place share one read and one encoded buffer. So
 * that they stay there, whoever has revealed all it was sent hears the next page at the beat of its
 * workspace: a quarter of a second after the last one, as soon as something moved.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import type { FeedPage } from "#protocol/down.ts";
import type { Moved, Store } from "../store/store.ts";
import { createBeats, type Beat, type Beats } from "./beats.ts";
import {
  afterSent,
  afterWaiting,
  isReady,
  woken,
  type Cursors,
  type Pace,
  type SentPage,
} from "./pace.ts";
import type { Puller, Where } from "./pull.ts";
import { sharedPage, type SharedPage } from "./shared-page.ts";

/** One connection as the hub sees it. */
export interface Listener {
  readonly workspace: Id;
  readonly user: Id;
  /** The chain id that the device accepts pages under. */
  ch: string;
  /** null until the device has said where it stands. Who stands alike has the same one (`alike`). */
  pace: Pace | null;
  /** Who hears the same pages has the same one: kept by the hub while the listener stands at `at`. */
  place?: { readonly at: Cursors; readonly group: string };
  bufferedBytes(): number;
  /** Sends a page under its chain. */
  send(shared: SharedPage): void;
}

export interface Hub {
  join(listener: Listener): void;
  leave(listener: Listener): void;
  /** Something about a listener changed: look whether it is due. */
  nudge(listener: Listener): void;
  /** The same pace, in the object of whoever stands alike: what follows is worked out once for all. */
  alike(pace: Pace): Pace;
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
/** How often it is looked whether somebody keeps silent for too long. */
const quietMs = 1_000;
const pollMs = 5_000;

/** The same for everybody in a workspace, so that one page is encoded for all who stand alike. */
const sharedFeeds = feeds.filter((feed) => feed !== "user");

interface State {
  readonly deps: HubDeps;
  readonly listeners: Set<Listener>;
  /** Those of them who wait for a page: the others need no look until somebody wakes them. */
  readonly waiting: Set<Listener>;
  /**
   * Those whose page is being read, with what moved since the reading began: it may have been too
   * late for that page. Nobody waits for another one's.
   */
  readonly served: Map<Listener, "nothing" | "shared" | "own">;
  readonly beats: Beats;
  /** Paces of the last moments, by what they say. */
  readonly paces: Map<string, Pace>;
  timer: NodeJS.Timeout | null;
  /** When the timer ends. */
  wakesAt: Instant;
  isClosed: boolean;
}

export function createHub(deps: HubDeps): Hub {
  const state: State = {
    deps,
    listeners: new Set(),
    waiting: new Set(),
    served: new Map(),
    beats: createBeats(),
    paces: new Map(),
    timer: null,
    wakesAt: 0,
    isClosed: false,
  };
  const undo = deps.store.onMove((moved) => {
    for (const each of moved) {
      state.beats.moved(each.workspace, deps.clock());
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
  const looks = setInterval(() => giveUp(state), quietMs);
  looks.unref();
  return {
    join: (listener) => {
      state.listeners.add(listener);
    },
    leave: (listener) => {
      state.listeners.delete(listener);
      state.waiting.delete(listener);
    },
    nudge: (listener) => {
      if (!state.listeners.has(listener)) return;
      state.waiting.add(listener);
      schedule(state, 0);
    },
    alike: (pace) => {
      const says = JSON.stringify(pace);
      const known = state.paces.get(says);
      if (known === undefined) state.paces.set(says, pace);
      return known ?? pace;
    },
    close: () => {
      state.isClosed = true;
      undo();
      clearInterval(poll);
      clearInterval(looks);
      if (state.timer !== null) clearTimeout(state.timer);
      state.listeners.clear();
      state.waiting.clear();
    },
  };
}

function isFor(moved: Moved, user: Id): boolean {
  return moved.user === null || moved.user === user;
}

function wake(state: State, isMeant: (listener: Listener) => boolean, own: boolean): void {
  const wokenOf = once((pace) => woken(pace, own));
  for (const listener of state.listeners) {
    if (listener.pace === null || !isMeant(listener)) continue;
    listener.pace = wokenOf(listener.pace);
    state.waiting.add(listener);
    const since = state.served.get(listener);
    if (since !== undefined && since !== "own") state.served.set(listener, own ? "own" : "shared");
  }
}

/** Pages that nobody acknowledged for too long are to go out again. */
function giveUp(state: State): void {
  const now = state.deps.clock();
  state.paces.clear();
  state.beats.forget(now);
  for (const listener of state.listeners) {
    const { pace } = listener;
    if (pace === null || pace.inFlight.length === 0 || state.served.has(listener)) continue;
    listener.pace = afterWaiting(pace, now);
    if (listener.pace === pace) continue;
    state.waiting.add(listener);
    schedule(state, 0);
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
  for (const group of dueGroups(state)) void attend(state, group);
  const restMs = restOf(state);
  if (restMs !== null) schedule(state, restMs);
}

async function attend(state: State, group: Group): Promise<void> {
  for (const { listener } of group.due) state.served.set(listener, "nothing");
  try {
    await serve(state, group);
  } catch (error) {
    state.deps.onError(error);
  }
  for (const { listener } of group.due) {
    state.served.delete(listener);
    if (listener.pace?.dirty !== true) state.waiting.delete(listener);
  }
  const restMs = restOf(state);
  if (restMs !== null) schedule(state, restMs);
}

/** When to look again; null: nobody waits for anything. */
function restOf(state: State): number | null {
  const { deps, waiting, served } = state;
  const now = deps.clock();
  let restMs: number | null = null;
  for (const listener of waiting) {
    const { pace } = listener;
    if (pace === null || served.has(listener)) continue;
    // Past its time and still here: its line is full.
    const at = mayHearAt(state, listener.workspace, pace);
    const mine = at > now ? at - now : fullMs;
    restMs = Math.min(restMs ?? mine, mine);
  }
  return restMs;
}

/** A listener whose page is read, and where it stood when the reading began. */
interface Due {
  readonly listener: Listener;
  readonly at: Cursors;
}

/** Those who stand at the same place. */
interface Group {
  readonly due: Due[];
  /** The beat at which they hear their page; null: they are being filled, at once. */
  readonly beat: Beat | null;
}

/** Whoever is being filled goes on at once; the others wait for the beat. */
function mayHearAt({ beats }: State, workspace: Id, { nextAt, cut }: Pace): Instant {
  return cut ? Math.max(nextAt, beats.next(workspace).at) : nextAt;
}

/** The listeners that are due, by where they stand; a beat begins where one waited for it. */
function dueGroups(state: State): readonly Group[] {
  const { deps, waiting, beats } = state;
  const now = deps.clock();
  const groups = new Map<string, Group>();
  const begun = new Map<Id, Beat>();
  for (const listener of waiting) {
    const { pace, workspace } = listener;
    if (pace?.dirty !== true) waiting.delete(listener);
    if (pace === null || !isDue(state, listener, now)) continue;
    const place = groupOf(listener, pace);
    const due = { listener, at: pace.sent };
    const group = groups.get(place);
    if (group === undefined) {
      const beat = pace.cut ? beats.next(workspace) : null;
      if (beat !== null) begun.set(workspace, beat);
      groups.set(place, { due: [due], beat });
    } else group.due.push(due);
  }
  for (const [workspace, beat] of begun) beats.begin(workspace, beat, now);
  return [...groups.values()];
}

function isDue(state: State, listener: Listener, now: Instant): boolean {
  const { pace, workspace } = listener;
  if (pace === null || state.served.has(listener)) return false;
  return now >= mayHearAt(state, workspace, pace) && isReady(pace, now, listener.bufferedBytes());
}

async function serve(state: State, { due: all, beat }: Group): Promise<void> {
  const first = all[0]?.listener;
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
  const shared = sharedPage(reply, cut);
  const sent = reply.t === "page" ? sentPage(reply.feeds, shared.said.length) : null;
  // One moment for all: whoever is written to last is still on the same beat.
  const now = state.deps.clock();
  const nextBeat = beat === null ? undefined : state.beats.sent(first.workspace, beat, now);
  const afterOf = once((pace) => (sent === null ? null : afterSent(pace, sent, now, nextBeat)));
  const next = { workspace: first.workspace, cut: sent?.complete ?? false };
  const same = groupAt(next, { ...from, ...sent?.to });
  for (const due of all) hand(state, due, { cut, sent, afterOf, same, shared });
}

interface ReadPage {
  readonly cut: boolean;
  /** null: a reset. */
  readonly sent: SentPage | null;
  /** Where somebody stands who got it; null: they say hello again. */
  readonly afterOf: (pace: Pace) => Pace | null;
  /** The group of whoever gets it. */
  readonly same: string;
  readonly shared: SharedPage;
}

function hand({ listeners, served }: State, { listener, at }: Due, page: ReadPage): void {
  const { cut, sent, afterOf, same, shared } = page;
  const { pace } = listener;
  // Gone, or told us meanwhile where it stands: the next tick finds it.
  if (pace?.sent !== at || pace.cut !== cut || !listeners.has(listener)) return;
  const after = afterOf(pace);
  // What moved while the page was read is still to come.
  const since = served.get(listener) ?? "nothing";
  listener.pace = after === null || since === "nothing" ? after : woken(after, since === "own");
  if (sent?.empty === true) return;
  if (after !== null) listener.place = { at: after.sent, group: same };
  listener.send(shared);
}

/** Those who stand alike have one pace: what becomes of it is worked out once. */
function once<To>(become: (pace: Pace) => To): (pace: Pace) => To {
  const known = new Map<Pace, To>();
  return (pace) => {
    const became = known.get(pace) ?? become(pace);
    known.set(pace, became);
    return became;
  };
}

function cursorsAt(from: Cursors, asked: readonly Feed[]): Where["feeds"] {
  const at: { -readonly [F in keyof Where["feeds"]]: Where["feeds"][F] } = {};
  for (const feed of asked) {
    const reached = from[feed];
    if (reached !== undefined) at[feed] = { from: reached };
  }
  return at;
}

/** What a set of feed pages means for the pace. */
export function sentPage(pages: Readonly<Record<string, FeedPage>>, bytes = 0): SentPage {
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
function groupOf({ workspace, user, place }: Listener, { sent, own, cut }: Pace): string {
  if (own) return `${workspace} ${user} ${cut} ${placeOf(sent, feeds)}`;
  return place?.at === sent ? place.group : groupAt({ workspace, cut }, sent);
}

function groupAt({ workspace, cut }: Pick<Where, "workspace"> & Pick<Pace, "cut">, sent: Cursors) {
  return `${workspace} ${cut} ${placeOf(sent, sharedFeeds)}`;
}

function placeOf(cursors: Cursors, asked: readonly Feed[]): string {
  return JSON.stringify(asked.map((feed) => cursors[feed] ?? null));
}
