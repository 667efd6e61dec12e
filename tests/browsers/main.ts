// `npm run browsers [-- webkit | firefox]`: the app in browsers that Playwright cannot drive here.
// As root on Debian it installs what is missing; where a browser cannot be had, it says so and fails.
import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { checkBrowser } from "./check.ts";
import type { Engine } from "./engine.ts";
import { firefox } from "./firefox.ts";
import { webkit } from "./webkit.ts";

const engines = { firefox, webkit } as const satisfies Readonly<Record<string, Engine>>;

const wanted = process.argv.slice(2);
const chosen = Object.entries(engines).filter(
  ([name]) => wanted.length === 0 || wanted.includes(name),
);
if (chosen.length === 0) {
  console.error(`Browsers: ${Object.keys(engines).join(", ")}`);
  process.exitCode = 2;
}
for (const [, engine] of chosen) {
  if (!(await passes(engine))) process.exitCode = 1;
}

async function passes(engine: Engine): Promise<boolean> {
  if (!isThere(engine)) install(engine);
  if (!isThere(engine)) {
    const how = `apt-get install ${engine.packages.join(" ")}`;
    console.error(`${engine.name} is not available here: \`${how}\` as root brings it.`);
    return false;
  }
  const browser = await engine.open();
  console.log(`${engine.name} ${browser.version}`);
  try {
    await checkBrowser(browser, ({ what, ms }) => console.log(`  ok ${what}, ${ms} ms`));
    return true;
  } catch (error) {
    console.error(`  FAILED ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    await browser.close();
  }
}

function isThere({ programs }: Engine): boolean {
  return programs.every((program) => existsSync(program));
}

function install({ packages }: Engine): void {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const how: SpawnSyncOptions = { stdio: ["ignore", "ignore", "inherit"], env };
  spawnSync("apt-get", ["update", "-qq"], how);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], how);
}
