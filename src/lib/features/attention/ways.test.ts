import { expect, test } from "vitest";
import { mayRepeat } from "./ways.ts";

test("what was refused because of a canceled campaign is not offered again: it stays canceled", () => {
  const detail = { phase: "canceled", event: "save" };
  expect(mayRepeat({ type: "illegal_move", detail })).toBe(false);
});

test("what was in the way of a step may be gone by now", () => {
  const detail = { phase: "preparing", event: "pause" };
  expect(mayRepeat({ type: "illegal_move", detail })).toBe(true);
  expect(mayRepeat({ type: "already_sent", detail: {} })).toBe(false);
});
