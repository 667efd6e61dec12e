import { commandNames } from "#domain/sync/command.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandVersions } from "./command.ts";
import { upcast, type Upcaster } from "./upcast.ts";

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

test("[S9] whatever version wrote them, arguments take exactly the steps that came since, in order", () => {
  const newest = 6;
  const steps = Array.from(
    { length: newest - 1 },
    (_, i): Upcaster =>
      (args) =>
        `${String(args)} ${i + 1}to${i + 2}`,
  );
  // A command of this app's first version: only what is newer than that is refused.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: newest }), fc.string(), (version, args) => {
      const raised = upcast("an old name", version, args, { "an old name": steps });
      const passed = steps.slice(version - 1).map((_, i) => `${version + i}to${version + i + 1}`);
      expect(raised).toEqual({ ok: true, value: [args, ...passed].join(" ") });
    }),
  );
});

test("[S9] every released version of every command is raised without a throw, and what it was given stays as it is", () => {
  fc.assert(
    fc.property(fc.constantFrom(...commandNames), fc.nat(9), fc.jsonValue(), (name, age, args) => {
      const version = Math.max(1, commandVersions[name] - age);
      const before = JSON.stringify(args);
      expect(upcast(name, version, args).ok).toBe(true);
      expect(JSON.stringify(args)).toBe(before);
    }),
  );
});
