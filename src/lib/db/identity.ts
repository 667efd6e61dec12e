/**
 * Who this device is to the server: an id, and a nonce that changes so that a copy of the profile
 * is found out; and the end of it all, when the device is revoked.
 */
import type { Id } from "#domain/core/id.ts";
import type { CommandName } from "#domain/sync/command.ts";
import type { ClientDb, OutboxCommand, SyncMeta } from "./client-db.ts";
import { hasEnded } from "./ended.ts";
import { overlayStores } from "./overlay.ts";
import { freshMeta, loadMeta, saveMeta } from "./sync-meta.ts";

type NewId = () => Id;

/** The nonces that a message said. */
export interface Handshake {
  readonly client: Id;
  readonly instance: Id;
  readonly next?: Id;
}

/** The record, with a next nonce to say when there was none. */
export async function offerHand(db: ClientDb, newId: NewId): Promise<SyncMeta> {
  return db.transaction("rw", db.meta, async () => {
    const meta = await loadMeta(db, newId);
    if (typeof meta.next === "string") return meta;
    const offering = { ...meta, next: newId() };
    await saveMeta(db, offering);
    return offering;
  });
}

/** The server answered: the nonce that was said counts from now on. */
export async function handTaken(db: ClientDb, said: Handshake, newId: NewId): Promise<void> {
  const { next } = said;
  if (next === undefined) return;
  await db.transaction("rw", db.meta, async () => {
    const meta = await loadMeta(db, newId);
    if (isOf(meta, said)) await saveMeta(db, { ...meta, instance: next, next: null });
  });
}

/**
 * The server says that this profile was copied. It takes an id of its own and numbers what waits
 * from 1; the uids stay, so nothing happens twice. False: the answer came late, to a nonce that is
 * no longer ours, and says nothing of us.
 */
export async function fork(db: ClientDb, said: Handshake, newId: NewId): Promise<boolean> {
  return db.transaction("rw", overlayStores(db), async () => {
    const meta = await loadMeta(db, newId);
    if (!isOf(meta, said)) return false;
    const { client, instance } = freshMeta(newId);
    const all = await db.outbox.orderBy("mid").toArray();
    const answered = all.filter(({ state }) => state === "accepted");
    const waiting = all.filter(({ state }) => state !== "accepted");
    await db.outbox.clear();
    await db.outbox.bulkPut(waiting.map((command, i) => ({ ...command, mid: i + 1 })));
    await db.outbox.bulkPut(answered.map((command) => older(command, meta)));
    const sent = await db.sent.toArray();
    await db.sent.clear();
    await db.sent.bulkPut(sent.map((command) => older(command, meta)));
    await saveMeta(db, { ...meta, client, instance, next: null, lastMid: waiting.length });
    return true;
  });
}

/** What was accepted under the id of before keeps its order, before all that is numbered anew. */
function older<C extends OutboxCommand>(command: C, { lastMid }: SyncMeta): C {
  return { ...command, mid: command.mid - lastMid };
}

function isOf(meta: SyncMeta, { client, instance, next }: Handshake): boolean {
  return (
    meta.client === client && meta.instance === instance && (meta.next ?? null) === (next ?? null)
  );
}

/** How many acts of each name were lost; what they said is not kept. */
export type LostActs = Readonly<Partial<Record<CommandName, number>>>;

/**
 * Removes everything of the workspace from this device, in one transaction, and leaves the mark by
 * which every tab and every late answer is refused from now on. Answers what had not been sent;
 * null: it was removed before.
 */
export async function endDevice(db: ClientDb, newId: NewId): Promise<LostActs | null> {
  return db.transaction("rw", db.tables, async () => {
    if (await hasEnded(db)) return null;
    const unsent = await db.outbox.filter(({ state }) => state !== "accepted").toArray();
    const lost: Partial<Record<CommandName, number>> = {};
    for (const { act } of unsent) lost[act.name] = (lost[act.name] ?? 0) + 1;
    await Promise.all(db.tables.map((table) => table.clear()));
    await saveMeta(db, { ...freshMeta(newId), hasEnded: true });
    return lost;
  });
}
