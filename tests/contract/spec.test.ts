// The numbered rules of src/protocol/SPEC.md and the tests that hold them belong together.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const spec = readFileSync(join(root, "src/protocol/SPEC.md"), "utf8");

interface Section {
  readonly title: string;
  /** The numbers of its rules, as they stand there. */
  readonly rules: readonly number[];
}

const sections = spec
  .split(/^## /mu)
  .map((text): Section => ({
    title: text.split("\n", 1)[0] ?? "",
    rules: [...text.matchAll(/^- \*\*\[S(\d+)\]\*\* \S/gmu)].map(([, n]) => Number(n)),
  }))
  .filter(({ rules }) => rules.length > 0);

const rules = sections.flatMap((section) => section.rules);

/** Where tests and benchmarks name a rule, by its number. */
const cited = new Map<number, string>();
for (const folder of ["src", "sync-server", "tests"]) {
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
    if (!/\.(?:test|spec)\.ts$/u.test(file)) continue;
    const text = readFileSync(join(root, folder, file), "utf8");
    for (const [, title = ""] of text.matchAll(
      /\b(?:test|describe)\b[^"`]*?["`]([^"`]*\[S\d+\][^"`]*)/gu,
    )) {
      for (const [, n] of title.matchAll(/\[S(\d+)\]/gu)) cited.set(Number(n), `${folder}/${file}`);
    }
  }
}

test("every rule of the protocol is held by a test that names it", () => {
  expect(rules.length).toBeGreaterThan(40);
  expect(rules.filter((n) => !cited.has(n)).map((n) => `S${n}`)).toEqual([]);
});

test("every rule that a test names stands in SPEC.md", () => {
  const unknown = [...cited].filter(([n]) => !rules.includes(n));
  expect(unknown.map(([n, file]) => `S${n} in ${file}`)).toEqual([]);
});

test("each rule stands there once, and the numbers of a section and of the sections rise", () => {
  expect(new Set(rules).size).toBe(rules.length);
  for (const section of sections) {
    expect(section).toEqual({ ...section, rules: section.rules.toSorted((a, b) => a - b) });
  }
  const firsts = sections.map((section) => section.rules[0] ?? 0);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
});

test("each promise that the simulation checks is told once", () => {
  const told = [...spec.matchAll(/^\| (I\d+) +\|/gmu)].map(([, name]) => name);
  expect(told).toEqual(Array.from({ length: 17 }, (_, i) => `I${i + 1}`));
});
