/**
 * Commands about people carry addresses, which do not lie readable on a device: what is stored of
 * them is masked, and `sealed` names a record with what was typed. It is opened when the command
 * leaves, and when the person who typed it wants to see it.
 */
import type { Id } from "#domain/core/id.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Command } from "#protocol/command.ts";
import type { ClientDb, SealedRecord } from "./client-db.ts";
import { openSeal } from "./seal.ts";

/** What is sealed of a command. */
export interface TypedPerson {
  /** The arguments as they travel. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The addresses of the contact after it. */
  readonly email: string | null;
  readonly phone: string | null;
}

export async function sealPerson(db: ClientDb, id: Id, typed: TypedPerson): Promise<SealedRecord> {
  return { id, sealed: await openSeal(db, "work").seal(typed) };
}

/** Null: there is none, or the key is gone. */
export async function openPerson(db: ClientDb, id: Id | null): Promise<TypedPerson | null> {
  const record = id === null ? undefined : await db.sealed.get(id);
  if (record === undefined) return null;
  const typed = await openSeal(db, "work").open(record.sealed);
  return isTyped(typed) ? typed : null;
}

/**
 * The commands as they travel. One whose key is gone goes with its masked addresses: the server
 * refuses it with a card, and it does not block those behind it.
 */
export async function opened(
  db: ClientDb,
  commands: readonly Command[],
): Promise<readonly Command[]> {
  return Promise.all(
    commands.map(async (command) => {
      const { args } = command;
      if (!namesSealed(args)) return command;
      const { sealed, ...masked } = args;
      return { ...command, args: (await openPerson(db, sealed))?.args ?? masked };
    }),
  );
}

/** How much the command grows when it is opened. Inside a transaction over `sealed`. */
export async function sealedBytes(db: ClientDb, { args }: Pick<Act, "args">): Promise<number> {
  const record = namesSealed(args) ? await db.sealed.get(args.sealed) : undefined;
  return record?.sealed.bytes.byteLength ?? 0;
}

function namesSealed(args: unknown): args is { readonly sealed: Id } {
  return (
    typeof args === "object" && args !== null && "sealed" in args && typeof args.sealed === "string"
  );
}

function isTyped(value: unknown): value is TypedPerson {
  return typeof value === "object" && value !== null && "args" in value && "email" in value;
}
