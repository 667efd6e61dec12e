/**
 * The overlay: what waiting commands make of the base, kept in the same rows. Every change of
 * the base or of the outbox goes one way, inside one transaction: put the base back
 * (`liftOverlay`), change it, and replay the commands in order (`layOverlay`). All of it is done
 * in memory, so a checkpoint reads what waits once and writes what became different.
 */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { keysOf, type Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import type { Decision, Write } from "#domain/sync/decision.ts";
import type { Feed, Key, Kind } from "#domain/sync/document.ts";
import { dayMs } from "#domain/core/time.ts";
import { commandVersions, parseAct } from "#protocol/command.ts";
import { upcast } from "#protocol/upcast.ts";
import type { ClientDb, OutboxCommand, Shadow, StoredDocument } from "./client-db.ts";
import { metaKey } from "./ended.ts";
import { Rows, type AnyWrite } from "./rows.ts";
import { isSame } from "./same.ts";

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
    db.deletedCampaign,
    db.erasedSignUp,
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

/** The base in memory, where a transaction changes it before the overlay is laid anew. */
export interface Lifted {
  readonly rows: Rows;
  readonly shadows: readonly Shadow[];
}

/** Puts the base back in every row that a command touched; `layOverlay` writes what comes of it. */
export async function liftOverlay(db: ClientDb): Promise<Lifted> {
  const rows = new Rows(db);
  const shadows = await db.shadow.toArray();
  // Known as it is stored, a row that comes out the same is not written.
  await rows.load(shadows.map(({ kind, id }): Key => [kind, id]));
  for (const shadow of shadows) rows.put(shadow);
  return { rows, shadows };
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

/** A page answers its person between so many commands. */
const laidAtOnce = 100;

/** Lets go of commands whose effect is in the base, replays the others in order, and writes it all. */
export async function layOverlay(db: ClientDb, { rows, shadows }: Lifted, lay: Lay): Promise<void> {
  const commands = await db.outbox.orderBy("mid").toArray();
  const acts = commands.map(actOf);
  await rows.load(acts.flatMap((act) => (act === null ? [] : keysOf(act))));
  const laid: Laid = { rows, shadows: new Map() };
  const covered: OutboxCommand[] = [];
  for (const [i, command] of commands.entries()) {
    // A request lets the page do something else, and keeps the transaction open.
    if (i % laidAtOnce === laidAtOnce - 1) await db.meta.get(metaKey);
    const act = acts[i] ?? null;
    const isDone = command.state === "accepted" && lay.isCovered(command.seqs, lay.cursors);
    if (isDone) covered.push(command);
    if (act !== null) replay(laid, act, { isDone, actor: lay.actor, now: command.now });
  }
  await rows.flush(lay.n);
  await keepShadows(db, shadows, laid.shadows);
  await letGo(db, covered, lay.now);
  if (commands.length > 0 && lay.mayForget) {
    await db.sent
      .where("coveredAt")
      .below(lay.now - keepSentMs)
      .delete();
  }
}

interface Laid {
  readonly rows: Rows;
  /** The base of each row that a command touched, by its place. */
  readonly shadows: Map<string, Shadow>;
}

interface Replayed {
  /** Its effect is in the base. */
  readonly isDone: boolean;
  readonly actor: Actor;
  readonly now: Instant;
}

function replay({ rows, shadows }: Laid, act: Act, { isDone, actor, now }: Replayed): void {
  // No feed brings back what only this device keeps: with the verdict, its effect is the base.
  if (isDone && keysOf(act)[0]?.[0] !== "signUp") return;
  const decision = decide(rows, act, { now, ...actor, authority: false });
  if (decision.outcome === "rejected") return;
  for (const write of decision.writes) {
    const { kind, id } = write;
    const place = `${kind}:${id}`;
    if (!isDone && !shadows.has(place)) {
      shadows.set(place, { kind, id, doc: rows.get(kind, id) ?? null });
    }
    rows.put(write);
  }
}

/** Those of before, where they say something else now. */
async function keepShadows(
  db: ClientDb,
  before: readonly Shadow[],
  now: ReadonlyMap<string, Shadow>,
): Promise<void> {
  const known = new Map(before.map((shadow) => [`${shadow.kind}:${shadow.id}`, shadow]));
  const gone = [...known].filter(([place]) => !now.has(place));
  const changed = [...now].filter(([place, { doc }]) => !isSame(known.get(place)?.doc, doc));
  await db.shadow.bulkDelete(gone.map(([, { kind, id }]): [Kind, Id] => [kind, id]));
  await db.shadow.bulkPut(changed.map(([, shadow]) => shadow));
}

async function letGo(
  db: ClientDb,
  covered: readonly OutboxCommand[],
  coveredAt: Instant,
): Promise<void> {
  if (covered.length === 0) return;
  await db.outbox.bulkDelete(covered.map(({ mid }) => mid));
  await db.sent.bulkPut(covered.map((command) => ({ ...command, coveredAt })));
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
  const rows = new Rows(db);
  await rows.load(keysOf(act));
  return decide(rows, act, { now, ...actor, authority: false });
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

async function putDocument(db: ClientDb, write: AnyWrite, n: number): Promise<void> {
  const store = db.documents(write.kind);
  if (write.doc === null) await store.delete(write.id);
  else await store.put({ id: write.id, doc: write.doc, n } satisfies StoredDocument<Kind>);
}
