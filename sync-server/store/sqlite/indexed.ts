/**
 * The conditions of partial indexes, word by word: only so SQLite recognises that an index has
 * all rows that a query asks for (migration 54).
 */

/** Campaigns that the engine has something to do for, in `document_work`. */
export const isAtWork =
  "(phase = 'scheduled' or phase = 'preparing' or phase = 'active' or phase = 'settling')";

/** Who is to be told and was not yet, in `telling_due`. */
export const isUntold = "(state = 'queued' or state = 'sending')";

/** Messages `m` that were not sent or did not arrive, in `message_stopped`: skipped, failed, undelivered. */
export const isStopped = "(m.state = 6 or m.state = 8 or m.state = 9)";
