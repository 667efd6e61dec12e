/**
 * The overlay: what waiting commands make of the base, kept in the same rows. Every change of
 * the base or of the outbox goes one way, inside one transaction: put the base back
 * (`liftOverlay`), change it, and replay the commands in order (`layOverlay`).
 */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { keysOf, type Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import type { Decision, View, Write } from "#domain/sync/decision.ts";
import type { Documents, Feed, Key, Kind } from "#domain/sync/document.ts";
import { dayMs } from "#domain/core/time.ts";
import { commandVersions, parseAct } from "#protocol/command.ts";
import { upcast } from "#protocol/upcast.ts";
import type { ClientDb, OutboxCommand, StoredDocument } from "./client-db.ts";

/** Who acts on this device. */
export interface Actor {
  readonly user: Id;
  readonly role: Role;
  readonly access: AccessSettings;
}

export type Seqs = Readonly<Partial<Record<Feed, number>>>;

export type IsCovered = (seqs: Seqs, cursors: Readonly<Record<Feed, number>>) => boolean;

/** How long accepted commands are kept, in case the server is restored from a backup. */
const keepSentMs = 7 * dayMs;

/** The stores that `liftOverlay` and `layOverlay` work on. */
export function overlayStores(db: ClientDb) {
  return [
    db.campaign,
    db.audience,
    db.account,
    db.list,
    db.import,
    db.member,
    db.workspace,
    db.rollup,
    db.pin,
    db.consentText,
    db.codePool,
    db.signUp,
    db.sealed,
    db.shadow,
    db.outbox,
    db.sent,
    db.inbox,
    db.meta,
    db.stage,
  ];
}

/** Whether the base holds everything that an accepted command did. */
export const isCovered: IsCovered = (seqs, cursors) =>
  (seqs.org ?? 0) <= cursors.org &&
  (seqs.team ?? 0) <= cursors.team &&
  (seqs.roll ?? 0) <= cursors.roll &&
  (seqs.user ?? 0) <= cursors.user;

/** Puts the base back in every row that a command touched. */
export async function liftOverlay(db: ClientDb, n: number): Promise<void> {
  const shadows = await db.shadow.toArray();
  if (shadows.length === 0) return;
  for (const { kind, id, doc } of shadows) {
    await putDocument(db, { kind, id, doc }, n);
  }
  await db.shadow.clear();
}

export interface Lay {
  readonly actor: Actor;
  readonly n: number;
  /** The server's time; in a checkpoint, when it read the page. */
  readonly now: Instant;
  readonly cursors: Readonly<Record<Feed, number>>;
  readonly isCovered: IsCovered;
  /**
   * Whether what was sent long ago may go: the server was just heard, and its history is the one
   * that took it. A device that was away cannot know whether it has to ask again.
   */
  readonly mayForget: boolean;
}

/** Lets go of commands whose effect is in the base, and replays the others in order. */
export async function layOverlay(db: ClientDb, lay: Lay): Promise<void> {
  const commands = await db.outbox.orderBy("mid").toArray();
  for (const command of commands) {
    if (command.state === "accepted" && lay.isCovered(command.seqs, lay.cursors)) {
      await keepHere(db, command, lay);
      await db.outbox.delete(command.mid);
      await db.sent.put({ ...command, coveredAt: lay.now });
    } else {
      await replay(db, command, lay);
    }
  }
  if (commands.length > 0 && lay.mayForget) {
    await db.sent
      .where("coveredAt")
      .below(lay.now - keepSentMs)
      .delete();
  }
}

/** No feed brings back what only this device keeps: with the verdict, its effect is the base. */
async function keepHere(db: ClientDb, command: OutboxCommand, lay: Lay): Promise<void> {
  if (keysOf(command.act)[0]?.[0] !== "signUp") return;
  const decision = await decideHere(db, command.act, { actor: lay.actor, now: command.now });
  if (decision.outcome === "rejected") return;
  for (const write of decision.writes) await putDocument(db, write, lay.n);
}

async function replay(db: ClientDb, command: OutboxCommand, lay: Lay): Promise<void> {
  const act = actOf(command);
  if (act === null) return;
  const decision = await decideHere(db, act, { actor: lay.actor, now: command.now });
  if (decision.outcome !== "rejected") await applyWrites(db, decision.writes, lay.n);
}

/**
 * What a command means to this app that an older one may have written; null: nothing, so it is
 * not shown. It is sent as it was written all the same, and the server answers it.
 */
export function actOf({ act, v }: Pick<OutboxCommand, "act" | "v">): Act | null {
  if (commandVersions[act.name] === v) return act;
  const raised = upcast(act.name, v, act.args);
  if (!raised.ok) return null;
  const parsed = parseAct(act.name, raised.value);
  return parsed.ok ? parsed.act : null;
}

/** The domain's rule on this device's rows: what is shown until the server's verdict. */
export async function decideHere(
  db: ClientDb,
  act: Act,
  { actor, now }: { readonly actor: Actor; readonly now: Instant },
): Promise<Decision> {
  const view = await viewOf(db, keysOf(act));
  return decide(view, act, { now, ...actor, authority: false });
}

/** Writes rows of a command, keeping the base of each that no command had touched. */
export async function applyWrites(
  db: ClientDb,
  writes: readonly Write[],
  n: number,
): Promise<void> {
  for (const write of writes) {
    const key: [Kind, Id] = [write.kind, write.id];
    if ((await db.shadow.get(key)) === undefined) {
      const base = await db.documents(write.kind).get(write.id);
      await db.shadow.put({ kind: write.kind, id: write.id, doc: base?.doc ?? null });
    }
    await putDocument(db, write, n);
  }
}

interface AnyWrite {
  readonly kind: Kind;
  readonly id: Id;
  readonly doc: Documents[Kind] | null;
}

export async function putDocument(db: ClientDb, write: AnyWrite, n: number): Promise<void> {
  const store = db.documents(write.kind);
  if (write.doc === null) await store.delete(write.id);
  else await store.put({ id: write.id, doc: write.doc, n } satisfies StoredDocument<Kind>);
}

async function viewOf(db: ClientDb, keys: readonly Key[]): Promise<View> {
  const rows = await Promise.all(keys.map(([kind, id]) => db.documents(kind).get(id)));
  const found = new Map(keys.map(([kind, id], i) => [`${kind}:${id}`, rows[i]?.doc]));
  return {
    get: <K extends Kind>(kind: K, id: Id) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store of a kind holds documents of that kind alone
      found.get(`${kind}:${id}`) as Documents[K] | undefined,
  };
}
