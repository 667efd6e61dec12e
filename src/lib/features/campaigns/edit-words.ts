/** What an edit of a campaign that was launched will do, told before it is saved. */
import type { EditReach } from "#domain/report/edit-reach.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";

export function reachSentences(
  reach: EditReach | null,
  { asks, goesOn = false }: { readonly asks: boolean; readonly goesOn?: boolean },
): readonly string[] {
  if (goesOn) return [...live(reach), ...(asks ? [goesOnUntilYes] : [])];
  const told = reach === null ? ["Who is still queued will get the new text."] : counted(reach);
  const approval = "Another person has to approve the new text before the campaign can go on.";
  return [...told, "Nothing is sent while it is paused.", ...(asks ? [approval] : [])];
}

const goesOnUntilYes =
  "Another person has to approve the new text: until then it goes on with the one it has.";

/** Nobody is stopped: whoever was written to keeps what they got. */
function live(reach: EditReach | null): readonly string[] {
  const { later } = reach ?? { later: 0 };
  const wait = later === 1 ? "waits" : "wait";
  const waiting = later === 0 ? "" : `${formatCount(later, "recipient")} who still ${wait}, and `;
  const who = waiting === "" ? "Whoever" : `${waiting}whoever`;
  return [`It stays live. ${who} comes in from now on will get the new text.`];
}

function counted({ earlier, later }: EditReach): readonly string[] {
  const are = earlier === 1 ? "has" : "have";
  const had = `${formatCount(earlier, "recipient")} ${are} already been sent the earlier text`;
  return [`${had}, ${formatNumber(later)} will get the new one.`];
}
