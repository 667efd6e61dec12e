/**
 * Parts that few people need: a device gets them when it has time, and not before the app may be
 * used offline (see the budgets of `npm test -- budget`). Their names begin as `optionalPrefix`.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

export const optionalPrefix = "optional-";

const asked = "virtual:optional-parts";

/** Tells the service worker which files they are: it is built after them. */
export function optionalParts(): Plugin {
  return {
    name: "optional-parts",
    resolveId: (id) => (id === asked ? `\0${asked}` : null),
    load: (id) =>
      id === `\0${asked}` ? `export const optional = ${JSON.stringify(optionalFiles())};` : null,
  };
}

/** Their paths below the app's folder, as the last build has them. */
export function optionalFiles(): readonly string[] {
  const path = `${import.meta.dirname}/.svelte-kit/output/client/.vite/manifest.json`;
  const parts: Readonly<Record<string, { readonly file: string; readonly name?: string }>> =
    JSON.parse(readFileSync(path, "utf8"));
  const files = Object.values(parts)
    .filter(({ name }) => name?.startsWith(optionalPrefix))
    .map(({ file }) => file);
  return [...new Set(files)].toSorted();
}
