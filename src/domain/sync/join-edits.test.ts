import { expect, test } from "vitest";
import type { Act } from "./command.ts";
import { joinEdits } from "./join-edits.ts";

const id = "0190a000-0000-7000-8000-000000000001";

function edit(args: Omit<Extract<Act, { name: "campaign.edit" }>["args"], "id">): Act {
  return { name: "campaign.edit", args: { id, ...args } };
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
  const one = edit({ name: { was: "Sale", set: "Sales" } });
  const other = { ...one, args: { ...one.args, id: `${id.slice(0, -1)}2` } };
  expect(joinEdits(one, other)).toBe(null);
  expect(joinEdits(one, { name: "campaign.cancel", args: { id } })).toBe(null);
});
