/** What a locked device says. */
import { formatCount, formatDate, formatDateTime } from "#lib/i18n/format.ts";
import type { Lock } from "#lib/state/session.svelte.ts";

/** Why nobody is let in. */
export function whyText({ why, until, wall, seen }: Lock): string {
  return why === "over"
    ? `This device has not reached the server for too long. It has been locked since ${formatDate(until)}.`
    : `This device’s clock shows ${formatDate(wall)}, and it last reached the server about ${formatDate(seen)}. By that clock it is locked, but the clock may be wrong.`;
}

/** What was typed here and not sent. */
export function keptText({ unsent }: Lock): string {
  if (unsent === 0) return "Nothing is unsent: everything that was done here reached the server.";
  const what = formatCount(unsent, "change has", "changes have");
  const kept = unsent === 1 ? "It is kept here, and is" : "They are kept here, and are";
  return `${what} not been sent. ${kept} sent as soon as you are in.`;
}

/** How to get in again. */
export function wayText({ why }: Lock): string {
  return why === "over"
    ? "Connect this device to the internet: it opens by itself when the server answers, or sign in below."
    : "Set the clock right and it opens by itself. Or connect this device to the internet and sign in below.";
}

/** What comes when nobody does. */
export function removalText({ why, wipeAt, unsent }: Lock): string {
  if (why === "unsure") return "Nothing was removed.";
  const what = unsent === 0 ? "Its data is" : "Its data, with what was not sent, is";
  return `${what} removed after ${formatDateTime(wipeAt)} if it has not reached the server by then.`;
}
