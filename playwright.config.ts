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
  // One at a time: each has a server, a browser or two and much to do. No retries: flaky is failed.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // Waits are for states, never for times: on a busy machine each takes longer, and none is wrong.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1180, height: 820 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: !isRoot,
      args: ["--disable-gpu", "--disable-background-networking"],
    },
  },
  projects: [
    {
      name: "journey",
      testMatch: "journey/**/*.spec.ts",
      testIgnore: "journey/accessibility*.spec.ts",
    },
    // Pages that stand still: two files of them at a time take nothing from each other but time.
    { name: "accessibility", testMatch: "journey/accessibility*.spec.ts" },
    { name: "acceptance", testMatch: "acceptance/**/*.spec.ts" },
  ],
});
