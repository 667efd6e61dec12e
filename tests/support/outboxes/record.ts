// What a device holds that was away: its database, with work of every kind that this version of
// the app knows, recorded together with what the server of the same version said to it.
import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { ok } from "#domain/core/result.ts";
import { commandNames, type Act } from "#domain/sync/command.ts";
import { uncheckedContent } from "#domain/message/merge-fields.ts";
import { kinds } from "#domain/sync/document.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { saveDraft } from "#lib/db/draft.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import type { Transport } from "#lib/sync/transport.ts";
import type { Verdict } from "#protocol/down.ts";
import type { PushRequest } from "#protocol/up.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { createCommands } from "#server/commands/apply.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Store } from "#server/store/store.ts";
import {
  ana,
  ben,
  firstDocuments,
  ids,
  onlineActs,
  theirActs,
  workActs,
  type Row,
} from "./acts.ts";
import { workKey, workspace, type RecordedOutbox } from "./shape.ts";

/** The moment at which the story begins: noon of 21 November 2026. */
const begin = Date.UTC(2026, 10, 21, 12);

const admin = { user: ana, role: "admin", access: defaultAccessSettings } as const;

/** Records what a device of this version holds after it was away. The same each time, but for what is sealed. */
export async function recordOutbox(): Promise<RecordedOutbox> {
  const server = aServer();
  const db = new ClientDb(`golden-${protocolVersion}`);
  const core = createSyncCore({
    db,
    transport: server.transport,
    clock: { wall: server.clock, monotonic: server.clock },
    newId: ids(),
    actor: () => admin,
  });
  await db.seal.put({ purpose: "work", key: await workKey() });
  await server.begin();
  await exchange(core);
  for (const act of onlineActs()) await accepted(core, act);
  for (const act of theirActs("early")) await server.act(act);
  await exchange(core);
  await saveDraft(db, "campaign/new", { name: "Half typed", step: "content" });
  const documents = await server.documents();
  const work = workActs(protocolVersion, documents);
  for (const act of work) await accepted(core, act);
  const untold = commandNames.filter((name) => !work.some((act) => act.name === name));
  if (untold.length > 0) throw new Error(`the story (acts.ts) lacks ${untold.join(", ")}`);
  for (const act of theirActs("late")) await server.act(act);
  const base = await server.documents();
  const at = server.clock();
  const stores = await contentOf(db);
  const { requests, verdicts } = await server.heard(() => exchange(core));
  db.close();
  const schema = Object.fromEntries(db.tables.map((table) => [table.name, schemaOf(table)]));
  return {
    protocol: protocolVersion,
    schema: schemaVersion,
    at,
    device: { version: db.verno, schema, stores },
    base,
    requests,
    verdicts,
  };
}

/** A person acts on the device; what its own rules refuse is a mistake of the story. */
async function accepted(core: SyncCore, act: Act): Promise<void> {
  const done = await core.write(act);
  if (!done.ok) throw new Error(`${act.name}: ${JSON.stringify(done.error)}`);
}

async function exchange(core: SyncCore): Promise<void> {
  for (const step of ["pushOnce", "pullOnce", "pushOnce", "pullOnce"] as const) {
    for (;;) {
      const done = await core[step]();
      if (done.outcome === "failed") throw new Error(`${step}: ${done.failure.kind}`);
      if (done.outcome === "idle") break;
    }
  }
}

/** The rules and the storage of the server, without HTTP. */
function aServer() {
  let now = begin;
  const clock = () => (now += 1_000);
  const store = openInlineStore(":memory:");
  const commands = createCommands({ store, clock, checkContent: () => uncheckedContent });
  const puller = createPuller({ store, clock });
  const requests: PushRequest[] = [];
  const verdicts: Verdict[] = [];
  const transport: Transport = {
    push: async (request) => {
      requests.push(request);
      const { client, instance, schema } = request;
      const said: Verdict[] = [];
      for (const command of request.commands) {
        const done = await commands.apply({
          workspace,
          ...admin,
          client,
          instance,
          schema,
          command,
        });
        if (done.outcome === "gap") throw new Error(`a gap before ${done.expected}`);
        said.push(done.verdict);
      }
      verdicts.push(...said);
      return ok({ verdicts: said, expected: null, time: clock(), epoch: await puller.epoch() });
    },
    pull: async (request) => ok(await puller.pull({ ...request, workspace, user: ana })),
  };
  return {
    clock,
    transport,
    begin: () => write(store, firstDocuments(protocolVersion, begin), clock()),
    documents: () => everything(store),
    /** What somebody else does meanwhile. */
    act: async (act: Act) => {
      const office = {
        workspace,
        user: ben,
        role: "office",
        access: defaultAccessSettings,
      } as const;
      const done = await commands.act({ ...office, act });
      if (done.outcome === "rejected") {
        throw new Error(`${act.name}: ${JSON.stringify(done.refusal)}`);
      }
    },
    heard: async (run: () => Promise<void>) => {
      requests.length = 0;
      verdicts.length = 0;
      await run();
      return { requests: [...requests], verdicts: [...verdicts] };
    },
  };
}

async function write(store: Store, rows: readonly Row[], now: number): Promise<void> {
  const writes = rows.map(({ kind, doc }) => ({ kind, id: doc.id, doc }));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each document stands beside its own kind
  const typed = writes as Parameters<Store["sync"]["commitWrites"]>[0]["writes"];
  await store.sync.commitWrites({ workspace, expect: [], writes: typed, activity: null, now });
}

async function everything(store: Store): Promise<RecordedOutbox["base"]> {
  const found = await Promise.all(
    kinds.map(async (kind) =>
      (await store.sync.list({ workspace, kind })).map((doc) => ({
        kind,
        id: doc.id,
        doc: { ...doc },
      })),
    ),
  );
  return found.flat();
}

async function contentOf(db: ClientDb): Promise<Record<string, unknown[]>> {
  const filled: [string, unknown[]][] = [];
  for (const table of db.tables) filled.push([table.name, await table.toArray()]);
  return Object.fromEntries(filled);
}

function schemaOf({ schema }: ClientDb["tables"][number]): string {
  return [schema.primKey.src, ...schema.indexes.map(({ src }) => src)].join(", ");
}
