// Of which commands a card tells.
import type { Act } from "#domain/sync/command.ts";
import type { Verdict } from "#protocol/down.ts";
import type { Card } from "#lib/db/client-db.ts";

/** Edits of one thing that were refused for one reason are one card, which shows every field of theirs. */
export function tellsOf(card: Card, { name, args }: Act, verdict: Verdict | undefined): boolean {
  const refusal = verdict?.refusal ?? null;
  return (
    refusal !== null &&
    name.endsWith(".edit") &&
    card.act.name === name &&
    card.act.args.id === args.id &&
    card.refusal?.type === refusal.type &&
    Object.keys(args).every((field) => field in card.act.args)
  );
}
