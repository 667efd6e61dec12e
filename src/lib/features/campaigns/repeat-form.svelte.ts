/** A rule of repetition as it is being chosen. */
import type { LatePolicy, Schedule } from "#domain/campaign/campaign.ts";
import { hourMs, type Instant } from "#domain/core/time.ts";
import {
  nextOccurrence,
  occurrences,
  wrongPartOf,
  type Occurrence,
  type Repeat,
  type RepeatEvery,
} from "#domain/schedule/repeat.ts";
import { instantOf, wallTimeOf } from "#domain/schedule/wall-time.ts";
import { weekdayOf } from "#lib/i18n/repeat-words.ts";
import { deviceZone } from "#lib/i18n/zone.ts";

export const endWays = ["never", "until", "times"] as const;

type EndWay = (typeof endWays)[number];

/** So many of the next times are shown. */
const shown = 5;

export class RepeatForm {
  date = $state("");
  time = $state("");
  zone = $state("");
  every: RepeatEvery = $state("week");
  interval = $state("1");
  weekdays: readonly number[] = $state([]);
  monthDay = $state("1");
  end: EndWay = $state("never");
  until = $state("");
  times = $state("10");
  local = $state(false);
  ifLate: LatePolicy = $state("hold");
  readonly #now: () => Instant;

  constructor(known: Schedule | null, now: () => Instant) {
    this.#now = now;
    if (known === null) this.#takeRule(usualRule(now(), deviceZone()), deviceZone());
    else {
      const { repeat, zone, local = false, ifLate } = known;
      this.#takeRule(repeat ?? usualRule(now(), zone), zone);
      this.local = local;
      this.ifLate = ifLate;
    }
  }

  #takeRule(repeat: Repeat, zone: string): void {
    const { from, every, interval, until = "", times = 10 } = repeat;
    this.zone = zone;
    this.date = from.slice(0, 10);
    this.time = from.slice(11);
    this.every = every;
    this.interval = String(interval);
    this.weekdays = repeat.weekdays ?? [weekdayOf(from)];
    this.monthDay = String(repeat.monthDay ?? Number(from.slice(8, 10)));
    this.end = endOf(repeat);
    this.until = until;
    this.times = String(times);
  }

  readonly repeat: Repeat = $derived.by(() => ({
    from: `${this.date}T${this.time}`,
    every: this.every,
    interval: Number(this.interval),
    ...(this.every === "week" ? { weekdays: this.weekdays } : {}),
    ...(this.every === "month" ? { monthDay: Number(this.monthDay) } : {}),
    ...(this.end === "until" ? { until: this.until } : {}),
    ...(this.end === "times" ? { times: Number(this.times) } : {}),
  }));

  /** The part that has to be corrected; null when it is a rule. */
  readonly wrong: keyof Repeat | null = $derived(wrongPartOf(this.repeat));

  /** The next times; none where the rule has none left. */
  readonly next: readonly Occurrence[] = $derived.by(() =>
    this.wrong === null
      ? occurrences(this.repeat, this.zone, { after: this.#now(), count: shown })
      : [],
  );

  toggle(day: number): void {
    const { weekdays } = this;
    const isOn = weekdays.includes(day);
    this.weekdays = isOn
      ? weekdays.filter((each) => each !== day)
      : [...weekdays, day].toSorted((a, b) => a - b);
  }

  /** As it is asked for; null while it means nothing, or nothing that is still to come. */
  schedule(): Schedule | null {
    const { repeat, zone, local, ifLate } = this;
    if (this.wrong !== null || nextOccurrence(repeat, zone, this.#now()) === null) return null;
    const at = instantOf(repeat.from, zone);
    if (at === null) return null;
    const { weekdays, ...rest } = repeat;
    const plain: Repeat = weekdays === undefined ? rest : { ...rest, weekdays: [...weekdays] };
    return { at, wall: repeat.from, zone, ifLate, repeat: plain, ...(local ? { local } : {}) };
  }
}

/** Unless told otherwise: each week, from the next full hour that is at least one away. */
function usualRule(now: Instant, zone: string): Repeat {
  const from = wallTimeOf(Math.ceil((now + hourMs) / hourMs) * hourMs, zone);
  return { from, every: "week", interval: 1 };
}

function endOf(repeat: Repeat): EndWay {
  if (repeat.until !== undefined) return "until";
  return repeat.times === undefined ? "never" : "times";
}

export const everyLabels = {
  day: "Day",
  week: "Week",
  month: "Month",
} as const satisfies Record<RepeatEvery, string>;
