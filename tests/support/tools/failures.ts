// What failed in an area, told once more beneath its end: between hundreds of lines nobody finds it.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter as PlaywrightReporter, Suite } from "@playwright/test/reporter";
import type { Reporter as VitestReporter, SerializedError, TestModule } from "vitest/node";

const file = "test-results/failures.txt";
/** Enough for the message, the difference and the place of it. */
const linesOfEach = 16;
const colors = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, "g");

interface Told {
  readonly message?: string | undefined;
  readonly stack?: string | undefined;
  readonly diff?: string | undefined;
}

/** Before an area begins. */
export function forgetFailures(): void {
  rmSync(file, { force: true });
}

/** What failed since then; null if no test did. */
export function toldFailures(): string | null {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    return null;
  }
}

/** A reporter for both runners: tests, files that do not load, what nobody was waiting for. */
export default class Failures implements VitestReporter, PlaywrightReporter {
  #all: Suite | null = null;

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const found of modules) {
      const place = found.relativeModuleId;
      for (const error of found.errors()) tell(place, error);
      for (const suite of found.children.allSuites()) {
        for (const error of suite.errors()) tell(`${place} › ${suite.fullName}`, error);
      }
      for (const test of found.children.allTests("failed")) {
        for (const error of test.result().errors ?? []) tell(`${place} › ${test.fullName}`, error);
      }
    }
    for (const error of errors) tell("between tests", error);
  }

  onBegin(_config: unknown, all: Suite): void {
    this.#all = all;
  }

  onError(error: Told): void {
    tell("between tests", error);
  }

  onEnd(): void {
    for (const test of this.#all?.allTests() ?? []) {
      if (test.ok() && test.outcome() !== "flaky") continue;
      const name = test.titlePath().slice(2).join(" › ");
      for (const { errors } of test.results) for (const error of errors) tell(name, error);
    }
  }
}

function tell(name: string, { message = "", stack = "", diff = "" }: Told): void {
  const whole = stack.includes(message) ? stack : `${message}\n${stack}`;
  const lines = `${whole}\n${diff}`
    .replaceAll(colors, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("node_modules"))
    .slice(0, linesOfEach)
    .map((line) => `    ${line}`);
  const text = [`✗ ${name}`, ...lines, ""].join("\n");
  // One cause throws as often as something happens.
  if (toldFailures()?.includes(text.trimEnd()) === true) return;
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, text);
}
