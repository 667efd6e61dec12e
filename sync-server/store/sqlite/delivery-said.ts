/** Which text a message has to carry, where its campaign was edited after its launch. */
import type { Settlement } from "../delivery-store.ts";
import { eachOf } from "../settlement-runs.ts";
import type { Database } from "./database.ts";
import type { Message } from "./delivery-moved.ts";
import type { Place } from "./delivery-place.ts";

/** The text that this message has to carry under the key of its gen. */
export function editionFor(
  db: Database,
  { ws, seq, edition }: Place & { readonly edition: number },
  { n, gen }: Pick<Message, "n" | "gen">,
): number {
  if (edition === 1) return edition;
  const row = db.get(
    "select edition from said where ws = ? and distribution = ? and n = ? and gen = ?",
    ws,
    seq,
    n,
    gen,
  );
  return row === undefined ? edition : Number(row["edition"]);
}

/** Who was in flight when the campaign was edited, and was not handed over after all, takes the new text. */
export function forgetUnsaid(
  db: Database,
  { ws, seq, edition }: Place & { readonly edition: number },
  settlements: readonly Settlement[],
): void {
  if (edition === 1) return;
  for (const { n, gen, state, attempt } of eachOf(settlements)) {
    if (state !== "queued" || attempt !== null) continue;
    db.run(
      `delete from said where ws = ? and distribution = ? and n = ? and gen = ?
        and not exists (select 1 from attempt a where a.ws = said.ws
          and a.distribution = said.distribution and a.n = said.n and a.gen = said.gen)`,
      ws,
      seq,
      n,
      gen,
    );
  }
}
