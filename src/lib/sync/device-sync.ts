/** Everything that syncs while somebody is signed in: the core over their database, and what drives it. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { ClientDb } from "../db/client-db.ts";
import type { WriteHow } from "../db/write.ts";
import { isFull } from "../db/blocks.ts";
import { sealDrafts } from "../db/draft.ts";
import { isLostConnection, reopen } from "../db/connection.ts";
import { makeRoom } from "../db/room.ts";
import { observe } from "../db/observe.ts";
import { countUnsent } from "../db/outbox.ts";
import type { Actor } from "../db/overlay.ts";
import type { Registry, SignedIn } from "../db/registry.ts";
import type { Api, Failure } from "./api.ts";
import { elapsedMs, momentOf } from "./clock.ts";
import { createSyncCore, type SyncCore } from "./core.ts";
import { openSeal } from "../db/seal.ts";
import { endingNotice, leaveNothing } from "./ended-device.ts";
import { pageNotePlace } from "./kept-place.ts";
import { keptComparison, openLease, pageClock } from "./lease-page.ts";
import { createRunner, type Runner, type SyncReport, type TabMessage } from "./runner.ts";
import { keepStorage } from "./storage-keeper.ts";
import { createHttpTransport } from "./transport.ts";

export interface DeviceSync {
  readonly core: SyncCore;
  /** Who acts; the role may change while they are signed in. */
  become(who: SignedIn): void;
  write(act: Act, how?: WriteHow): Promise<Result<number, Refusal>>;
  syncNow(): void;
  /** `forget`: also removes the database, unless something in it exists nowhere else. */
  close(how: { readonly forget: boolean }): Promise<void>;
}

export interface DeviceSyncDeps {
  readonly api: Api;
  readonly newId: () => Id;
  /** The app's version, for people to read in the list of devices. */
  readonly app: string;
  readonly onReport: (report: SyncReport) => void;
  /** The server gave them another role, name or leave than this device knows. */
  readonly onOtherStanding: () => void;
  /** This device was revoked: nothing of the workspace is on it any more. In words for its person. */
  readonly onEnded: (notice: Failure) => void;
  readonly registry: Registry;
  /** What this device keeps of the person must be shut away: it met no server for too long. */
  readonly onLeaseOver: () => void;
}

const tooLongAwayMs = 30_000;

/** `db`: open. */
export function openDeviceSync(db: ClientDb, who: SignedIn, deps: DeviceSyncDeps): DeviceSync {
  let current = who;
  // The core tells facts before the runner exists: at its making.
  let runner: Runner | null = null;
  const lease = openLease(db.name, who, deps);
  const core = createSyncCore({
    db,
    transport: createHttpTransport(deps.api),
    clock: pageClock,
    kept: () => keptComparison(deps.registry, db.name),
    newId: deps.newId,
    actor: () => actorOf(current),
    onFacts: (facts) => runner?.report(facts),
    onLease: (until, now) => lease.renewed(until, now),
    onEnded: (ending) => {
      void leaveNothing().finally(() => deps.onEnded(endingNotice(ending)));
    },
    app: deps.app,
  });
  runner = drive(db, core, deps);
  const unwatch = watchPage(core, runner);
  const unlook = lookForStanding(db, () => current, deps.onOtherStanding);
  const keeper = keepData(db, core, deps);
  const driver = runner;
  return {
    core,
    become: (now) => {
      current = now;
    },
    async write(act, how) {
      const done = await safely(core, () => roomily(db, () => core.write(act, how)));
      if (done.ok) driver.nudge();
      return done;
    },
    syncNow: () => driver.wake(0),
    async close({ forget }) {
      unwatch();
      unlook();
      driver.stop();
      const isGivenUp = forget && (await isKeptElsewhere(db));
      await lease.close({ forget: isGivenUp });
      keeper.stop({ forget: isGivenUp });
      if (isGivenUp) return db.delete();
      if (forget) await keepWorkOnly(db);
      db.close();
    },
  };
}

/** Looks after what lies here: drafts sealed, pins up to date, and how much is unsent noted. */
function keepData(db: ClientDb, core: SyncCore, { api, newId }: DeviceSyncDeps) {
  const now = () => core.serverClock.now();
  const storage = keepStorage(db, { place: pageNotePlace(), newId, now });
  // A storage that fails is met by the next write, which says so.
  sealDrafts(db).catch(() => undefined);
  const { locks } = navigator;
  const given = new AbortController();
  const start = async (): Promise<void> => {
    const { keepPins } = await import("./pin-keeper.ts");
    if (given.signal.aborted) return;
    const stop = keepPins({ db, api, now, locks, estimate: estimateStorage });
    given.signal.addEventListener("abort", stop);
  };
  // Nobody waits for it: what is pinned is shown from the device meanwhile.
  start().catch(() => undefined);
  return {
    stop(how: { readonly forget: boolean }) {
      given.abort();
      storage.stop(how);
    },
  };
}

/** The runner with what a page has: sockets, locks, tabs. */
function drive(db: ClientDb, core: SyncCore, { onReport }: DeviceSyncDeps): Runner {
  return createRunner({
    name: `sync:${db.name}`,
    core,
    createSocket: () => new WebSocket(liveUrl()),
    locks: navigator.locks,
    channel: openChannel(db.name),
    random: Math.random,
    clock: pageClock,
    isHidden: () => document.visibilityState === "hidden",
    onReport,
    recover: async (error) => {
      if (isFull(error)) await makeRoom(db, null);
      const isFine = isLostConnection(error) && (await reopen(db));
      core.learn({ isStorageFailing: !isFine });
    },
  });
}

/** Null where the browser does not tell. */
async function estimateStorage() {
  // Missing in some browsers on plain http.
  const storage: StorageManager | undefined = navigator.storage;
  const { usage, quota } = (await storage?.estimate?.()) ?? {};
  return usage === undefined || quota === undefined ? null : { usage, quota };
}

/** The next person on this device finds nothing readable of what was fetched about people. */
async function keepWorkOnly(db: ClientDb): Promise<void> {
  await openSeal(db, "cache").shred();
  await Promise.all([db.part, db.report, db.activity].map((table) => table.clear()));
}

/** Whether the server has everything: then signing out may clear this device. */
async function isKeptElsewhere(db: ClientDb): Promise<boolean> {
  return (await countUnsent(db)) === 0 && (await db.inbox.count()) === 0;
}

function lookForStanding(
  db: ClientDb,
  who: () => SignedIn,
  onOtherStanding: () => void,
): () => void {
  return observe(
    db,
    () => standingOf(db, who()),
    (standing) => {
      if (standing !== null && standing !== standingText(who())) onOtherStanding();
    },
  );
}

function actorOf({ user, role, access }: SignedIn): Actor {
  return { user: user.id, role, access };
}

/** What the synced rows say of a person, as a text to compare; null while they have not come. */
async function standingOf(db: ClientDb, { user, workspace }: SignedIn): Promise<string | null> {
  const member = (await db.member.get(user.id))?.doc;
  const place = (await db.workspace.get(workspace.id))?.doc;
  if (member === undefined || place === undefined) return null;
  return JSON.stringify([member.role, member.name, place.name, place.access]);
}

function standingText({ user, workspace, role, access }: SignedIn): string {
  return JSON.stringify([role, user.name, workspace.name, access]);
}

function liveUrl(): string {
  return `${location.origin.replace(/^http/, "ws")}/sync/live`;
}

/** A full disk: what can be fetched again makes room for what a person did. */
async function roomily<T>(db: ClientDb, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isFull(error)) throw error;
    await makeRoom(db, null);
    return run();
  }
}

/** What cannot be kept is said, and not accepted. */
async function safely(
  core: SyncCore,
  write: () => Promise<Result<number, Refusal>>,
): Promise<Result<number, Refusal>> {
  try {
    const done = await write();
    if (core.facts.isStorageFailing) core.learn({ isStorageFailing: false });
    return done;
  } catch (error) {
    core.learn({ isStorageFailing: true });
    const why = error instanceof Error ? error.message : String(error);
    const message = `This device could not keep it, so it was not done. (${why})`;
    return { ok: false, error: { type: "invalid", field: null, detail: { message } } };
  }
}

function openChannel(name: string) {
  const channel = new BroadcastChannel(`sync:${name}`);
  return {
    post: (message: TabMessage) => channel.postMessage(message),
    listen: (hear: (message: TabMessage) => void) => {
      // Only tabs of this very app post here.
      channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => hear(data));
    },
    close: () => channel.close(),
  };
}

/** The network and the page come and go; what was open before may be dead after. */
function watchPage(core: SyncCore, runner: Runner): () => void {
  let hidden = momentOf(pageClock);
  const network = () => {
    core.learn({ isOffline: !navigator.onLine });
    if (navigator.onLine) runner.wake(0);
  };
  const visibility = () => {
    const isHidden = document.visibilityState === "hidden";
    runner.pace(isHidden);
    const now = momentOf(pageClock);
    if (isHidden) hidden = now;
    else runner.wake(elapsedMs(hidden, now) > tooLongAwayMs ? elapsedMs(hidden, now) : 0);
  };
  const restored = (event: PageTransitionEvent) => {
    if (event.persisted) runner.wake(Number.POSITIVE_INFINITY);
  };
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  window.addEventListener("pageshow", restored);
  document.addEventListener("visibilitychange", visibility);
  core.learn({ isOffline: !navigator.onLine });
  return () => {
    window.removeEventListener("online", network);
    window.removeEventListener("offline", network);
    window.removeEventListener("pageshow", restored);
    document.removeEventListener("visibilitychange", visibility);
  };
}
