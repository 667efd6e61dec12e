/** What a campaign waits for as it is being chosen. */
import {
  wrongPartOfTrigger,
  type DateTrigger,
  type Trigger,
  type TriggerKind,
  type TriggerPart,
} from "#domain/campaign/trigger.ts";
import { deviceZone } from "#lib/i18n/zone.ts";

/** Before the date, on it, or after it. */
export const dateSides = ["on", "before", "after"] as const;

type DateSide = (typeof dateSides)[number];

export class TriggerForm {
  kind: TriggerKind = $state("event");
  event = $state("");
  code = $state("");
  campaignId = $state("");
  existing: "skip" | "send" = $state("skip");
  delay = $state("0");
  unit = $state<"1" | "60" | "1440">("60");
  again = $state<"once" | "again">("once");
  wait = $state("24");
  waitUnit = $state<"1" | "24">("1");
  field = $state("");
  every: DateTrigger["every"] = $state("year");
  side: DateSide = $state("on");
  days = $state("7");
  time = $state("09:00");
  zone = $state(deviceZone());
  local = $state(true);
  order: DateTrigger["order"] = $state("dayFirst");
  ifLate: DateTrigger["ifLate"] = $state("hold");

  readonly trigger: Trigger = $derived.by(() => this.#made());

  /** The part that has to be corrected; null when it means something. */
  readonly wrong: TriggerPart | null = $derived(wrongPartOfTrigger(this.trigger));

  #made(): Trigger {
    const entrance = {
      delayMinutes: numberOf(this.delay) * Number(this.unit),
      againAfterHours: this.again === "once" ? null : numberOf(this.wait) * Number(this.waitUnit),
    };
    switch (this.kind) {
      case "event":
        return { kind: "event", event: this.event.trim(), ...entrance };
      case "redeemed": {
        const code = this.code.trim();
        const campaignId = this.campaignId === "" ? null : this.campaignId;
        return { kind: "redeemed", code: code === "" ? null : code, campaignId, ...entrance };
      }
      case "entry":
        return { kind: "entry", existing: this.existing, ...entrance };
      case "date":
        return this.#date();
    }
  }

  #date(): DateTrigger {
    const { every, time, zone, local, order, ifLate, side } = this;
    const days = side === "on" ? 0 : numberOf(this.days) * (side === "before" ? -1 : 1);
    const field = this.field.trim();
    return { kind: "date", field, every, days, time, zone, local, order, ifLate };
  }
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

const errors: Partial<Record<TriggerPart, string>> = {
  event: "Small letters, digits and _ . - after a letter, such as order_paid",
  code: "Letters, digits and _ . - after the first, with or without * at the end",
  delayMinutes: "A whole number, at most 90 days",
  againAfterHours: "A whole number, at most 365 days",
  field: "Enter the heading of the column with the date",
  days: "A whole number from 0 to 366",
  time: "Enter a time",
};

/** What to correct in a part of the form, when it is the wrong one. */
export function errorOf(part: TriggerPart, wrong: TriggerPart | null): string | undefined {
  return part === wrong ? errors[part] : undefined;
}
