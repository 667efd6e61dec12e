/** What an edit of a paused campaign will do, told before it is saved. */
import type { EditReach } from "#domain/report/edit-reach.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";

export function reachSentences(
  reach: EditReach | null,
  { asks }: { readonly asks: boolean },
): readonly string[] {
  const told = reach === null ? ["Who is still queued will get the new text."] : counted(reach);
  const approval = "Another person has to approve the new text before the campaign can go on.";
  return [...told, "Nothing is sent while it is paused.", ...(asks ? [approval] : [])];
}

function counted({ earlier, later }: EditReach): readonly string[] {
  const are = earlier === 1 ? "has" : "have";
  const had = `${formatCount(earlier, "recipient")} ${are} already been sent the earlier text`;
  return [`${had}, ${formatNumber(later)} will get the new one.`];
}
