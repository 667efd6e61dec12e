// Runs before every npm script, under whatever Node the machine has: so it is plain JavaScript and
// needs nothing installed. It installs what is missing; with the word "start" it also brings the
// built app up to date. The script that follows then finds Node 24 first on its PATH.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const forStart = process.argv.includes("start");

process.chdir(root);
if (!isInstalled({ withTools: !forStart })) install();
if (forStart) run("node_modules/.bin/node", ["tests/support/tools/build.ts"]);

/**
 * Compares what npm says it installed with the lockfile, not their times: a fresh checkout touches
 * the lockfile without changing it, and a needless `npm ci` takes a minute.
 * @param {{ withTools: boolean }} options
 */
function isInstalled({ withTools }) {
  const receipt = "node_modules/.package-lock.json";
  if (!existsSync(receipt) || !existsSync("node_modules/.bin/node")) return false;
  const installed = readPackages(receipt);
  return Object.entries(readPackages("package-lock.json")).every(([path, wanted]) => {
    const isNeeded = path !== "" && !wanted.optional && (withTools || !wanted.dev);
    return !isNeeded || installed[path]?.version === wanted.version;
  });
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, dev?: boolean, optional?: boolean }>}
 */
function readPackages(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages;
}

function install() {
  console.log("Fieldcast: installing what is missing (about a minute) …");
  const flags = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm's own Node, as the one in node_modules is about to be replaced.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
  if (npm === undefined) run("npm", flags);
  else run(node, [npm, ...flags]);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) console.error(`Fieldcast: could not run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
