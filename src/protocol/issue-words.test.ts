import * as v from "valibot";
import { expect, test } from "vitest";
import { issueWords } from "./issue-words.ts";

const thing = v.strictObject({
  name: v.string(),
  state: v.optional(v.picklist(["draft", "sent"])),
  one: v.optional(v.literal("messaging")),
  limit: v.optional(v.pipe(v.string(), v.regex(/^\d{1,4}$/))),
  rate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_000))),
  title: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  tags: v.optional(v.pipe(v.array(v.string()), v.maxLength(2))),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  rule: v.optional(v.variant("kind", [v.strictObject({ kind: v.literal("all") })])),
  either: v.optional(v.union([v.string(), v.array(v.string())])),
  flag: v.optional(v.boolean()),
  whole: v.optional(v.strictObject({})),
  own: v.optional(
    v.pipe(
      v.string(),
      v.check(() => false, "must be a UUID"),
    ),
  ),
});

test.each([
  [{}, "is missing"],
  [{ name: "a", role: 1 }, "is not a known field"],
  [{ name: 1 }, "must be a text"],
  [{ name: null }, "must be a text"],
  [{ name: "a", state: "bogus" }, "must be one of draft, sent"],
  [{ name: "a", one: "two" }, "must be messaging"],
  [{ name: "a", limit: "abc" }, "is not written in the form that it takes"],
  [{ name: "a", rate: 1.5 }, "must be a whole number"],
  [{ name: "a", rate: 0 }, "must be 1 or more"],
  [{ name: "a", rate: 2_001 }, "must be 2,000 or less"],
  [{ name: "a", title: "" }, "must not be empty"],
  [{ name: "a", title: "x".repeat(300) }, "takes at most 200 characters"],
  [{ name: "a", tags: ["a", "b", "c"] }, "takes at most 2 values"],
  [{ name: "a", at: "soon" }, "must be a time as 2026-11-21T19:00:00Z"],
  [{ name: "a", rule: { kind: "no" } }, "must be all"],
  [{ name: "a", either: 1 }, "must be a text or a list"],
  [{ name: "a", flag: "yes" }, "must be true or false"],
  [{ name: "a", whole: 1 }, "must be an object"],
  [{ name: "a", own: "x" }, "must be a UUID"],
  [3, "must be an object"],
])("says of %j that it %s", (value, words) => {
  const parsed = v.safeParse(thing, value);
  expect(parsed.issues?.map(issueWords)[0]).toBe(words);
});
