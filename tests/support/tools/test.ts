// `npm test`: everything that must pass, in order of price; `npm test -- AREA [FILTER…]` one area.
// Ends with one line that sums vitest and playwright; a check that fails counts as one failure.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { ensureBrowser } from "./browser.ts";
import { forgetFailures, toldFailures } from "./failures.ts";
import { ensureOffice } from "./office.ts";

type Counts = { passed: number; failed: number; skipped: number };
type Stage = (filters: readonly string[]) => Counts | Promise<Counts>;
type Command = readonly [command: string, ...args: string[]];

const results = "test-results";

const stages: Readonly<Record<string, Stage>> = {
  format: check("prettier", "--check", "--log-level=warn", "."),
  types: every(
    check("svelte-kit", "sync"),
    twoAtATime(
      ["svelte-check", "--tsconfig", "src/tsconfig.json", "--fail-on-warnings"],
      ["tsc", "-p", "."],
      ["tsc", "-p", "tests"],
      ["tsc", "-p", "src/domain"],
      ["tsc", "-p", "src/service-worker"],
    ),
  ),
  lint: every(check("oxlint"), check("eslint", "--max-warnings=0", "src/**/*.svelte")),
  architecture: check("depcruise", "--output-type=err-long", "src", "sync-server", "tests"),
  texts: check("node", "tests/support/tools/texts.ts"),
  build: check("node", "tests/support/tools/build.ts"),
  budget: check("node", "tests/support/tools/budget.ts"),
  unit: vitest(["src", "sync-server", "tests/support"]),
  contract: vitest(["tests/contract"]),
  simulation: vitest(["tests/simulation"]),
  security: vitest(["tests/security"]),
  acceptance: every(
    ready(ensureOffice),
    // A third of their time they wait: for servers that start, and for times that pass.
    vitest(["tests/acceptance"], "--maxWorkers=3"),
    playwright("acceptance"),
  ),
  journey: playwright("journey"),
};

const groups: Readonly<Record<string, readonly string[]>> = {
  check: ["format", "types", "lint", "architecture", "texts"],
};
/** These start the server as a process, which serves the built app. */
const needBuild: readonly string[] = [
  "budget",
  "unit",
  "simulation",
  "security",
  "acceptance",
  "journey",
];

process.exitCode = await main(process.argv.slice(2));

/** Leading words name areas, the rest is handed to the area's own runner. */
async function main(words: readonly string[]): Promise<number> {
  const firstFilter = words.findIndex((word) => !isArea(word));
  const areas = firstFilter === -1 ? words : words.slice(0, firstFilter);
  const filters = firstFilter === -1 ? [] : words.slice(firstFilter);
  if (areas.length === 0 && filters.length > 0) return explain(filters[0]);

  mkdirSync(results, { recursive: true });
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const [name, stage] of plan(areas)) {
    const startedAt = performance.now();
    console.log(`\n── ${name}`);
    forgetFailures();
    const counts = await stage(filters);
    add(total, counts);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${counts.failed === 0 ? "ok" : "FAILED"}, ${seconds} s`);
    if (counts.failed > 0) failures.push(`${name}:\n${toldFailures() ?? "see above"}`);
    if (counts.failed > 0) console.log(failures.at(-1));
  }
  if (failures.length > 0) console.log(`\nFailed in ${failures.join("\n")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

function isArea(word: string): boolean {
  return word in stages || word in groups;
}

function explain(word: string | undefined): number {
  const names = [...Object.keys(groups), ...Object.keys(stages)].join(", ");
  console.error(`npm test: no area is called "${word}". Areas: ${names}`);
  return 2;
}

function plan(areas: readonly string[]): [string, Stage][] {
  const all = Object.entries(stages);
  if (areas.length === 0) return all;
  const wanted = new Set(areas.flatMap((area) => groups[area] ?? [area]));
  if (needBuild.some((area) => wanted.has(area))) wanted.add("build");
  return all.filter(([name]) => wanted.has(name));
}

function check(command: string, ...args: readonly string[]): Stage {
  return () => ({ passed: 0, failed: run(command, args) ? 0 : 1, skipped: 0 });
}

/** Programs that keep one core busy each; what they say is told as each ends. */
function twoAtATime(...commands: readonly Command[]): Stage {
  return async () => {
    const left = [...commands];
    let failed = 0;
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        if (!(await runTold(next))) failed += 1;
      }
    };
    await Promise.all([work(), work()]);
    return { passed: 0, failed, skipped: 0 };
  };
}

/** What the next stages need; a failure with the words of what is missing. */
function ready(ensure: () => string | undefined): Stage {
  return () => {
    const problem = ensure();
    if (problem !== undefined) console.error(problem);
    return { passed: 0, failed: problem === undefined ? 0 : 1, skipped: 0 };
  };
}

/** Runs them all, so that one look shows everything that is wrong. */
function every(...parts: readonly Stage[]): Stage {
  return async (filters) => {
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const part of parts) add(total, await part(filters));
    return total;
  };
}

function vitest(folders: readonly string[], ...options: readonly string[]): Stage {
  const report = `${results}/vitest.json`;
  return (filters) => {
    rmSync(report, { force: true });
    // Vitest takes any of several paths, so a filter must stand instead of the folders.
    const isNarrowed = filters[0]?.startsWith("-") === false;
    const paths = isNarrowed ? [] : folders.map((folder) => `${folder}/`);
    const reporters = ["default", "json", `${import.meta.dirname}/failures.ts`];
    const output = [
      ...reporters.map((name) => `--reporter=${name}`),
      `--outputFile.json=${report}`,
    ];
    const isGreen = run("vitest", [
      "run",
      "--passWithNoTests",
      ...options,
      ...paths,
      ...output,
      ...filters,
    ]);
    return read(report, isGreen, (json) => ({
      passed: json.numPassedTests ?? 0,
      failed: json.numFailedTests ?? 0,
      skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
    }));
  };
}

function playwright(project: string): Stage {
  const report = `${results}/playwright.json`;
  return async (filters) => {
    const browser = await ready(ensureBrowser)(filters);
    if (browser.failed > 0) return browser;
    rmSync(report, { force: true });
    const isGreen = run("playwright", [
      "test",
      `--project=${project}`,
      "--pass-with-no-tests",
      ...filters,
    ]);
    return read(report, isGreen, ({ stats }) => ({
      passed: stats?.expected ?? 0,
      failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
      skipped: stats?.skipped ?? 0,
    }));
  };
}

type Report = {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly stats?: Record<"expected" | "unexpected" | "flaky" | "skipped", number>;
};

/** A runner that failed without a failing test (a file that does not load) is one failure. */
function read(file: string, isGreen: boolean, count: (json: Report) => Counts): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = count(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    if (isGreen) console.log("no tests here yet");
  }
  return !isGreen && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function add(total: Counts, more: Counts): void {
  total.passed += more.passed;
  total.failed += more.failed;
  total.skipped += more.skipped;
}

function run(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) console.error(`could not run ${command}: ${error.message}`);
  return status === 0;
}

/** Keeps what it says until it ends, so that no two speak at once. */
async function runTold([command, ...args]: Command): Promise<boolean> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  try {
    const [status]: (number | null)[] = await once(child, "close");
    process.stdout.write(said);
    return status === 0;
  } catch (error) {
    console.error(`could not run ${command}: ${String(error)}`);
    return false;
  }
}
