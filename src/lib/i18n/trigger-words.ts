/** What a campaign waits for, in words. */
import type { DateTrigger, Trigger } from "#domain/campaign/trigger.ts";
import { formatCount } from "./format.ts";
import { zoneText } from "./repeat-words.ts";

/** "30 minutes after “order_paid”, once per person". */
export function triggerText(trigger: Trigger): string {
  if (trigger.kind === "date") return dateText(trigger);
  const { delayMinutes, againAfterHours } = trigger;
  const when =
    delayMinutes === 0 ? happeningText(trigger) : laterText(trigger, spanText(delayMinutes));
  return `${when}, ${againText(againAfterHours)}`;
}

function laterText(trigger: Exclude<Trigger, DateTrigger>, wait: string): string {
  switch (trigger.kind) {
    case "event":
      return `${wait} after “${trigger.event}”`;
    case "redeemed":
      return trigger.code === null
        ? `${wait} after a redeemed code`
        : `${wait} after the redeemed code ${trigger.code}`;
    case "entry":
      return `${wait} after coming into the audience`;
  }
}

function happeningText(trigger: Exclude<Trigger, DateTrigger>): string {
  switch (trigger.kind) {
    case "event":
      return `On “${trigger.event}”`;
    case "redeemed":
      return trigger.code === null ? "On a redeemed code" : `On the redeemed code ${trigger.code}`;
    case "entry":
      return "On coming into the audience";
  }
}

/** "On “Birthday” each year at 09:00, Europe/Berlin". */
function dateText({ field, every, days, time, zone, local }: DateTrigger): string {
  const date = `“${field}”${every === "year" ? " each year" : ""}`;
  const count = formatCount(Math.abs(days), "day");
  const when = days === 0 ? "On" : `${count} ${days < 0 ? "before" : "after"}`;
  return `${when} ${date} at ${time}, ${zoneText({ zone, local })}`;
}

function againText(hours: number | null): string {
  if (hours === null) return "once per person";
  return hours === 0 ? "every time" : `again after ${spanText(hours * 60)}`;
}

function spanText(minutes: number): string {
  if (minutes % 1_440 === 0) return formatCount(minutes / 1_440, "day");
  return minutes % 60 === 0 ? formatCount(minutes / 60, "hour") : formatCount(minutes, "minute");
}
