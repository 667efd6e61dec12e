import { toJsonSchema } from "@valibot/to-json-schema";
import { expect, test } from "vitest";
import { fingerprint } from "#domain/core/hash.ts";
import { command, commandArgs, commandVersions } from "./command.ts";
import { announcement, liveDown, pullReply, pushReply } from "./down.ts";
import { words } from "./frame.ts";
import { liveUp, pullRequest, pushRequest } from "./up.ts";
import { protocolVersion } from "./version.ts";

/** The shape of everything that travels, by version. A new shape is a new line, never a changed one. */
const fingerprints: Readonly<Record<number, string>> = {
  1: "e582150428498dce",
  2: "89db8db328377669",
  3: "572ebd0ac2839a5e",
  4: "a363187b5c3d4617",
  5: "43cc723b4d5e467f",
  6: "fcd72eb2406b4f80",
  7: "5349b86aff56cc4f",
  8: "7e91a49fecd67c0c",
  9: "9f875ce5d7133771",
  10: "ccdb30f72b177ac3",
  11: "c689099ed6bd79d0",
  12: "25acec8e259f8f68",
};

test("[S33] a change of what travels is a new version of the protocol", () => {
  const said = { pullRequest, pushRequest, liveUp, command };
  const shapes = { ...said, announcement, liveDown, pullReply, pushReply };
  const described = Object.entries({ ...shapes, ...commandArgs }).map(([name, schema]) => [
    name,
    // What JSON schema has no word for (is it an id?) does not change the shape.
    toJsonSchema(schema, { errorMode: "ignore", typeMode: "input" }),
  ]);
  const now = fingerprint(JSON.stringify([described, commandVersions, words]));
  expect(now, "raise protocolVersion, add its line, and keep reading the old one").toBe(
    fingerprints[protocolVersion],
  );
});
