/**
 * Looks for links in the template of a plain text, from its beginning to its end once: what a
 * marketer pasted may be long and broken, and must not take longer for it.
 */
import type { Spot } from "./spot.ts";

/** Whole addresses, and variables whose name says that they hold one: `{{ offer_link }}`. */
export function scanText(source: string): readonly Spot[] {
  const spots: Spot[] = [];
  const start = /https?:\/\/|\{%|\{\{/gi;
  for (;;) {
    const found = start.exec(source);
    if (found === null) return spots;
    const from = found.index;
    const to = found[0].startsWith("{") ? skip(source, from) : endOfUrl(source, from);
    // What is not closed cannot be written at all.
    if (to === null) return spots;
    start.lastIndex = to;
    if (found[0] === "{{") {
      const label = urlVariable(source.slice(from, to));
      if (label !== null) spots.push({ from, to, url: source.slice(from, to), label });
    } else if (found[0] !== "{%") {
      spots.push({ from, to, url: source.slice(from, to), label: "" });
    }
  }
}

/** The name of a variable that holds an address, where this is all that is said; else null. */
export function urlVariable(output: string): string | null {
  const name = /^\{\{-?\s*([\w.]+)\s*-?\}\}$/.exec(output)?.[1] ?? null;
  if (name === null || name === "unsubscribe_url") return null;
  return /(?:^|[_.])(?:url|link)\d*$/i.test(name) ? name : null;
}

/** The end of what begins with `{{` or `{%` here, with all that is not to be filled in; null: it has none. */
export function skip(source: string, from: number): number | null {
  const isTag = source[from + 1] === "%";
  const end = source.indexOf(isTag ? "%}" : "}}", from + 2);
  if (end < 0) return null;
  if (!isTag) return end + 2;
  const block = /^\{%-?\s*(raw|comment)\b/.exec(source.slice(from, from + 40))?.[1];
  if (block === undefined) return end + 2;
  const close = new RegExp(String.raw`\{%-?\s*end${block}\s*-?%\}`, "g");
  close.lastIndex = end + 2;
  const closed = close.exec(source);
  return closed === null ? null : closed.index + closed[0].length;
}

/** Up to a space or what no address has; `{{ … }}` is part of it. Marks that end a sentence are not. */
function endOfUrl(source: string, from: number): number | null {
  const stop = /\{\{|[\s<>"'{}\\^`|]/g;
  stop.lastIndex = from;
  for (;;) {
    const found = stop.exec(source);
    if (found === null) return withoutMarks(source, from, source.length);
    if (found[0] !== "{{") return withoutMarks(source, from, found.index);
    const end = source.indexOf("}}", found.index + 2);
    if (end < 0) return null;
    stop.lastIndex = end + 2;
  }
}

function withoutMarks(source: string, from: number, to: number): number {
  let end = to;
  // How many brackets are closed that were not opened.
  let closed = count(source, ")", from, to) - count(source, "(", from, to);
  for (; end > from; end--) {
    const last = source[end - 1] ?? "";
    const isClosing = last === ")" && closed > 0;
    if (!isClosing && !".,;:!?]*_»”’".includes(last)) break;
    if (isClosing) closed -= 1;
  }
  return end;
}

function count(source: string, letter: string, from: number, to: number): number {
  let found = 0;
  for (let at = from; at < to; at++) if (source[at] === letter) found += 1;
  return found;
}
