/**
 * Composition root: opens the device's database and gives its states to the pages; the sync and
 * everything else that needs the server comes once the first page is drawn.
 */
import { newId } from "./sync/new-id.ts";
import { observe } from "./db/observe.ts";
import { loadLast, Registry, type SignedIn } from "./db/registry.ts";
import type { Carrying } from "./carry/work.ts";
import type { Api, Failure } from "./sync/api.ts";
import { createLateApi, loadOnline } from "./sync/late.ts";
import { openLateSync, type LateSync } from "./sync/late-sync.ts";
import type { SyncReport } from "./sync/runner.ts";
import { createSessionKeeper } from "./sync/session-keeper.ts";
import type { App } from "./state/app-context.ts";
import { AccountsState } from "./state/accounts.svelte.ts";
import { AttentionState } from "./state/attention.svelte.ts";
import { AudiencesState } from "./state/audiences.svelte.ts";
import { bringBack } from "./state/bring-back.ts";
import { keepBadge } from "./state/badge.svelte.ts";
import { CampaignsState } from "./state/campaigns.svelte.ts";
import { ContactsState } from "./state/contacts.svelte.ts";
import { Device } from "./state/device.svelte.ts";
import { awaitDrawing } from "./state/drawn.ts";
import { DraftsState } from "./state/drafts.svelte.ts";
import { ImportsState } from "./state/imports.svelte.ts";
import { ListsState } from "./state/lists.svelte.ts";
import { MembersState } from "./state/members.svelte.ts";
import { SessionState } from "./state/session.svelte.ts";
import { SyncState } from "./state/sync.svelte.ts";
import { createWriter } from "./state/writer.svelte.ts";
import { askToPersist, readStorage } from "./state/storage.ts";

export { getApp, setAppContext, type App } from "./state/app-context.ts";

/** What runs while somebody is signed in; `sync` is null while nobody is. */
interface Running {
  sync: LateSync | null;
}

/** Needs no network: whoever was signed in last sees their data at once. */
export async function openApp(): Promise<App> {
  const device = new Device();
  const { drawn, begin } = awaitDrawing();
  const running: Running = { sync: null };
  const api = openApi(running);
  const sync = new SyncState(device, {
    syncNow: () => running.sync?.syncNow(),
    discard: async (mid) => (await running.sync?.discard(mid)) ?? false,
    storage: readStorage,
    end: async (why) => running.sync?.end(why),
    carrying: () => carryingOf(device, session, now),
  });
  const registry = new Registry();
  const keeper = createSessionKeeper({
    api,
    registry,
    drawn,
    onReady: (who) =>
      start(who, {
        running,
        device,
        api,
        sync,
        drawn,
        onOtherStanding: () => void keeper.refresh(),
        onEnded: (notice) => void keeper.end(notice),
        registry,
        onLeaseOver: () => void keeper.judge(),
      }),
    onNobody: async ({ hasLeft }) => {
      device.open(null);
      const closing = running.sync;
      running.sync = null;
      await closing?.close({ forget: hasLeft });
    },
    tell: (...told) => session.tell(...told),
  });
  const session = new SessionState(keeper);
  const now = () => running.sync?.now() ?? Date.now();
  const app = {
    session,
    sync,
    api,
    device,
    now,
    begin,
    ...stateOver({ device, api, running, sync }),
  };
  keepBadge(sync, app.attention);
  await keeper.open();
  observe(
    registry,
    () => loadLast(registry),
    (last) => void keeper.hear(last),
  );
  return app;
}

/** Null while nobody is signed in. */
function carryingOf(device: Device, session: SessionState, now: () => number): Carrying | null {
  const { user, workspace, role, access } = session;
  if (device.db === null || user === null || workspace === null || role === null) return null;
  return {
    db: device.db,
    owner: { workspace: workspace.id, user: user.id },
    context: { actor: { user: user.id, role, access }, now: now(), newId },
  };
}

function openApi(running: Running): Api {
  return createLateApi({
    fetch: (input, init) => fetch(input, init),
    base: "",
    newId,
    onFailure: ({ kind }) => {
      if (kind === "signed-out") running.sync?.learn({ reach: "signed-out" });
    },
  });
}

interface StartDeps {
  readonly running: Running;
  readonly device: Device;
  readonly api: Api;
  readonly sync: SyncState;
  readonly drawn: Promise<void>;
  /** The server gave them another role, name or leave than we know. */
  readonly onOtherStanding: () => void;
  /** This device was revoked. */
  readonly onEnded: (notice: Failure) => void;
  readonly registry: Registry;
  readonly onLeaseOver: () => void;
}

/** Opens the data of who is signed in, or takes note that they signed in again or changed role. */
async function start(who: SignedIn, deps: StartDeps): Promise<void> {
  const { running, device, sync, ...given } = deps;
  if (running.sync !== null) {
    running.sync.become(who);
    running.sync.syncNow();
    return;
  }
  const onReport = (report: SyncReport) => sync.tell(report);
  running.sync = await openLateSync(who, {
    ...given,
    newId,
    onReport,
    app: FIELDCAST_VERSION,
    load: loadOnline,
  });
  device.open(running.sync.db);
}

function stateOver({
  device,
  api,
  running,
  sync,
}: Pick<StartDeps, "device" | "api" | "running" | "sync">) {
  const writer = createWriter({
    device,
    write: (act, how) => {
      const storing = running.sync?.write(act, how);
      return storing === undefined ? undefined : sync.whileSaving(storing);
    },
    discard: async (mid) => (await running.sync?.discard(mid)) ?? false,
    onWritten: () => void askToPersist(),
  });
  return {
    writer,
    newId,
    attention: new AttentionState(device, writer, {
      newId,
      bringBack: (id) => bringBack(id, { device, api, sync }),
    }),
    campaigns: new CampaignsState(device, writer, newId),
    audiences: new AudiencesState({ device, writer, newId, api }),
    accounts: new AccountsState(device, api),
    lists: new ListsState(device),
    imports: new ImportsState(device),
    members: new MembersState(device),
    contacts: new ContactsState(api),
    drafts: new DraftsState(device),
  };
}
