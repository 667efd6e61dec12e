/** What waits and since when, as lines for the person at the terminal. */
import { dayMs, hourMs, minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { Counted, Waiting } from "../store/admin-store.ts";
import { counted } from "./terminal.ts";

/** Nothing is said of what does not wait. */
export function waitingLines(waiting: Waiting, now: Instant): readonly string[] {
  const { timers, chunks, receipts, unflushed, unmatched, notices } = waiting;
  const { watches, unnoted, mailboxes, reports } = waiting;
  const lines = [
    list("campaigns", waiting.campaigns),
    list("messages", waiting.messages),
    since("the oldest campaign that is not handed over", waiting.oldestLaunchAt, now),
    timers.all > 0 ? `${counted(timers.all, "timer")}, ${timers.due} due` : null,
    since("the first due timer", timers.firstAt, now),
    chunks.leased + chunks.fresh > 0
      ? `${counted(chunks.leased, "chunk")} at work, ${chunks.fresh} not begun`
      : null,
    receipts.due > 0 ? `${counted(receipts.due, "chunk")} whose receipts are due` : null,
    since("the first of them", receipts.firstAt, now),
    unflushed > 0 ? `${counted(unflushed, "campaign")} with counters not told yet` : null,
    unmatched.waiting + unmatched.givenUp > 0
      ? `${counted(unmatched.waiting, "receipt")} tried again, ${unmatched.givenUp} given up`
      : null,
    ...inboxLines(waiting.inbox, now),
    watches.all > 0
      ? `${counted(watches.all, "live campaign")} waiting for dates or people, ${watches.due} due`
      : null,
    since("the first of them that is due", watches.firstAt, now),
    unnoted > 0 ? `${counted(unnoted, "campaign")} not noted for the unreachable yet` : null,
    mailboxes.failing > 0
      ? `${counted(mailboxes.failing, "mailbox", "mailboxes")} of returned mails that cannot be read`
      : null,
    since("the first of them", mailboxes.firstAt, now),
    reports.due > 0 ? `${counted(reports.due, "report")} by e-mail due` : null,
    since("the first of them", reports.firstAt, now),
    notices.waiting > 0 ? `${counted(notices.waiting, "notice")} to people` : null,
    since("the first of them", notices.firstAt, now),
  ].filter((line) => line !== null);
  return lines.length === 0 ? ["Nothing waits."] : ["What waits:", ...lines.map(indented)];
}

function inboxLines(
  { receipts, firstAt }: Waiting["inbox"],
  now: Instant,
): readonly (string | null)[] {
  if (receipts === 0) return [];
  const came = `${counted(receipts, "receipt")} that came faster than they are merged`;
  return [came, since("the first of them", firstAt, now)];
}

function list(what: string, counts: readonly Counted[]): string | null {
  const some = counts.filter(({ n }) => n > 0);
  if (some.length === 0) return null;
  return `${what}: ${some.map((each) => `${each.n} ${each.what}`).join(", ")}`;
}

function since(what: string, at: Instant | null, now: Instant): string | null {
  return at === null ? null : `${what}: for ${duration(Math.max(0, now - at))}`;
}

function duration(ms: number): string {
  const units = [
    [dayMs, "d"],
    [hourMs, "h"],
    [minuteMs, "min"],
  ] as const;
  const [unitMs, unit] = units.find(([each]) => ms >= 2 * each) ?? [secondMs, "s"];
  return `${Math.floor(ms / unitMs)} ${unit}`;
}

function indented(line: string): string {
  return `  ${line}`;
}
