import { expect, test } from "vitest";
import { passwordProblem } from "./password.ts";

const ana = { email: "ana.lopez@example.com", name: "Ana" };

test.each(["correct horse battery", "ẩn danh là tốt nhất", "x1".repeat(20) + "abc"])(
  "takes %s",
  (password) => {
    expect(passwordProblem(password, ana)).toBe(null);
  },
);

test.each([
  ["short", "at least 12"],
  ["a1b2c3d4e5f", "at least 12"],
  ["long ".repeat(30), "at most 128"],
  ["aaaaaaaaaaaaaaaa", "easy to guess"],
  ["Ana.Lopez@example.com", "e-mail"],
])("refuses %s in words", (password, words) => {
  expect(passwordProblem(password, ana)).toContain(words);
});
