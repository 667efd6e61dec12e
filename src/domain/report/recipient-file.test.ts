import { expect, test } from "vitest";
import { recipientSheets, type FileFacts } from "./recipient-file.ts";

const facts: FileFacts = {
  campaign: { name: "News", number: 1, type: "email" },
  filter: { states: [], reasons: [], carrier: null, edition: null, q: "" },
  asOf: 0,
  snapshot: null,
  total: 3,
  breakdowns: [],
};

async function* nobody() {
  yield [];
}

/** What the sheet "About" says, by its first column. */
async function aboutOf(over: Partial<FileFacts>): Promise<ReadonlyMap<unknown, unknown>> {
  const lines: (readonly [unknown, unknown])[] = [];
  for await (const { name, rows } of recipientSheets(nobody(), { ...facts, ...over })) {
    for await (const batch of rows) {
      if (name !== "About") continue;
      for (const [what, value] of batch) lines.push([what, value]);
    }
  }
  return new Map(lines);
}

test("a workbook of a part of the recipients says of how many of how many it is", async () => {
  expect((await aboutOf({ here: 2 })).get("part")).toContain("only 2 of 3 recipients");
  expect((await aboutOf({ here: 3 })).has("part")).toBe(false);
  expect((await aboutOf({})).has("part")).toBe(false);
});
