// What a first visit may weigh: fails the build when the app outgrows its budgets.
import { globSync, readFileSync, statSync } from "node:fs";
import { optionalFiles } from "../../../optional-parts.config.ts";
import { array, boolean, object, optional, parse, record, string } from "valibot";

const Manifest = record(
  string(),
  object({
    file: string(),
    isEntry: optional(boolean()),
    imports: optional(array(string())),
    css: optional(array(string())),
  }),
);

const client = ".svelte-kit/output/client";
const kB = 1000;
const manifest = parse(Manifest, JSON.parse(readFileSync(`${client}/.vite/manifest.json`, "utf8")));

const shell = closure([...entries(), ...nodes(["0"])]);
const first = closure([...entries(), ...nodes(["0", ...firstRoute()]), ...storage()]);
const sync = closure(online()).scripts.filter((file) => !first.scripts.includes(file));
const later = optionalFiles();
const precached = globSync(["_app/immutable/**/*", "*", "icons/*"], { cwd: "build" }).filter(
  (file) =>
    !later.includes(file) &&
    !/\.(?:br|gz)$|service-worker\.js$|^\.|^_app$/.test(file) &&
    isFile(`build/${file}`),
);
const scripts = precached.filter((file) => file.endsWith(".js"));

const isWithin = [
  measure("shell, JS br", brotli(shell.scripts), 50 * kB),
  measure("first route, JS br", brotli(first.scripts), 95 * kB),
  measure("first route, CSS br", brotli(first.styles), 12 * kB),
  measure("first route, requests", first.scripts.length + first.styles.length + 1, 25),
  measure("sync after it, JS br", brotli(sync), 35 * kB),
  measure("largest chunk, br", Math.max(...scripts.map((file) => brotli([file]))), 60 * kB),
  measure("precache, br", brotli(precached), 500 * kB),
  measure("precache, raw", sum(precached.map((file) => statSync(`build/${file}`).size)), 1500 * kB),
  measure("precache, files", precached.length, 90),
  measure("fetched later, br", brotli(later), 400 * kB),
  measure("largest part of it, br", Math.max(...later.map((file) => brotli([file]))), 60 * kB),
  measure("precached that need it", needing(later).length, 0),
].every(Boolean);

if (!isWithin) process.exitCode = 1;

function measure(name: string, value: number, limit: number): boolean {
  const isOver = value > limit;
  console.log(`${isOver ? "OVER " : "     "}${name.padEnd(24)}${value} of ${limit}`);
  return !isOver;
}

/** What the page loads before it knows its route; the client itself comes by a dynamic import. */
function entries(): string[] {
  return Object.keys(manifest).filter(
    (key) =>
      key.endsWith("/client-entry.js") || (manifest[key]?.isEntry && !key.includes("/nodes/")),
  );
}

/** Kit's numbered pages and layouts, by their keys in the manifest. */
function nodes(numbers: readonly string[]): string[] {
  return Object.keys(manifest).filter((key) => numbers.some((n) => key.endsWith(`/nodes/${n}.js`)));
}

/** What the layout asks for by itself before it draws: the device's data and its states. */
function storage(): string[] {
  return part("lib/app.ts");
}

/** What the app asks for once the first page is drawn: talking with the server. */
function online(): string[] {
  return part("lib/sync/online.ts");
}

function part(name: string): string[] {
  const keys = Object.keys(manifest).filter((key) => key.endsWith(name));
  if (keys.length === 0) throw new Error(`budget: ${name} is no part of its own any more`);
  return keys;
}

/** Kit's dictionary of routes says which page and which layouts "/" (or "/(group)") shows. */
function firstRoute(): string[] {
  const app = readFileSync(".svelte-kit/generated/build/client-optimized/app.js", "utf8");
  const found = /"\/(?:\([\w-]+\)\/?)*": \[(\d+)(?:,\[([\d,]*)\])?/.exec(app);
  if (found === null) throw new Error("budget: Kit's dictionary has no route for /");
  return [...(found[1] ?? "").split(","), ...(found[2] ?? "").split(",")].filter(Boolean);
}

function closure(start: readonly string[]): { scripts: string[]; styles: string[] } {
  const seen = new Set<string>();
  const styles = new Set<string>();
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (chunk === undefined || seen.has(key)) return;
    seen.add(key);
    for (const style of chunk.css ?? []) styles.add(style);
    for (const other of chunk.imports ?? []) visit(other);
  };
  start.forEach(visit);
  return { scripts: [...seen].map((key) => manifest[key]?.file ?? ""), styles: [...styles] };
}

/** Parts that are there from the start, and would not run without a part that comes later. */
function needing(files: readonly string[]): string[] {
  const isLater = (key: string): boolean => files.includes(manifest[key]?.file ?? "");
  return Object.keys(manifest).filter(
    (key) => !isLater(key) && manifest[key]?.imports?.some(isLater),
  );
}

/** As served: the compressed neighbour where there is one. */
function brotli(files: readonly string[]): number {
  return sum(
    files.map((file) => {
      const small = statSync(`build/${file}.br`, { throwIfNoEntry: false });
      return small?.size ?? statSync(`build/${file}`).size;
    }),
  );
}

function isFile(path: string): boolean {
  return statSync(path).isFile();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
