/**
 * How `npm start` starts Node, for whoever starts the server, or a part of it, without npm.
 *
 * The garbage of sending is short-lived: heaps that begin small and grow by little
 * before they are swept, and few arenas for the threads' allocations, halve the memory of a
 * server that sends. Smaller ones than these saved nothing more and cost a fifth of its speed.
 */
import { readFileSync } from "node:fs";
import { object, parse, string } from "valibot";

const Package = object({ scripts: object({ start: string() }) });

export interface StartSettings {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function startSettings(): StartSettings {
  const { scripts } = parse(Package, JSON.parse(readFileSync("package.json", "utf8")));
  const words = scripts.start.split(" ");
  const variables = words.filter((word) => /^[A-Z_]+=/.test(word));
  return {
    flags: words.filter((word) => word.startsWith("--")),
    env: Object.fromEntries(variables.map((word) => word.split("=", 2))),
  };
}
