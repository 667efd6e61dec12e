// `npm run coverage:requirements`: the numbered requirements that no test names yet.
// A test names one by putting its number in its title: `S3-28 pauses after five …`.
import { globSync, readFileSync } from "node:fs";

const numbered = /\b(?:S[0-4]-D?\d+|I-\d+|AMB-\d+|T\d+)\b/g;

const rows = readFileSync("tests/acceptance/requirements.tsv", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split("\t"));
const files = globSync(["{src,sync-server,tests}/**/*.{test,spec}.ts"]);
const named = new Set(files.flatMap((file) => readFileSync(file, "utf8").match(numbered) ?? []));
const missing = rows.filter(([id]) => id !== undefined && !named.has(id));

for (const [id, text] of missing) console.log(`${id?.padEnd(8)} ${text}`);
console.log(`\n${rows.length - missing.length} of ${rows.length} requirements are named by a test`);
