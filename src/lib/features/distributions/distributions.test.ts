import { expect, test } from "vitest";
import { deliveryAt, readView, usualColumns, viewHref } from "./distributions.ts";

test("an address says the whole view, and reads back as it", () => {
  for (const query of [
    "tab=distributions",
    "tab=distributions&show=7d&type=sms&status=Paused,Sent&sort=title",
    "tab=distributions&sort=-failed&columns=title,channel,failed,actions",
  ]) {
    const view = readView(new URLSearchParams(query));
    expect(readView(new URL(viewHref(view), "https://x.example").searchParams)).toEqual(view);
  }
});

test("what an address says and nobody knows is left out", () => {
  const view = readView(new URLSearchParams("sort=-colour&status=Blue,Sent&type=fax&columns=moon"));
  expect(view).toMatchObject({ by: "sending", statuses: ["Sent"], types: [] });
  expect(view.columns).toEqual(["title", "actions"]);
});

test("the less room, the fewer columns; title and actions stay", () => {
  const counts = [400, 950, 1_200].map((width) => usualColumns(width).length);
  expect(counts).toEqual([6, 8, 10]);
  expect(usualColumns(320)).toEqual(expect.arrayContaining(["title", "actions"]));
});

test("the delivery date is that of the last arrival, whatever was opened later", () => {
  const series = [
    { at: 1, entered: { submitted: 5 } },
    { at: 2, entered: { delivered: 4 } },
    { at: 3, entered: { read: 1 } },
  ];
  expect(deliveryAt({ series })).toBe(2);
  expect(deliveryAt({ series: series.slice(0, 1) })).toBeNull();
  expect(deliveryAt(null)).toBeNull();
});
