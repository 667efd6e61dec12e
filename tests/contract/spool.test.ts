// The contract takes any provider from its declaration: also one that no other file knows.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { provider as spool } from "../support/providers/spool.ts";
import { aMessage, providerContract } from "./provider-contract.ts";

providerContract(spool, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldcast-spool-"));
  return {
    settings: { folder, token: "t" },
    wrongSettings: { settings: { folder, layout: "xml" }, field: "layout" },
    deadSettings: { folder: "/dev/null/nowhere" },
    received: () =>
      readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8"))),
    close: () => rm(folder, { recursive: true }),
  };
});

test("its layout is a setting like any", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldcast-spool-"));
  const carrier = spool.open(
    { folder, layout: "text" },
    { clock: Date.now, privateTargets: true, callbackUrl: "", concurrency: 1 },
  );
  await carrier.send(aMessage());
  const [name = ""] = await readdir(folder);
  expect(await readFile(join(folder, name), "utf8")).toBe("Hello Ana");
  await rm(folder, { recursive: true });
});
