/**
 * Unsent work that leaves the device by another way than the network, and that comes in so. The
 * commands keep their uids: whoever brings them to the server first, they take effect once.
 */
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { CarriedCard, CarriedCommand, CarriedWork } from "#protocol/carry.ts";
import { commandVersions, parseAct } from "#protocol/command.ts";
import { upcast } from "#protocol/upcast.ts";
import type { Card, ClientDb, Copied, OutboxCommand, SealedRecord } from "./client-db.ts";
import { bytesOf, hasRoom } from "./outbox-room.ts";
import type { OutboxContext } from "./outbox.ts";
import { applyWrites, decideHere, overlayStores } from "./overlay.ts";
import { closed, openedArgs } from "./sealed-args.ts";
import { loadMeta, saveMeta } from "./sync-meta.ts";
import { tooMuch, typedIn } from "./write.ts";

/**
 * The server knows a command's uid for 180 days. Work is taken in for half of that: what is older
 * could happen a second time.
 */
export const oldestWorkMs = 90 * dayMs;

/** Everything on this device that the server has not answered, and the cards. */
export async function collectWork(db: ClientDb): Promise<CarriedWork> {
  const commands = await unanswered(db);
  const cards = (await db.inbox.toArray()).filter(hasTyped);
  return {
    commands: await Promise.all(
      commands.map(async ({ uid, act, v, at, now }) => {
        const args = await openedArgs(db, act.args);
        return { uid, name: act.name, args, v, at: { ...at }, now };
      }),
    ),
    cards: await Promise.all(
      cards.map(async (card) => {
        const { name, args } = card.act;
        return { ...carriedCard(card), act: { name, args: await openedArgs(db, args) } };
      }),
    ),
  };
}

type TypedCard = Card & { readonly kind: Exclude<Card["kind"], "told"> };

/** What only tells of something done stays behind. */
function hasTyped(card: Card): card is TypedCard {
  return card.kind !== "told";
}

function carriedCard({
  id,
  kind,
  act,
  refusal,
  lost,
  mine,
  followers,
  at,
}: TypedCard): CarriedCard {
  return {
    id,
    kind,
    act,
    refusal: refusal && { ...refusal, detail: { ...refusal.detail } },
    lost: lost.map((each) => ({ ...each })),
    mine: mine !== null && "content" in mine ? mine : null,
    followers: [...followers],
    at,
  };
}

/** Notes that these lie elsewhere too: from now on they do not change, and what was handed over is not taken back. */
export async function noteCopied(db: ClientDb, uids: readonly Id[], copied: Copied): Promise<void> {
  const wanted = new Set(uids);
  await db.transaction("rw", db.outbox, async () => {
    const there = (await unanswered(db)).filter(({ uid }) => wanted.has(uid));
    const changed = there.filter((each) => each.copied?.how !== "handedOver");
    await db.outbox.bulkPut(changed.map((each) => ({ ...each, copied })));
  });
}

function unanswered(db: ClientDb): Promise<OutboxCommand[]> {
  return db.outbox
    .orderBy("mid")
    .filter(({ state }) => state !== "accepted")
    .toArray();
}

export interface TakenIn {
  /** Commands that wait on this device now and did not before. */
  readonly commands: number;
  readonly cards: number;
  /** What this device had already, or had already sent. */
  readonly known: number;
}

/** All of it in one transaction, behind what waits here already; or why nothing of it was. */
export async function takeWork(
  db: ClientDb,
  work: CarriedWork,
  context: OutboxContext & { readonly madeAt: Instant },
): Promise<Result<TakenIn, Refusal>> {
  if (context.now - context.madeAt > oldestWorkMs) return err(tooOld);
  const read = work.commands.map(readCommand);
  const typed = read.flatMap((each) => (each.ok ? [each.value] : []));
  const acts = await Promise.all(
    typed.map(async (each) => ({ ...each, ...(await closed(db, each.act, context.newId)) })),
  );
  const wrong = read.find((each) => !each.ok);
  if (wrong !== undefined && !wrong.ok) return wrong;
  return db.transaction("rw", overlayStores(db), async () => {
    const fresh: Arrived[] = [];
    for (const each of acts) if (!(await isKnown(db, each.uid))) fresh.push(each);
    const added = fresh.map(({ act }) => act);
    if (!(await hasRoom(db, added))) return err(tooMuch);
    const cards = await addCards(db, work.cards);
    await add(db, fresh, context);
    const known = acts.length - fresh.length + work.cards.length - cards;
    return ok({ commands: fresh.length, cards, known });
  });
}

interface Arrived extends Pick<OutboxCommand, "uid" | "v" | "at" | "now"> {
  readonly act: Act;
  readonly sealed?: SealedRecord | undefined;
}

/** What an older app saved is raised to what this one writes. */
function readCommand(carried: CarriedCommand): Result<Arrived, Refusal> {
  const { uid, name, v, at, now } = carried;
  const raised = upcast(name, v, carried.args);
  if (!raised.ok) return err(unreadable(`${name} is of a newer app`));
  const parsed = parseAct(name, raised.value);
  if (!parsed.ok) return err(unreadable(`${name}: ${parsed.field} ${parsed.message}`));
  const { act } = parsed;
  return ok({ uid, act, v: commandVersions[act.name], at, now });
}

async function isKnown(db: ClientDb, uid: Id): Promise<boolean> {
  const isIts = (each: { readonly uid: Id }) => each.uid === uid;
  return (
    (await db.inbox.get(uid)) !== undefined ||
    (await db.outbox.filter(isIts).count()) > 0 ||
    (await db.sent.filter(isIts).count()) > 0
  );
}

/** As if they had been done here just now: shown at once, and sent when the server answers. */
async function add(
  db: ClientDb,
  fresh: readonly Arrived[],
  { actor, now: takenAt, newId }: OutboxContext,
): Promise<void> {
  const meta = await loadMeta(db, newId);
  const n = meta.n + 1;
  let mid = meta.lastMid;
  for (const { uid, act, sealed, v, at, now } of fresh) {
    if (sealed !== undefined) await db.sealed.put(sealed);
    const decision = await decideHere(db, act, { actor, now });
    const writes = decision.outcome === "rejected" ? [] : decision.writes;
    await applyWrites(db, writes, n);
    mid += 1;
    const copied = { how: "takenIn", at: takenAt } as const;
    const mine = typedIn(act, writes);
    await db.outbox.add({
      bytes: bytesOf(act),
      mid,
      uid,
      act,
      v,
      at,
      now,
      state: "waiting",
      mine,
      seqs: {},
      copied,
    });
  }
  await saveMeta(db, { ...meta, lastMid: mid, n });
}

async function addCards(db: ClientDb, cards: readonly CarriedCard[]): Promise<number> {
  let added = 0;
  for (const carried of cards) {
    const card = readCard(carried);
    if (card === null || (await db.inbox.get(card.id)) !== undefined) continue;
    await db.inbox.add(card);
    added += 1;
  }
  return added;
}

/** Null: of a command that this app does not know. */
function readCard(carried: CarriedCard): Card | null {
  const parsed = parseAct(carried.act.name, carried.act.args);
  if (!parsed.ok) return null;
  const followers = carried.followers.flatMap(({ name, args }) => {
    const follower = parseAct(name, args);
    return follower.ok ? [follower.act] : [];
  });
  return { ...carried, act: parsed.act, followers };
}

function unreadable(message: string): Refusal {
  return { type: "invalid", field: null, detail: { message } };
}

const tooOld: Refusal = {
  type: "invalid",
  field: null,
  detail: {
    message: `It is older than ${oldestWorkMs / dayMs} days: the server could not tell any more what it has already.`,
  },
};
