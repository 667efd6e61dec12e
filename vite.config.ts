import { execFileSync } from "node:child_process";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vitest/config";
import { chunkGroups, compileHints } from "./chunks.config.ts";
import { drawnIcons } from "./icons.config.ts";
import { optionalParts } from "./optional-parts.config.ts";
import config from "./svelte.config.js";
import { texts } from "./texts.config.ts";

const server = `http://127.0.0.1:${process.env["PORT"] ?? 3000}`;
const serverPaths = ["/api", "/sync/", "/health", "/docs", "/metrics", "/r/", "/auth"];

const modernDexie = `${import.meta.dirname}/node_modules/dexie/dist/modern/dexie.mjs`;

const version = revision();

export default defineConfig({
  root: "src",
  envDir: "..",
  resolve: {
    // Dexie's own entry is its old one for `require`, which is larger.
    alias: [{ find: /^dexie$/, replacement: modernDexie }],
  },
  plugins: [
    drawnIcons(),
    sveltekit({ ...config, version: { name: version } }),
    optionalParts(),
    texts(),
    compileHints(),
  ],
  // Kit's own constant is read before the page has said it, as our parts are cut.
  define: { FIELDCAST_VERSION: JSON.stringify(version) },
  build: {
    rolldownOptions: {
      // Advice for authors of plugins: to who starts the app it looks like a fault.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: { groups: chunkGroups() },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(serverPaths.map((path) => [path, { target: server, ws: true }])),
  },
  test: {
    root: ".",
    exclude: ["**/node_modules/**"],
    pool: "threads",
    maxWorkers: 2,
    // Only what hangs may end by them: a busy machine takes several times what a quiet one does.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        // The reactive half runs as it does in a page: effects run, `svelte` is the client's.
        extends: true,
        root: "src",
        resolve: { conditions: ["browser"] },
        test: {
          dir: import.meta.dirname,
          name: "client",
          include: ["src/lib/**/*.test.ts"],
          environment: "../tests/support/page-environment.ts",
        },
      },
      {
        extends: true,
        root: "src",
        test: {
          dir: import.meta.dirname,
          name: "node",
          include: [
            "src/{domain,protocol}/**/*.test.ts",
            "sync-server/**/*.test.ts",
            "tests/**/*.test.ts",
          ],
        },
      },
    ],
    coverage: { include: ["src/**", "sync-server/**"], exclude: ["**/*.test.ts"] },
  },
});

/** The commit makes builds reproducible; without git (a release archive) the time must do. */
function revision(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return Date.now().toString(36);
  }
}
