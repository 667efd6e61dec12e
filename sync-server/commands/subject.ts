/** Which row a command wanted to create, so that what builds on it can be told apart later. */
import { isId } from "#domain/core/id.ts";
import type { CommandName } from "#domain/sync/command.ts";
import type { Key, Kind } from "#domain/sync/document.ts";

const creating: Readonly<Partial<Record<CommandName, Kind>>> = {
  "campaign.create": "campaign",
  "campaign.duplicate": "campaign",
  "audience.create": "audience",
  "pin.add": "pin",
  "contact.add": "signUp",
};

/**
 * The key that the command creates; null for every other command. It takes the arguments as they
 * came: a creation with bad arguments is refused, and what builds on it must know that too.
 */
export function createdKey(name: string, args: unknown): Key | null {
  const kind = Object.entries(creating).find(([each]) => each === name)?.[1];
  if (kind === undefined || typeof args !== "object" || args === null || !("id" in args)) {
    return null;
  }
  return typeof args.id === "string" && isId(args.id) ? [kind, args.id] : null;
}
