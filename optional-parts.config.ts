/**
 * Parts that few people need: a device gets them when it has time, and not before the app may be
 * used offline (see the budgets of `npm test -- budget`). Their names begin as `optionalPrefix`,
 * those of workers, too, which are built one by one.
 */
import { globSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

export const optionalPrefix = "optional-";

const client = `${import.meta.dirname}/.svelte-kit/output/client`;

const asked = "virtual:optional-parts";

/** Tells the service worker which files they are: it is built after them. */
export function optionalParts(): Plugin {
  return {
    name: "optional-parts",
    resolveId: (id) => (id === asked ? `\0${asked}` : null),
    load: (id) =>
      id === `\0${asked}`
        ? `export const optional = ${JSON.stringify(optionalFiles())};
           export const texts = ${JSON.stringify(textFiles())};`
        : null,
  };
}

interface Part {
  readonly file: string;
  readonly name?: string;
  readonly css?: readonly string[];
}

/** Their paths below the app's folder, as the last build has them. */
export function optionalFiles(): readonly string[] {
  const files = optionals().flatMap(({ file, css = [] }) => [file, ...css]);
  return [...new Set([...files, ...workers()])].toSorted();
}

/** Those of them that hold the texts of a language, by the language. */
export function textFiles(): Readonly<Record<string, string>> {
  const prefix = `${optionalPrefix}texts-`;
  return Object.fromEntries(
    optionals().flatMap(({ name = "", file }) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), file]] : [],
    ),
  );
}

/** The manifest does not list them. */
function workers(): readonly string[] {
  return globSync(`_app/immutable/workers/${optionalPrefix}*.js`, { cwd: client });
}

function optionals(): readonly Part[] {
  const path = `${client}/.vite/manifest.json`;
  const parts: Readonly<Record<string, Part>> = JSON.parse(readFileSync(path, "utf8"));
  return Object.values(parts).filter(({ name }) => name?.startsWith(optionalPrefix));
}
