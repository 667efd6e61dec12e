/**
 * When everyone who listens hears: woken by feeds that move and by a poll that covers lost wake-ups.
 * Listeners who stand at the same place share one read and one encoded buffer. So that they stay
 * there, whoever has revealed all it was sent hears the next page at the beat of its workspace: a
 * quarter of a second after the last one, as soon as something moved. All is worked out for crowds
 * of those who stand alike; of each one there is only its line to look at, and to write to.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import type { FeedPage } from "#protocol/down.ts";
import type { Moved, Store } from "../store/store.ts";
import { createBeats, type Beat, type Beats } from "./beats.ts";
import { createCrowds, type Crowd, type Crowds, type Listener, type Reading } from "./crowds.ts";
import {
  afterSent,
  afterWaiting,
  isReady,
  maxBufferedBytes,
  woken,
  type Cursors,
  type Pace,
  type SentPage,
} from "./pace.ts";
import type { Puller, Where } from "./pull.ts";
import { sharedPage, type SharedPage } from "./shared-page.ts";

export interface Hub {
  join(listener: Listener): void;
  leave(listener: Listener): void;
  /** Where a listener stands; null: it has not said so yet, or no longer. */
  paceOf(listener: Listener): Pace | null;
  /** It stands there from now on: look whether it is due. */
  place(listener: Listener, pace: Pace | null): void;
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
  readonly crowds: Crowds;
  /** Those of them who wait for a page: the others need no look until somebody wakes them. */
  readonly waiting: Set<Crowd>;
  readonly beats: Beats;
  timer: NodeJS.Timeout | null;
  /** When the timer ends. */
  wakesAt: Instant;
  isClosed: boolean;
}

export function createHub(deps: HubDeps): Hub {
  const waiting = new Set<Crowd>();
  const state: State = {
    deps,
    listeners: new Set(),
    crowds: createCrowds((crowd) => waiting.delete(crowd)),
    waiting,
    beats: createBeats(),
    timer: null,
    wakesAt: 0,
    isClosed: false,
  };
  const undo = deps.store.onMove((moved) => {
    for (const each of moved) {
      state.beats.moved(each.workspace, deps.clock());
      wake(state, each);
    }
    schedule(state, 0);
  });
  const poll = setInterval(() => {
    state.crowds.changes();
    for (const crowd of state.crowds.all) wakeAll(state, crowd);
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
      state.crowds.drop(listener);
    },
    paceOf: (listener) => state.crowds.of(listener)?.pace ?? null,
    place: (listener, pace) => place(state, listener, pace),
    close: () => {
      state.isClosed = true;
      undo();
      clearInterval(poll);
      clearInterval(looks);
      if (state.timer !== null) clearTimeout(state.timer);
      state.listeners.clear();
      state.crowds.clear();
      state.waiting.clear();
    },
  };
}

function place(state: State, listener: Listener, pace: Pace | null): void {
  const { listeners, crowds, waiting } = state;
  if (!listeners.has(listener)) return;
  if (pace === null) {
    crowds.drop(listener);
    return;
  }
  const before = crowds.of(listener);
  // Who says that it stands elsewhere does not get the page that is read: the next tick finds it.
  const getsIt = before?.pace.sent === pace.sent && before.pace.cut === pace.cut;
  const crowd = crowds.move(listener, {
    pace,
    reading: getsIt ? before.reading : null,
    since: getsIt ? before.since : "nothing",
    isFull: before?.isFull ?? false,
  });
  if (!pace.dirty) return;
  waiting.add(crowd);
  schedule(state, 0);
}

/** Something moved: for everybody in a workspace, or for one person there. */
function wake(state: State, { workspace, user }: Moved): void {
  state.crowds.changes();
  for (const crowd of state.crowds.all) {
    if (crowd.workspace !== workspace) continue;
    if (user === null) wakeAll(state, crowd);
    else if (crowd.user === null) wakeOne(state, crowd, user);
    else if (crowd.user === user) wakeAll(state, crowd, true);
  }
}

function wakeAll({ waiting }: State, crowd: Crowd, own = false): void {
  crowd.pace = woken(crowd.pace, own);
  waiting.add(crowd);
  if (crowd.reading !== null && crowd.since !== "own") crowd.since = own ? "own" : "shared";
}

/** From now on a person's devices are not like the others: their next page is theirs alone. */
function wakeOne({ crowds, waiting }: State, crowd: Crowd, user: Id): void {
  const { pace, reading, isFull } = crowd;
  for (const listener of crowd.members) {
    if (listener.user !== user) continue;
    // The page that is being read they still get, as the others do.
    const since = reading === null ? "nothing" : "own";
    waiting.add(crowds.move(listener, { pace: woken(pace, true), reading, since, isFull }));
  }
}

/** Pages that nobody acknowledged for too long are to go out again. */
function giveUp(state: State): void {
  const { deps, crowds, waiting } = state;
  const now = deps.clock();
  crowds.changes();
  state.beats.forget(now);
  for (const crowd of crowds.all) {
    const { pace, members, isFull } = crowd;
    if (pace.inFlight.length === 0 || crowd.reading !== null) continue;
    const after = afterWaiting(pace, now);
    if (after === pace) continue;
    const alike = { pace: after, reading: null, since: "nothing", isFull } as const;
    for (const listener of members) waiting.add(crowds.move(listener, alike));
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
  scheduleRest(state);
}

async function attend(state: State, group: Group): Promise<void> {
  try {
    await serve(state, group);
  } catch (error) {
    state.deps.onError(error);
  }
  state.crowds.changes();
  for (const crowd of group.crowds) release(state, crowd);
  scheduleRest(state);
}

function release({ waiting }: State, crowd: Crowd): void {
  crowd.reading = null;
  crowd.since = "nothing";
  if (!crowd.pace.dirty) waiting.delete(crowd);
}

/** When to look again; not at all where nobody waits for anything. */
function scheduleRest(state: State): void {
  const { deps, waiting } = state;
  const now = deps.clock();
  let restMs: number | null = null;
  for (const { reading, workspace, pace } of waiting) {
    if (reading !== null) continue;
    // Past its time and still here: its line is full.
    const at = mayHearAt(state, workspace, pace);
    const mine = at > now ? at - now : fullMs;
    restMs = Math.min(restMs ?? mine, mine);
  }
  if (restMs !== null) schedule(state, restMs);
}

/** Those who stand at the same place, while their page is read. */
interface Group extends Reading {
  readonly first: Crowd;
  readonly pace: Pace;
  /** The beat at which they hear their page; null: they are being filled, at once. */
  readonly beat: Beat | null;
}

/** Whoever is being filled goes on at once; the others wait for the beat. */
function mayHearAt({ beats }: State, workspace: Id, { nextAt, cut }: Pace): Instant {
  return cut ? Math.max(nextAt, beats.next(workspace).at) : nextAt;
}

/** Those who are due, by where they stand; a beat begins where one waited for it. */
function dueGroups(state: State): readonly Group[] {
  const { deps, waiting, beats, crowds } = state;
  const now = deps.clock();
  const groups = new Map<string, Group>();
  const begun = new Map<Id, Beat>();
  for (const crowd of waiting) {
    const { pace, workspace } = crowd;
    if (!pace.dirty && crowd.reading === null) waiting.delete(crowd);
    if (!isDue(state, crowd, now)) continue;
    const at = groupOf(crowd);
    let group = groups.get(at);
    if (group === undefined) {
      const beat = pace.cut ? beats.next(workspace) : null;
      if (beat !== null) begun.set(workspace, beat);
      group = { first: crowd, pace, crowds: new Set(), beat };
      groups.set(at, group);
    }
    group.crowds.add(crowd);
  }
  crowds.changes();
  for (const group of groups.values()) for (const crowd of group.crowds) crowd.reading = group;
  for (const [workspace, beat] of begun) beats.begin(workspace, beat, now);
  return [...groups.values()];
}

function isDue(state: State, crowd: Crowd, now: Instant): boolean {
  const { pace, workspace, reading, isFull } = crowd;
  if (reading !== null || now < mayHearAt(state, workspace, pace)) return false;
  if (!isReady(pace, now, 0)) return false;
  if (isFull) lookAtLines(state, crowd);
  return !isFull;
}

/** Whose line takes more again goes on with those whom it is like: this tick still finds them. */
function lookAtLines({ crowds, waiting }: State, { members, pace }: Crowd): void {
  for (const listener of members) {
    if (isLineFull(listener)) continue;
    const alike = { pace, reading: null, since: "nothing", isFull: false } as const;
    waiting.add(crowds.move(listener, alike));
  }
}

function isLineFull(listener: Listener): boolean {
  return listener.bufferedBytes() >= maxBufferedBytes;
}

async function serve(state: State, { first, pace, beat, crowds }: Group): Promise<void> {
  const { sent: from, own, cut } = pace;
  const [reader] = first.members;
  if (reader === undefined) return;
  const { workspace, user } = reader;
  const asked = own ? feeds : sharedFeeds;
  const { puller } = state.deps;
  const reply = await puller.pull({
    workspace,
    user,
    epoch: await puller.epoch(),
    ch: "",
    feeds: cursorsAt(from, asked),
    onlyChanges: cut,
  });
  const shared = sharedPage(reply, cut);
  const sent = reply.t === "page" ? sentPage(reply.feeds, shared.said.length) : null;
  // One moment for all: whoever is written to last is still on the same beat.
  const now = state.deps.clock();
  const nextBeat = beat === null ? undefined : state.beats.sent(workspace, beat, now);
  state.crowds.changes();
  for (const crowd of crowds) {
    if (sent?.empty !== true) hand(state, crowd, shared);
    const after = sent === null ? null : afterSent(crowd.pace, sent, now, nextBeat);
    goOn(state, crowd, after);
  }
}

/** Writes the page to each; whose line is full waits on, and hears a longer one. */
function hand({ crowds, waiting }: State, { members, pace }: Crowd, shared: SharedPage): void {
  for (const listener of members) {
    if (isLineFull(listener)) {
      const alike = { pace, reading: null, since: "nothing", isFull: true } as const;
      waiting.add(crowds.move(listener, alike));
    } else listener.send(shared);
  }
}

/** Those who got the page stand there from now on; null: they say hello again. */
function goOn(state: State, crowd: Crowd, after: Pace | null): void {
  const { crowds, waiting } = state;
  const { members, since, isFull } = crowd;
  if (after === null) {
    for (const listener of members) crowds.drop(listener);
    return;
  }
  // What moved while the page was read is still to come.
  const pace = since === "nothing" ? after : woken(after, since === "own");
  if (crowd.user === null) {
    crowd.pace = pace;
    release(state, crowd);
    return;
  }
  // They got what was theirs alone: now they are like the others.
  for (const listener of members) {
    const next = crowds.move(listener, { pace, reading: null, since: "nothing", isFull });
    if (pace.dirty) waiting.add(next);
  }
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
function groupOf({ workspace, user, pace: { sent, own, cut } }: Crowd): string {
  const at = placeOf(sent, own ? feeds : sharedFeeds);
  return `${workspace} ${own ? user : ""} ${cut} ${at}`;
}

function placeOf(cursors: Cursors, asked: readonly Feed[]): string {
  return JSON.stringify(asked.map((feed) => cursors[feed] ?? null));
}
