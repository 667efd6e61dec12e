import { expect, test } from "vitest";
import { uncheckedContent, type ContentCheck } from "#domain/message/merge-fields.ts";
import {
  codeText,
  doubtAt,
  doubtText,
  leaveHint,
  problemAt,
  problemText,
} from "./content-words.ts";

const check: ContentCheck = {
  problems: [{ part: "html", detail: "Line 1, column 6: “{{ bad” is not closed with }}" }],
  unknown: [
    { part: "subject", name: "nope" },
    { part: "text", name: "nope" },
    { part: "text", name: "vip" },
  ],
};

test("a field of no contact is doubted beside the text that it is in", () => {
  expect(doubtAt(check, "subject", false)).toBe(
    "{{ nope }} is not a field of your contacts: it will be empty, unless an imported file has such a column.",
  );
  expect(doubtAt(check, "html", false)).toBeUndefined();
});

test("the whole message is doubted once for each name", () => {
  expect(doubtText(check)).toMatch(/^\{\{ nope \}\} and \{\{ vip \}\} are not fields/);
});

test("a mistake is told beside its field, and with the field's name elsewhere", () => {
  expect(problemAt(check, "html")).toMatch(/^Line 1, column 6/);
  expect(problemAt(check, "text")).toBeUndefined();
  expect(problemText(check)).toBe(
    "There is a mistake in the HTML. Line 1, column 6: “{{ bad” is not closed with }}.",
  );
});

test("nothing is said of a message without doubt", () => {
  expect([doubtText(uncheckedContent), problemText(uncheckedContent)]).toEqual([null, null]);
});

test("an e-mail that says nowhere how to leave is told so, part by part", () => {
  const link = "{{ unsubscribe_url }}";
  expect(leaveHint("email", { subject: "", text: "Hello", html: "" })).toContain(link);
  expect(leaveHint("email", { subject: "", text: link, html: "<p>Hi</p>" })).toContain(link);
  expect(leaveHint("email", { subject: "", text: link, html: "" })).toBeNull();
  expect(leaveHint("email", { subject: "", text: "", html: "" })).toBeNull();
  expect(leaveHint("sms", { subject: "", text: "Hello", html: "" })).toBeNull();
});

test("a code without a pool is doubted beside its field, and so is a pool that no text shows", () => {
  const coded: ContentCheck = { problems: [], unknown: [], codes: ["text"] };
  expect(doubtAt(coded, "text", false)).toMatch(/needs a code pool/);
  expect(doubtAt(coded, "text", true)).toBeUndefined();
  expect(doubtAt(coded, "subject", false)).toBeUndefined();
  expect([codeText(coded, false), codeText(coded, true)]).toEqual([
    "It shows {{ code }}, and no code pool is chosen.",
    null,
  ]);
  expect(codeText({ problems: [], unknown: [] }, true)).toMatch(/shows \{\{ code \}\} nowhere/);
  expect(codeText(uncheckedContent, true)).toBeNull();
});
