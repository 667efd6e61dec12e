/**
 * A person acts: the rule decides on this device's rows; rows and command are stored in one
 * transaction, or nothing is. After it answered, the act survives a crash.
 */
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Decision, Write } from "#domain/sync/decision.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { commandVersions } from "#protocol/command.ts";
import { amended } from "./amend.ts";
import type { ClaimedTime, ClientDb, OutboxCommand, SealedRecord } from "./client-db.ts";
import { withReopen } from "./connection.ts";
import {
  applyWrites,
  decideHere,
  isCovered,
  layOverlay,
  liftOverlay,
  overlayStores,
  type Actor,
} from "./overlay.ts";
import { bytesOf, hasRoom } from "./outbox-room.ts";
import { loadMeta, saveMeta } from "./sync-meta.ts";

export interface WriteHow {
  /** It goes on with what the newest command did: as long as that has not left, they become one. */
  readonly amends?: boolean;
}

export interface WriteInput {
  /** As it is stored. */
  readonly act: Act;
  /** As it was typed, where addresses in it are masked for storage; it must be right, too. */
  readonly typed?: Act;
  readonly sealed?: SealedRecord | undefined;
  readonly actor: Actor;
  readonly at: ClaimedTime;
  /** `at` is by a comparison of clocks that this page did not make. */
  readonly isRecalled?: boolean;
  readonly now: Instant;
  readonly newId: () => Id;
  readonly how?: WriteHow | undefined;
}

/** The mid that the command got, or why the rule refused. */
export async function write(db: ClientDb, input: WriteInput): Promise<Result<number, Refusal>> {
  return withReopen(db, () =>
    db.transaction("rw", overlayStores(db), async () => {
      const { act, sealed, newId, how = {} } = input;
      const claim = datedBy(input);
      const decision = await judged(db, input);
      if (decision.outcome === "rejected") return err(decision.refusal);
      const meta = await loadMeta(db, newId);
      const n = meta.n + 1;
      const newest = how.amends === true ? await db.outbox.get(meta.lastMid) : undefined;
      // What lies in a file too stays as it is: the server takes whichever comes first.
      const isOnlyHere = newest?.state === "waiting" && newest.copied === undefined;
      const one = isOnlyHere ? amended(newest.act, act) : null;
      if (newest !== undefined && one !== null) {
        const mine = typedIn(act, decision.writes);
        const bytes = bytesOf(one);
        const { clock: _, ...before } = newest;
        await amend(db, { ...before, ...claim, act: one, mine, bytes }, { ...input, n });
        await saveMeta(db, { ...meta, n });
        return ok(newest.mid);
      }
      // Who withdraws must never be turned away.
      const isFree = act.name === "consent.out" || (await hasRoom(db, [act]));
      if (!isFree) return err(tooMuch);
      const mid = meta.lastMid + 1;
      if (sealed !== undefined) await db.sealed.put(sealed);
      await applyWrites(db, decision.writes, n);
      const v = commandVersions[act.name];
      const uid = newId();
      const mine = typedIn(act, decision.writes);
      const bytes = bytesOf(act);
      const made = { mid, uid, act, v, ...claim, mine, bytes };
      await db.outbox.add({ ...made, state: "waiting", seqs: {} });
      await saveMeta(db, { ...meta, lastMid: mid, n });
      return ok(mid);
    }),
  );
}

function datedBy({ at, now, isRecalled }: WriteInput): Pick<OutboxCommand, "at" | "now" | "clock"> {
  return { at, now, ...(isRecalled === true ? { clock: "recalled" } : {}) };
}

/** What the rule says of it as it is stored, once it says the same of what was typed. */
async function judged(
  db: ClientDb,
  { act, typed = act, actor, now }: WriteInput,
): Promise<Decision> {
  const first = await decideHere(db, typed, { actor, now });
  if (first.outcome === "rejected" || typed === act) return first;
  return decideHere(db, act, { actor, now });
}

/** The rows again, with the newest command as it is now. */
async function amend(
  db: ClientDb,
  command: OutboxCommand,
  { actor, now, newId, n }: WriteInput & { readonly n: number },
): Promise<void> {
  const { cursors } = await loadMeta(db, newId);
  const lifted = await liftOverlay(db);
  await db.outbox.put(command);
  await layOverlay(db, lifted, { actor, n, now, cursors, mayForget: false, isCovered });
}

export const tooMuch: Refusal = {
  type: "invalid",
  field: null,
  detail: {
    message:
      "This device holds as much unsent work as it may (2,000 changes, or 5 MB). Connect to the server first. What waits is kept.",
  },
};

/** What a card must give back when the server refuses: only commands that carry text have something. */
export function typedIn(act: Act, writes: readonly Write[]): Write["doc"] {
  const carriesText = /\.(?:create|add|edit|duplicate)$/.test(act.name);
  return carriesText ? (writes.find(({ id }) => id === act.args.id)?.doc ?? null) : null;
}
