/** What is the same for every proof about a message, whether a call ended with it or a receipt told it. */
import type { Evidence } from "#domain/message/merge.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Settlement } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import type { Message } from "./delivery-moves.ts";
import type { Place } from "./delivery-place.ts";

/** A message as proof about itself. */
export function evidenceOf({ gen, state, at, reason }: Message): Evidence {
  return { gen, state, at, reason: reasonOf(reason) };
}

/** Keeps the provider's own words about a try. */
export function addAttempt(
  db: Database,
  { ws, seq }: Place,
  of: Pick<Settlement, "n" | "gen" | "try" | "at" | "state" | "reason">,
  { code, words }: { readonly code: string; readonly words: string },
): void {
  db.run(
    `insert into attempt (ws, distribution, n, gen, try, at, state, reason, code, words)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    ws,
    seq,
    of.n,
    of.gen,
    of.try,
    of.at,
    stateCodes[of.state],
    reasonCode(of.reason),
    code.slice(0, 100),
    words.slice(0, 500),
  );
}

/** Whether somebody has to look after its last word. */
export function isAwaiting(state: Settlement["state"]): boolean {
  return state === "submitted" || state === "sent";
}
