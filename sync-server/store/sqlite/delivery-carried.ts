/**
 * Which text a message carries, where its campaign was edited after its launch: noted as its call
 * ends. Of a campaign that never was, nothing is written.
 */
import type { MessageState } from "#domain/message/state.ts";
import type { Database } from "./database.ts";
import type { Changing } from "./delivery-moved.ts";
import type { Place } from "./delivery-place.ts";

interface Stand {
  readonly n: number;
  readonly state: MessageState;
  readonly gen: number;
  readonly try: number;
}

interface Carried {
  /** The first of so many neighbours, as it stood and as it stands now. */
  readonly from: Stand;
  readonly to: Stand;
  readonly times?: number;
}

/** Under one key it is always the same text: that of `said`, or else the newest. */
export function noteCarried(
  db: Database,
  { ws, seq, edition, fallsBack }: Place & Pick<Changing, "edition" | "fallsBack">,
  { from, to, times = 1 }: Carried,
): void {
  if (edition === 1 || !wentOut(from, to)) return;
  db.run(
    `update message set edition = coalesce((select s.edition from said s where s.ws = message.ws
        and s.distribution = message.distribution and s.n = message.n and s.gen = ?), ?)
      where ws = ? and distribution = ? and n between ? and ? ${fallsBack ? byTheFirst : ""}`,
    from.gen,
    edition,
    ws,
    seq,
    from.n,
    from.n + times - 1,
  );
}

/** What goes by the second channel carries the text of that one. */
const byTheFirst = `and not exists (select 1 from fallen f where f.ws = message.ws
  and f.distribution = message.distribution and f.n = message.n)`;

/** Whether its call has ended, and was one. */
function wentOut(from: Stand, to: Stand): boolean {
  const cameBack = to.state === "queued" && to.gen === from.gen && to.try === 0;
  return from.state === "sending" && !cameBack;
}
