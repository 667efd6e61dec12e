/**
 * What is wrong with a value, in words that a person understands: valibot's own messages show
 * patterns and types. A schema's own words ("must be a UUID in lower case") are kept.
 */
import type * as v from "valibot";

type Issue = v.BaseIssue<unknown>;

/** The end of a sentence that begins with the field's name, as "must be one of draft, sent". */
export function issueWords(issue: Issue): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.kind === "validation") return limitWords(issue);
  if (issue.message.startsWith("Invalid key")) {
    return issue.expected === "never" ? "is not a known field" : "is missing";
  }
  return expectedWords(issue.expected ?? "");
}

function limitWords({ type, requirement, input }: Issue): string {
  const bound = typeof requirement === "number" ? requirement.toLocaleString("en") : "";
  const unit = Array.isArray(input) ? "values" : "characters";
  switch (type) {
    case "non_empty":
      return "must not be empty";
    case "min_length":
      return requirement === 1 ? "must not be empty" : `takes at least ${bound} ${unit}`;
    case "max_length":
      return `takes at most ${bound} ${unit}`;
    case "length":
      return `takes exactly ${bound} ${unit}`;
    case "min_value":
      return `must be ${bound} or more`;
    case "max_value":
      return `must be ${bound} or less`;
    case "integer":
    case "safe_integer":
      return "must be a whole number";
    case "iso_timestamp":
      return "must be a time as 2026-11-21T19:00:00Z";
    case "email":
      return "is not an e-mail address";
    default:
      return "is not written in the form that it takes";
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  Array: "a list",
  Object: "an object",
  null: "null",
};

/** From valibot's notation: `("draft" | "sent")`, `(string | Array)`, `Object`. */
function expectedWords(expected: string): string {
  const parts = expected.replaceAll(/[()]/g, "").split(" | ");
  const values = parts.filter((part) => part.startsWith('"')).map((part) => part.slice(1, -1));
  if (values.length > 1 && values.length === parts.length) {
    return `must be one of ${values.join(", ")}`;
  }
  const words = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1) : typeWords[part]));
  if (words.includes(undefined)) return "does not fit";
  return `must be ${[...new Set(words)].join(" or ")}`;
}
