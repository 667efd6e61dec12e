/** Reading settings with a schema, and telling what is wrong in words. */
import { err, ok, type Result } from "#domain/core/result.ts";
import { issueWords } from "#protocol/issue-words.ts";
import * as v from "valibot";
import type { Settings, SettingsProblem } from "./provider.ts";

/** The settings, with defaults filled in; or the first thing that is wrong. */
export function parseSettings<S extends v.GenericSchema<unknown, Settings>>(
  schema: S,
  settings: Settings,
): Result<v.InferOutput<S>, SettingsProblem> {
  const parsed = v.safeParse(schema, settings);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue);
  const isUnknown = issue.kind === "schema" && issue.expected === "never";
  return err({
    field,
    detail: isUnknown ? "is not a setting of this provider" : issueWords(issue),
  });
}

/** A text that must say something. */
export const someText = v.pipe(
  v.string("must be a text"),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(1_000, "is too long"),
);

/** A share of a hundred. */
export const percent = v.pipe(
  v.number("must be a number"),
  v.minValue(0, "must be from 0 to 100"),
  v.maxValue(100, "must be from 0 to 100"),
);

export function wholeNumber(from: number, to: number): v.GenericSchema<unknown, number> {
  const words = `must be a whole number from ${from} to ${to}`;
  return v.pipe(v.number(words), v.integer(words), v.minValue(from, words), v.maxValue(to, words));
}
