import { expect, test } from "vitest";
import type { Act, CommandArgs } from "./command.ts";
import { joinEdits } from "./join-edits.ts";

const id = "0190a000-0000-7000-8000-000000000001";

function edit(changes: Omit<CommandArgs["campaign.edit"], "id">, of = id): Act {
  return { name: "campaign.edit", args: { id: of, ...changes } };
}

test("both edits' fields are in one, from what the first found to what the last set", () => {
  const first = edit({
    name: { was: "Sale", set: "Sales" },
    content: { subject: { was: "", set: "Hi" }, text: { was: "a", set: "b" } },
  });
  const second = edit({
    name: { was: "Sales", set: "Big sale" },
    content: { text: { was: "b", set: "c" }, html: { was: "", set: "<p>c</p>" } },
    audienceId: { was: null, set: id },
  });
  expect(joinEdits(first, second)).toEqual(
    edit({
      name: { was: "Sale", set: "Big sale" },
      content: {
        subject: { was: "", set: "Hi" },
        text: { was: "a", set: "c" },
        html: { was: "", set: "<p>c</p>" },
      },
      audienceId: { was: null, set: id },
    }),
  );
});

test("the same edit twice is that edit", () => {
  const once = edit({ name: { was: "Sale", set: "Sales" } });
  expect(joinEdits(once, once)).toEqual(once);
});

test("what is no two edits of one thing stays apart", () => {
  const renamed = { name: { was: "Sale", set: "Sales" } };
  const one = edit(renamed);
  expect(joinEdits(one, edit(renamed, `${id.slice(0, -1)}2`))).toBe(null);
  expect(joinEdits(one, { name: "campaign.cancel", args: { id } })).toBe(null);
});
