/** A push: its commands one after the other, each in a transaction of its own. */
import type { Verdict } from "#protocol/down.ts";
import type { PushRequest } from "#protocol/up.ts";
import type { Actor, Commands } from "./apply.ts";

export interface PushOutcome {
  readonly verdicts: Verdict[];
  /** The mid that is expected, when a command was not the next one; null otherwise. */
  readonly expected: number | null;
}

type Sender = Pick<PushRequest, "client" | "instance" | "schema" | "commands">;

/**
 * When storage fails half way, what was decided is answered and the device asks again for the
 * rest; when nothing was, the failure is thrown.
 */
export async function applyPush(
  commands: Commands,
  actor: Actor,
  sender: Sender,
  verdicts: Verdict[] = [],
): Promise<PushOutcome> {
  const command = sender.commands[verdicts.length];
  if (command === undefined) return { verdicts, expected: null };
  const { client, instance, schema } = sender;
  try {
    const done = await commands.apply({ ...actor, client, instance, schema, command });
    if (done.outcome === "gap") return { verdicts, expected: done.expected };
    return await applyPush(commands, actor, sender, [...verdicts, done.verdict]);
  } catch (error) {
    if (verdicts.length === 0) throw error;
    return { verdicts, expected: null };
  }
}
