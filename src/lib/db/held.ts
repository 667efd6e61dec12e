/**
 * What a server that is older than this app cannot be told yet: commands that it does not know, and
 * whatever touches the same things after them, so that nothing is judged out of order.
 */
import { keysOf } from "#domain/sync/command.ts";
import type { OutboxCommand } from "./client-db.ts";
import { actOf } from "./overlay.ts";

export interface HeldBack {
  readonly free: readonly OutboxCommand[];
  readonly held: readonly OutboxCommand[];
}

/** `commands`: in order. `known`: by name, the newest version that the server understands. */
export function heldBack(
  commands: readonly OutboxCommand[],
  known: Readonly<Record<string, number>>,
): HeldBack {
  const free: OutboxCommand[] = [];
  const held: OutboxCommand[] = [];
  /** Ids that what is held changes, and those that it looks at. */
  const changed = new Set<string>();
  const seen = new Set<string>();
  for (const command of commands) {
    const { act, v } = command;
    const looksAt = idsOf(command);
    const isHeld =
      v > (known[act.name] ?? 0) ||
      seen.has(act.args.id) ||
      looksAt.some((each) => changed.has(each));
    (isHeld ? held : free).push(command);
    if (!isHeld) continue;
    changed.add(act.args.id);
    for (const each of looksAt) seen.add(each);
  }
  return { free, held };
}

function idsOf(command: OutboxCommand): readonly string[] {
  const act = actOf(command);
  return act === null ? [command.act.args.id] : keysOf(act).map(([, id]) => id);
}
