import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { courseOf } from "./course.ts";

const delivered = (at: number, n: number) => ({ at: at * minuteMs, entered: { delivered: n } });
const pick = ({ entered }: { readonly entered: { readonly delivered?: number } }) =>
  entered.delivered ?? 0;

test("spans in which nothing happened are zero, and nothing is lost in the folding", () => {
  const few = [delivered(0, 3), delivered(2, 4)];
  expect(courseOf({ series: few, spanMs: minuteMs }, pick)).toEqual([3, 0, 4]);
  const many = Array.from({ length: 100 }, (_, at) => delivered(at, 1));
  const course = courseOf({ series: many, spanMs: minuteMs }, pick);
  expect(course).toHaveLength(24);
  expect(course.reduce((sum, n) => sum + n, 0)).toBe(100);
});

test("a figure that nothing happened to has no course", () => {
  expect(courseOf({ series: [], spanMs: minuteMs }, pick)).toEqual([]);
  expect(courseOf({ series: [delivered(0, 0)], spanMs: minuteMs }, pick)).toEqual([]);
});
