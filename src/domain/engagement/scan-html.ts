/** Looks for links in the template of an HTML page: where `<a>` and `<area>` lead to. */
import { urlVariable } from "./scan-text.ts";
import type { Spot } from "./spot.ts";

/** In the order of the page. What is commented out, or belongs to a style or a script, is no link. */
export function scanHtml(source: string): readonly Spot[] {
  const spots: Spot[] = [];
  const start = /<!--|<(?:style|script)\b|<(?:a|area)(?=[\s/])/gi;
  for (;;) {
    const found = start.exec(source);
    if (found === null) return spots;
    const [opening] = found;
    const end = closing[opening.toLowerCase()];
    if (end !== undefined) {
      const closed = indexOf(source, end, found.index);
      if (closed < 0) return spots;
      start.lastIndex = closed + end.length;
      continue;
    }
    const tag = readTag(source, found.index + opening.length, opening.length === 2);
    if (tag === null) return spots;
    start.lastIndex = tag.end;
    const spot = spotOf(source, tag);
    if (spot !== null) spots.push(spot);
  }
}

const closing: Readonly<Record<string, string>> = {
  "<!--": "-->",
  "<style": "</style",
  "<script": "</script",
};

function indexOf(source: string, what: string, from: number): number {
  const small = new RegExp(what, "gi");
  small.lastIndex = from;
  return small.exec(source)?.index ?? -1;
}

/** An attribute with the place of its value. */
interface Attribute {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

interface Tag {
  /** An `<a>`, which has something inside. */
  readonly isAnchor: boolean;
  readonly attributes: readonly Attribute[];
  /** Behind its `>`. */
  readonly end: number;
}

/** null: it is not closed. */
function readTag(source: string, from: number, isAnchor: boolean): Tag | null {
  const attributes: Attribute[] = [];
  const part = /([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')|>|"[^"]*"|'[^']*'/g;
  part.lastIndex = from;
  for (;;) {
    const found = part.exec(source);
    if (found === null) return null;
    if (found[0] === ">") return { isAnchor, attributes, end: part.lastIndex };
    const value = found[2] ?? found[3];
    if (found[1] === undefined || value === undefined) continue;
    const to = part.lastIndex - 1;
    attributes.push({ name: found[1].toLowerCase(), from: to - value.length, to });
  }
}

function spotOf(source: string, tag: Tag): Spot | null {
  const { attributes } = tag;
  const href = attributes.find(({ name }) => name === "href");
  if (href === undefined) return null;
  const raw = source.slice(href.from, href.to);
  const from = href.from + raw.length - raw.trimStart().length;
  const url = unescaped(raw.trim());
  const variable = urlVariable(url);
  if (variable === null && !/^https?:\/\//i.test(url)) return null;
  const label = variable ?? labelOf(source, tag);
  return { from, to: from + raw.trim().length, url, label };
}

const longest = 2_000;

/** The words that people press, or what stands for a picture. */
function labelOf(source: string, { isAnchor, attributes, end }: Tag): string {
  const inside = isAnchor ? source.slice(end, end + longest) : "";
  const close = /<\/a\s*>/i.exec(inside);
  const content = close === null ? "" : inside.slice(0, close.index);
  const words = plain(content.replaceAll(/<[^<>]*>/g, " "));
  if (words !== "") return words;
  const picture = /\balt\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(content);
  const title = attributes.find(({ name }) => name === "title");
  const shown = title === undefined ? "" : source.slice(title.from, title.to);
  return plain(picture?.[1] ?? picture?.[2] ?? shown);
}

function plain(html: string): string {
  return unescaped(html.replaceAll(/\{[{%].*?[}%]\}/gs, " "))
    .replaceAll(/[<>]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&#38;": "&",
  "&#x26;": "&",
  "&quot;": '"',
  "&#34;": '"',
  "&#39;": "'",
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&nbsp;": " ",
};

function unescaped(html: string): string {
  return html.replaceAll(
    /&(?:amp|quot|apos|lt|gt|nbsp|#3[489]|#x26);/gi,
    (entity) => entities[entity.toLowerCase()] ?? entity,
  );
}
