import { defineConfig, devices } from "@playwright/test";
import { browserPath } from "./tests/support/tools/browser.ts";

const executablePath = browserPath();
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results/playwright",
  reporter: [
    ["list"],
    ["json", { outputFile: "test-results/playwright.json" }],
    ["./tests/support/tools/failures.ts"],
  ],
  // Two files at a time, on two cores: each waits for its server, its browser or a clock half of
  // its time. No retries: flaky is failed.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Waits are for states, never for times: on a busy machine each takes longer, and none is wrong.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1180, height: 820 },
    // A trace would take a third of the time: `--trace on` for one file tells more of a failure.
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: !isRoot,
      args: ["--disable-gpu", "--disable-background-networking"],
    },
  },
  projects: [
    { name: "journey", testMatch: "journey/**/*.spec.ts" },
    { name: "acceptance", testMatch: "acceptance/**/*.spec.ts" },
  ],
});
