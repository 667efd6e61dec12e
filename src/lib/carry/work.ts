/** A person's unsent work: sealed for the way, and taken in where it arrives. */
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { collectWork, noteCopied, takeWork, type TakenIn } from "../db/carried.ts";
import type { ClientDb, Copied } from "../db/client-db.ts";
import type { OutboxContext } from "../db/outbox.ts";
import { inspect, open, seal, type CarryProblem, type Owner, type SealedWork } from "./seal.ts";

/** The device's data of who is signed in. */
export interface Carrying {
  readonly db: ClientDb;
  readonly owner: Owner;
  readonly context: OutboxContext;
}

export interface LeavingWork {
  readonly work: SealedWork;
  /** Notes how it left; `handedOver` cannot be taken back here. */
  note(how: Copied["how"]): Promise<void>;
}

export async function sealUnsent(
  { db, owner, context }: Carrying,
  passphrase: string,
): Promise<LeavingWork> {
  const unsent = await collectWork(db);
  const uids: readonly Id[] = unsent.commands.map(({ uid }) => uid);
  const work = await seal(unsent, { owner, madeAt: context.now, passphrase });
  return { work, note: (how) => noteCopied(db, uids, { how, at: context.now }) };
}

/** Why it is of no use to who is signed in here; null when it may be opened. */
export function refusalOf({ owner }: Carrying, work: SealedWork): Promise<CarryProblem | null> {
  return inspect(work, owner);
}

export type TakeProblem = { readonly type: CarryProblem } | Refusal;

export async function takeUnsent(
  { db, context }: Carrying,
  work: SealedWork,
  passphrase: string,
): Promise<Result<TakenIn, TakeProblem>> {
  const opened = await open(work, passphrase);
  if (!opened.ok) return err({ type: opened.error });
  const { madeAt } = work.header;
  const taken = await takeWork(db, opened.value, { ...context, madeAt });
  return taken.ok ? ok(taken.value) : taken;
}
