/** The engine's core has no clock, no chance and no timer of its own: the linter says so, and means it. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const impure = {
  "date-now.ts": "export const at = Date.now();",
  "new-date.ts": "export const at = new Date();",
  "random.ts": "export const luck = Math.random();",
  "performance.ts": "export const at = performance.now();",
  "process.ts": "export const id = process.pid;",
  "timeout.ts": "setTimeout(() => undefined, 5);",
  "interval.ts": "setInterval(() => undefined, 5);",
  "immediate.ts": "setImmediate(() => undefined);",
  "node.ts": 'import { randomUUID } from "node:crypto";\nexport const id = randomUUID();',
};
const others = {
  "pure.ts": "export const next = (now: number): number => Math.max(now, 5);",
  // Whoever runs the core has timers.
  "engine.ts": "export const at = Date.now();",
  "some.test.ts": "export const at = Date.now();",
};

/** Files of the engine with these texts, of which the linter has something to say. */
function refused(texts: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-purity-"));
  const engine = join(folder, "sync-server", "delivery");
  mkdirSync(engine, { recursive: true });
  copyFileSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(engine, file), text);
  const oxlint = join(process.cwd(), "node_modules", ".bin", "oxlint");
  const options = ["-c", ".oxlintrc.json", "--format", "unix", "sync-server"];
  const { stdout } = spawnSync(oxlint, options, { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const lines = stdout.split("\n").filter((line) => line.includes("no-restricted-"));
  return Object.keys(texts).filter((file) => lines.some((line) => line.includes(`/${file}:`)));
}

test("a clock, chance, a timer or a process in the engine's core is refused", () => {
  expect(refused({ ...impure, ...others })).toEqual(Object.keys(impure));
});
