/** The small schemas that the others are made of. */
import { isId } from "#domain/core/id.ts";
import { isPlainName, plainNameWords } from "#domain/core/name.ts";
import { isCalendarDay } from "#domain/core/time.ts";
import * as v from "valibot";

export const id = v.pipe(v.string(), v.check(isId, "must be a UUID in lower case"));
export const instant = v.pipe(v.number(), v.integer(), v.minValue(0));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** As `v.array(count)` and `v.array(instant)`, and what is right costs a tenth of it. */
export const counts = column(count, isCount);
export const instants = column(instant, isCount);
/** As `v.array(v.string())`. */
export const texts = column(v.string(), (value) => typeof value === "string");
export const name = v.pipe(v.string(), v.maxLength(200));
export const shortText = v.pipe(v.string(), v.maxLength(1_000));
export const longText = v.pipe(v.string(), v.maxLength(200_000));

/** Of a name: one line of text, without what cannot be seen. */
export const plain = v.check(isPlainName, plainNameWords);

/** A moment as people and programs write it, with its zone, of a day that the calendar has. */
export function isoMoment(words = "must be a time as 2026-11-21T19:00:00Z") {
  const isDay = v.check(isCalendarDay, "must be a day that the calendar has");
  return v.pipe(v.string(), v.isoTimestamp(words), isDay);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** A list of thousands of the same: looked at one by one only where something is wrong with it. */
function column<Item extends v.GenericSchema>(item: Item, isRight: (value: unknown) => boolean) {
  const list = v.array(item);
  type Run = (typeof list)["~run"];
  const run: Run = (dataset, config) => {
    const { value } = dataset;
    if (!Array.isArray(value) || !value.every(isRight)) return list["~run"](dataset, config);
    return { typed: true, value };
  };
  return { ...list, "~run": run };
}
