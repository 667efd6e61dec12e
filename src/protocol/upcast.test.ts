import { expect, test } from "vitest";
import { upcast } from "./upcast.ts";

test("[S9] arguments of today's version stay as they are", () => {
  const args = { id: "x" };
  expect(upcast("campaign.pause", 1, args)).toEqual({ ok: true, value: args });
});

test("[S9] older arguments are raised step by step, each step once", () => {
  const steps = {
    "campaign.pause": [(args: unknown) => ({ two: args }), (args: unknown) => ({ three: args })],
  };
  expect(upcast("campaign.pause", 1, "one", steps)).toEqual({
    ok: true,
    value: { three: { two: "one" } },
  });
});

test("[S9] a newer version is refused with words about the version", () => {
  expect(upcast("campaign.pause", 2, {})).toMatchObject({ ok: false, error: { field: "v" } });
});

test("an unknown command is left to be refused by its name", () => {
  expect(upcast("campaign.explode", 7, {})).toEqual({ ok: true, value: {} });
});
