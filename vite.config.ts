import { execFileSync } from "node:child_process";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vitest/config";
import config from "./svelte.config.js";

const server = `http://127.0.0.1:${process.env["PORT"] ?? 3000}`;
const serverPaths = ["/api", "/sync/", "/health", "/docs", "/metrics", "/r/", "/auth"];

/** Shared parts that the frame of the app reaches; what else screens share is not its load. */
const frame = new RegExp(
  [
    "src/lib/ui/(Button|IconButton|Banner|Menu|SkipLink|Toasts|toaster)",
    "src/lib/i18n/(format|sync-words)",
    "@lucide/svelte/dist/[^/]+$",
    "@lucide/svelte/dist/icons/(x|circle-user|log-out|monitor|moon|settings|sun|bell|plus|activity|" +
      "layout-dashboard|megaphone|users|circle-check|cloud-off|gauge|hard-drive|log-in|refresh-cw|" +
      "server-crash|download|sparkles)\\.",
  ].join("|"),
);

export default defineConfig({
  root: "src",
  envDir: "..",
  plugins: [sveltekit({ ...config, version: { name: revision() } })],
  build: {
    rolldownOptions: {
      output: {
        // Few requests on a slow network: what every screen shares comes in a handful of parts.
        codeSplitting: {
          groups: [
            { name: "dexie", test: /node_modules\/dexie\// },
            { name: "d3", test: /node_modules\/(d3|d3-\w+|internmap)\// },
            { name: "liquid", test: /node_modules\/liquidjs\// },
            { name: "valibot", test: /node_modules\/valibot\// },
            { name: "svelte", test: /node_modules\/(svelte|esm-env|clsx)\// },
            // What the frame around every page uses; the rest of the look comes with the pages.
            { name: "frame", test: frame, priority: 1 },
            {
              name: "ui",
              test: /src\/lib\/(ui|i18n)\/|node_modules\/@lucide\//,
              minShareCount: 3,
            },
            { name: "domain", test: /src\/domain\//, minShareCount: 3 },
          ],
        },
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
    testTimeout: 15_000,
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
