// `npm run bench -- [SUITE]`: measures, prints tables and gates nothing; without a suite it names
// the ones there are. Every file directly in a suite's folder is a measurement of its own.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, dirname } from "node:path";

const files = globSync("tests/bench/*/*.ts", { exclude: ["**/*.test.ts"] }).toSorted();
const suites = Map.groupBy(files, (file) => basename(dirname(file)));
const [asked, ...args] = process.argv.slice(2);
const chosen = asked === undefined ? undefined : suites.get(asked);

if (chosen === undefined) {
  console.log("npm run bench -- SUITE, where SUITE is one of:");
  for (const [suite, measurements] of suites) {
    console.log(
      `  ${suite.padEnd(10)} ${measurements.map((file) => basename(file, ".ts")).join(", ")}`,
    );
  }
  process.exitCode = asked === undefined ? 0 : 1;
} else {
  const failed = chosen.filter((file) => !isDone(file));
  for (const file of failed) console.log(`could not run: ${file}`);
  if (failed.length > 0) process.exitCode = 1;
}

function isDone(file: string): boolean {
  return spawnSync(process.execPath, [file, ...args], { stdio: "inherit" }).status === 0;
}
