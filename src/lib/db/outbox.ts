/** The outbox on its way to the server: what to push, what the verdicts change, what can be taken back. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { joinEdits } from "#domain/sync/join-edits.ts";
import type { Command } from "#protocol/command.ts";
import type { PushReply, Verdict } from "#protocol/down.ts";
import type { Card, ClientDb, Gone, OutboxCommand, SyncMeta } from "./client-db.ts";
import {
  isCovered as coveredBy,
  layOverlay,
  liftOverlay,
  overlayStores,
  type Actor,
  type IsCovered,
} from "./overlay.ts";
import { heldBack } from "./held.ts";
import { sealedBytes } from "./sealed-args.ts";
import { loadMeta, saveMeta } from "./sync-meta.ts";

export interface OutboxContext {
  readonly actor: Actor;
  readonly now: Instant;
  readonly newId: () => Id;
  readonly isCovered?: IsCovered;
}

/** Commands that the server has not answered. */
export async function countUnsent(db: ClientDb): Promise<number> {
  return db.outbox.filter(({ state }) => state !== "accepted").count();
}

export interface BatchLimits {
  readonly commands: number;
  readonly bytes: number;
  /** By command name, the newest version that the server understands; left out: all that this app writes. */
  readonly known?: Readonly<Record<string, number>> | undefined;
}

export interface Batch {
  readonly commands: readonly Command[];
  /** How many wait because the server does not know them yet, or because they build on such. */
  readonly held: number;
}

/**
 * The oldest unanswered commands within the limits; from now on they may be at the server. After
 * a change of the server's history and with nothing to say, the newest one that was accepted:
 * the answer tells whether the server forgot it. Only a database that an older app left in that
 * state has one: since then all that is kept goes back to the outbox (checkpoint.ts). What is
 * sealed of them is opened by `opened`.
 */
export async function takeBatch(
  db: ClientDb,
  limits: BatchLimits,
  newId: () => Id,
): Promise<Batch> {
  return db.transaction("rw", db.outbox, db.sent, db.meta, db.sealed, async () => {
    const { waiting, held } = await sayable(db, limits);
    const batch: Command[] = [];
    let bytes = 0;
    const taken: OutboxCommand[] = [];
    for (const stored of waiting) {
      const command = toCommand(stored);
      bytes += new TextEncoder().encode(JSON.stringify(command)).length + 1;
      bytes += await sealedBytes(db, stored.act);
      if (bytes > limits.bytes && batch.length > 0) break;
      batch.push(command);
      if (stored.state === "waiting") taken.push({ ...stored, state: "sending" });
    }
    await db.outbox.bulkPut(taken);
    if (batch.length > 0 || !(await loadMeta(db, newId)).mustProbe) {
      return { commands: batch, held };
    }
    const newest = await db.sent.orderBy("mid").last();
    return { commands: newest === undefined ? [] : [toCommand(newest)], held };
  });
}

/** What may be said now, in order. What may not, goes behind it: the server counts without gaps. */
async function sayable(
  db: ClientDb,
  { commands, known }: BatchLimits,
): Promise<{ readonly waiting: readonly OutboxCommand[]; readonly held: number }> {
  const unanswered = db.outbox.orderBy("mid").filter(({ state }) => state !== "accepted");
  if (known === undefined) return { waiting: await unanswered.limit(commands).toArray(), held: 0 };
  const all = await unanswered.toArray();
  const { free, held } = heldBack(all, known);
  const mids = all.map(({ mid }) => mid);
  const inOrder = [...free, ...held].map((each, i) => ({ ...each, mid: mids[i] ?? each.mid }));
  await db.outbox.bulkPut(inOrder);
  return { waiting: inOrder.slice(0, Math.min(free.length, commands)), held: held.length };
}

function toCommand({ mid, uid, act, v, at }: OutboxCommand): Command {
  return { mid, uid, name: act.name, v, args: act.args, at };
}

/**
 * Records what the server said about what was pushed. False: the answer belongs to another
 * history than ours (it came late, or the server was restored and we have not heard of it yet);
 * nothing changed, and what was pushed will be asked again. `context.now`: when the server said it,
 * by its own clock, as what its history has is kept for as long as a restore may forget it ([S21]).
 */
export async function settle(
  db: ClientDb,
  { verdicts, epoch }: Pick<PushReply, "verdicts" | "epoch">,
  pushed: readonly Command[],
  context: OutboxContext,
): Promise<boolean> {
  const uids = new Map(pushed.map(({ mid, uid }) => [mid, uid]));
  const covered = context.isCovered ?? coveredBy;
  return db.transaction("rw", overlayStores(db), async () => {
    const known = await loadMeta(db, context.newId);
    if (known.epoch !== null && known.epoch !== epoch) return false;
    // The versions that follow belong to this history, also when no page of it has come yet.
    const meta = { ...known, epoch };
    if (known.epoch === null) await saveMeta(db, meta);
    await noteProbe(db, meta, pushed);
    let mustRebase = false;
    for (const verdict of verdicts) {
      const command = await db.outbox.get(verdict.mid);
      const isIts = command !== undefined && command.uid === uids.get(verdict.mid);
      if (!isIts || command.state === "accepted") continue;
      if (verdict.outcome === "rejected") await refuse(db, command, verdict, context.now);
      else await accept(db, command, verdict, context.now);
      mustRebase ||= verdict.outcome === "rejected" || covered(verdict.seqs, meta.cursors);
    }
    if (mustRebase) await rebase(db, context);
    return true;
  });
}

/** Only what comes after all that was ever accepted proves that nothing of it was forgotten. */
async function noteProbe(db: ClientDb, meta: SyncMeta, pushed: readonly Command[]): Promise<void> {
  if (!meta.mustProbe) return;
  const newest = (await db.sent.orderBy("mid").last())?.mid ?? 0;
  if (pushed.some(({ mid }) => mid >= newest)) await saveMeta(db, { ...meta, mustProbe: false });
}

async function accept(
  db: ClientDb,
  command: OutboxCommand,
  verdict: Verdict,
  at: Instant,
): Promise<void> {
  const tells = verdict.outcome === "merged" || goneIn(verdict) !== null;
  const isNews = tells && command.isTold !== true;
  const isTold = isNews || command.isTold === true;
  await db.outbox.put({ ...command, state: "accepted", seqs: verdict.seqs, isTold });
  if (isNews) await db.inbox.put(cardOf(command, verdict, at));
}

/** Moves a refused command to a card; what fell because its parent had, to the parent's. */
async function refuse(
  db: ClientDb,
  command: OutboxCommand,
  verdict: Verdict,
  at: Instant,
): Promise<void> {
  const { act, mid, mine } = command;
  await db.outbox.delete(mid);
  const parent = verdict.refusal?.type === "parent" ? await refusedOf(db, act.args.id) : undefined;
  if (parent !== undefined) {
    const followers = [...parent.followers, act];
    await db.inbox.put({ ...parent, mine: mine ?? parent.mine, followers });
    return;
  }
  const card = cardOf(command, verdict, at);
  await db.inbox.put((await joinedWithEarlier(db, card)) ?? card);
}

/** One card tells of all edits of one thing that were refused for one reason. */
async function joinedWithEarlier(db: ClientDb, card: Card): Promise<Card | null> {
  const earlier = await refusedOf(db, card.act.args.id);
  if (earlier === undefined || earlier.refusal?.type !== card.refusal?.type) return null;
  const act = joinEdits(earlier.act, card.act);
  return act && { ...card, id: earlier.id, act, followers: earlier.followers };
}

async function refusedOf(db: ClientDb, id: Id): Promise<Card | undefined> {
  return db.inbox.filter(({ kind, act }) => kind === "rejected" && act.args.id === id).first();
}

function cardOf({ uid, act, mine }: OutboxCommand, verdict: Verdict, at: Instant): Card {
  const { refusal, lost, outcome } = verdict;
  const kind = outcome === "ok" ? "told" : outcome;
  const gone = goneIn(verdict);
  const card: Card = { id: uid, kind, act, refusal, lost, mine, followers: [], at };
  return gone === null ? card : { ...card, gone };
}

function goneIn({ note = {} }: Verdict): Gone | null {
  const { late: since, gone: count, total = null } = note;
  if (typeof since !== "number" || typeof count !== "number") return null;
  return { since, count, total: typeof total === "number" ? total : null };
}

/** Inside a transaction over the overlay's stores: the rows again, as base with what still waits. */
export async function rebase(db: ClientDb, context: OutboxContext): Promise<void> {
  const meta = await loadMeta(db, context.newId);
  const n = meta.n + 1;
  await layOverlay(db, await liftOverlay(db), {
    actor: context.actor,
    n,
    now: context.now,
    cursors: meta.cursors,
    mayForget: false,
    isCovered: context.isCovered ?? coveredBy,
  });
  await saveMeta(db, { ...meta, n });
}

/**
 * The server expects another mid than our first: it was restored from a backup and forgot some
 * (they are sent again), or it knows more than this profile does (what waits is renumbered; the
 * uids stay, so nothing takes effect twice). `since`: the first of ours that it may not know.
 */
export async function realign(
  db: ClientDb,
  expected: number,
  context: OutboxContext,
  since = expected,
): Promise<void> {
  await db.transaction("rw", overlayStores(db), async () => {
    const forgotten = await db.sent.where("mid").aboveOrEqual(since).toArray();
    const own = await db.outbox
      .filter(({ mid, state }) => state !== "accepted" || mid >= since)
      .toArray();
    const again = [...forgotten, ...own].toSorted((a, b) => a.mid - b.mid);
    await db.sent.bulkDelete(forgotten.map(({ mid }) => mid));
    await db.outbox.bulkDelete(own.map(({ mid }) => mid));
    await db.outbox.bulkPut(
      again.map(({ uid, act, v, at, now, mine, state, copied, isTold, clock }, i) => {
        const isNew = state === "waiting";
        const mid = expected + i;
        const kept = { mid, uid, act, v, at, now, mine, seqs: {} };
        const told = isTold === true ? { isTold } : {};
        const dated = clock === undefined ? {} : { clock };
        const next = { ...kept, ...told, ...dated, state: isNew ? state : ("sending" as const) };
        return copied === undefined ? next : { ...next, copied };
      }),
    );
    const meta = await loadMeta(db, context.newId);
    await saveMeta(db, { ...meta, lastMid: expected + again.length - 1 });
    // What the server forgot is not in its base: it is shown as waiting again.
    if (forgotten.length > 0) await rebase(db, context);
  });
}

/**
 * The first of ours that a server may not know which expects another mid than that of our next
 * command. One that was restored may have heard a copy of this profile meanwhile, under our
 * numbers: which of ours it kept, they do not tell, so it is asked for all.
 */
export function firstInDoubt({ mustProbe }: Pick<SyncMeta, "mustProbe">, expected: number): number {
  return mustProbe ? Number.NEGATIVE_INFINITY : expected;
}

/**
 * Where the server's history is another one, also what was accepted under this device's id of
 * before (it forked, identity.ts) is asked again: under numbers that the id of now can have.
 */
export async function renumberOlder(db: ClientDb, context: OutboxContext): Promise<void> {
  const older = (table: typeof db.sent | typeof db.outbox) => table.where("mid").below(1).count();
  if ((await older(db.sent)) + (await older(db.outbox)) === 0) return;
  await realign(db, 1, context, Number.NEGATIVE_INFINITY);
}

/**
 * Takes a command back that never left, and what builds on the row that it made. False: too late,
 * or another device has it now and may be the first to send it.
 */
export async function discard(db: ClientDb, mid: number, context: OutboxContext): Promise<boolean> {
  return db.transaction("rw", overlayStores(db), async () => {
    const command = await db.outbox.get(mid);
    if (command?.state !== "waiting" || command.copied?.how === "handedOver") return false;
    const later = await db.outbox.where("mid").above(mid).sortBy("mid");
    const makes = /\.(?:create|add|duplicate)$/.test(command.act.name);
    const stays = later.filter(({ act }) => !makes || act.args.id !== command.act.args.id);
    await db.outbox.bulkDelete([mid, ...later.map((each) => each.mid)]);
    await db.outbox.bulkPut(stays.map((each, i) => ({ ...each, mid: mid + i })));
    const meta = await loadMeta(db, context.newId);
    await saveMeta(db, { ...meta, lastMid: mid + stays.length - 1 });
    await rebase(db, context);
    return true;
  });
}
