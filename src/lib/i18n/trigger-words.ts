/** What a campaign waits for, in words. */
import type { Trigger } from "#domain/campaign/trigger.ts";
import { formatCount } from "./format.ts";

/** "30 minutes after “order_paid”, once per person". */
export function triggerText({ event, delayMinutes, againAfterHours }: Trigger): string {
  const when = delayMinutes === 0 ? "On" : `${spanText(delayMinutes)} after`;
  return `${when} “${event}”, ${againText(againAfterHours)}`;
}

function againText(hours: number | null): string {
  if (hours === null) return "once per person";
  return hours === 0 ? "every time" : `again after ${spanText(hours * 60)}`;
}

function spanText(minutes: number): string {
  if (minutes % 1_440 === 0) return formatCount(minutes / 1_440, "day");
  return minutes % 60 === 0 ? formatCount(minutes / 60, "hour") : formatCount(minutes, "minute");
}
