import { expect, test } from "vitest";
import { comparedFields, typedFields } from "./typed.ts";

const nameOf = (_field: string, id: string) => (id === "a1" ? "Newsletter readers" : "");

test("what was typed in an edit is shown field by field, with names instead of ids", () => {
  const fields = typedFields(
    {
      command: "campaign.edit",
      args: {
        id: "c1",
        name: { was: "Old", set: "New" },
        content: { subject: { was: "", set: "Hello" } },
        audienceId: { was: null, set: "a1" },
      },
      mine: null,
    },
    nameOf,
  );
  expect(fields).toEqual([
    { name: "Name", value: "New" },
    { name: "Subject", value: "Hello" },
    { name: "Audience", value: "Newsletter readers" },
  ]);
});

test("what was left empty or has no name any more is not shown", () => {
  const args = {
    id: "c1",
    type: "email",
    name: "Spring",
    content: { subject: "", text: "Hi", html: "" },
    audienceId: "gone",
    accountId: null,
  };
  const fields = typedFields({ command: "campaign.create", args, mine: null }, nameOf);
  expect(fields.map((field) => field.name)).toEqual(["Name", "Text"]);
});

test("an act without texts shows nothing", () => {
  expect(
    typedFields({ command: "campaign.pause", args: { id: "c1" }, mine: null }, nameOf),
  ).toEqual([]);
});

test("S4 edited after it was sent: what was changed stands beside what went out, where they differ", () => {
  const fields = comparedFields(
    {
      command: "campaign.edit",
      args: {
        id: "c1",
        name: { was: "Old", set: "New" },
        content: { subject: { was: "", set: "Hello" }, text: { was: "Hi", set: "" } },
        audienceId: { was: null, set: "a1" },
      },
      mine: null,
    },
    { name: "New", content: { subject: "News", text: "Hi", html: "" }, audienceId: null },
    nameOf,
  );
  expect(fields).toEqual([
    { name: "Subject", theirs: "News", yours: "Hello" },
    { name: "Text", theirs: "Hi", yours: "nothing" },
    { name: "Audience", theirs: "nothing", yours: "Newsletter readers" },
  ]);
});
