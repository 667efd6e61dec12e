/**
 * Finds the texts for people in a module as JavaScript runs it: a component after Svelte's
 * compiler, a table of words without its types. Authors write plain English where it stands;
 * this decides what of it is a text, by its shape and by where it stands.
 *
 * What is found too much costs nothing: English is shown as it was written, and a text that the
 * catalogues do not hold stays as it is.
 */
import { parseAst } from "vite";

/** A text of the source: where it stands, and how the catalogues call it. */
export interface FoundText {
  readonly start: number;
  readonly end: number;
  /** A template of markup holds several texts, and is marked once. */
  readonly keys: readonly string[];
  /** What the place is replaced with; undefined: it stays, and only its keys count. */
  readonly marked?: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [name: string]: unknown;
}

/** Attributes that people read or hear. */
const readAttributes = "aria-label|aria-description|aria-valuetext|title|placeholder|alt|label";
const attributeName = new RegExp(`^(?:${readAttributes})$`);

/** Properties whose values are for machines. */
const machineKeys =
  /^(?:class|className|id|key|href|src|type|role|rel|target|style|autocomplete|inputmode|accept|d|viewBox|icon|hue|look|size|method|headers|credentials|cacheName|notation|unit|dateStyle|timeStyle|month|weekday|year|day|hour|minute|numeric|timeZone|event|pattern|form|slot|as|mode|kind|phase|\$\$\w*)$/;

/** Those that also name what a table of words has a word for. */
const tableKeys = /^(?:event|form|hour|kind|minute|mode|month|phase|week|weekday|year|day)$/;

/** Calls whose words are for machines. */
const machineCalls =
  /^(?:\w*EventListener|querySelector(?:All)?|getElementById|createElement\w*|[gs]etAttribute|removeAttribute|[gs]etItem|removeItem|matchMedia|split|startsWith|endsWith|includes|indexOf|match|matchAll|replace|replaceAll|test|has|get|may|fetch|goto|request|send|Symbol|open|literal|picklist|picked|addColorStop|getContext|observe|supports|execCommand|postMessage|where|transaction|table|stores|emit|on|mark|measure|parse|importKey|deriveKey|digest|encrypt|decrypt|generateKey|toLocale\w*|supportedValuesOf|localeCompare|normalize)$/;

/** Calls of Svelte's runtime whose words are for people. */
const svelteCalls =
  /^(?:text|set_text|state|proxy|set|prop|fallback|derived|untrack|user_derived)$/;

/** Every text of a module. `wordsFile`: its tables hold single words in lower case too. */
export function findTexts(code: string, wordsFile: boolean): readonly FoundText[] {
  const found: FoundText[] = [];
  const walk = (node: Node, parents: readonly Node[]): void => {
    if (isForMachines(node, parents)) return;
    const text = textOf(node, parents, wordsFile);
    if (text !== null) found.push(text);
    const inner = [...parents, node];
    for (const [name, value] of Object.entries(node)) {
      if (isSkipped(node, name)) continue;
      for (const child of Array.isArray(value) ? value : [value])
        if (isNode(child)) walk(child, inner);
    }
  };
  walk(asNode(parseAst(code)), []);
  return found.toSorted((a, b) => a.start - b.start);
}

/** How a catalogue calls a text: its places numbered, its white space as a page shows it. */
export function keyOf(parts: readonly string[]): string {
  const numbered = parts.map((part, index) => (index === 0 ? part : `{${index - 1}}${part}`));
  return numbered.join("").replaceAll(/\s+/g, " ").trim();
}

function textOf(node: Node, parents: readonly Node[], wordsFile: boolean): FoundText | null {
  const { start, end } = node;
  if (node.type === "CallExpression") return countOf(node);
  if (node.type === "Literal" && typeof node["value"] === "string") {
    const { value } = node;
    if (!isText(value, [value], wordsFile)) return null;
    return { start, end, keys: [keyOf([value])], marked: `\`${escaped(value)}\`` };
  }
  if (node.type !== "TemplateLiteral") return null;
  const parts = cookedParts(node);
  const parent = parents.at(-1);
  if (parent !== undefined && isMarkup(parent)) {
    const keys = markupTexts(parts[0] ?? "");
    return keys.length === 0 ? null : { start, end: start, keys, marked: "" };
  }
  if (!isText(parts.join(" 0 "), parts, wordsFile)) return null;
  return { start, end: start, keys: [keyOf(parts)], marked: "" };
}

/** `formatCount(n, "change", "changes")` looks up "{0} changes" by itself. */
function countOf(node: Node): FoundText | null {
  if (calleeName(node) !== "formatCount") return null;
  const [, one, other] = nodes(node["arguments"]);
  const nouns = [other ?? one].flatMap((noun) => (noun === undefined ? [] : literals(noun)));
  const keys = nouns.map((noun) => `{0} ${other === undefined ? `${noun}s` : noun}`);
  return keys.length === 0 ? null : { start: node.start, end: node.start, keys };
}

function literals(node: Node): string[] {
  if (node.type === "ConditionalExpression") {
    return nodes([node["consequent"], node["alternate"]]).flatMap(literals);
  }
  return typeof node["value"] === "string" ? [node["value"]] : [];
}

/** The texts between the tags of a component's markup, and in the attributes that people read. */
function markupTexts(html: string): string[] {
  const between = [...html.matchAll(/(?:^|>)([^<>]+)(?=<|$)/g)].map(([, text = ""]) => text);
  const attributes = [...html.matchAll(new RegExp(` (?:${readAttributes})="([^"]+)"`, "g"))];
  return [...between, ...attributes.map(([, text = ""]) => text)]
    .filter((text) => /\p{L}{2}/u.test(text))
    .map((text) => keyOf([unescaped(text)]));
}

function isMarkup(parent: Node): boolean {
  return /^from_(?:html|svg)$/.test(svelteCall(parent));
}

/** Places where words are for machines, with everything below them. */
function isForMachines(node: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1);
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "ThrowStatement":
    case "TaggedTemplateExpression":
      return true;
    case "ExpressionStatement":
      return typeof node["directive"] === "string";
    case "BinaryExpression":
      return node["operator"] !== "+";
    case "NewExpression":
      return true;
    case "Property":
      return machineKeys.test(keyName(node)) && !isOfWords(node);
    default:
      return parent?.type === "CallExpression" && isMachineArgument(node, parent);
  }
}

/** `{ day: "Each day" }`, not `{ day: "numeric" }`: what a table has words for may be a setting elsewhere. */
function isOfWords(property: Node): boolean {
  const { value } = property;
  if (!tableKeys.test(keyName(property)) || !isNode(value)) return false;
  return typeof value["value"] !== "string" || /^\p{Lu}\p{Ll}/u.test(value["value"]);
}

function isMachineArgument(node: Node, call: Node): boolean {
  const isWords = node.type === "Literal" || node.type === "TemplateLiteral";
  const runtime = svelteCall(call);
  if (runtime === "set_attribute") {
    const [, name, value] = nodes(call["arguments"]);
    return node === name || (node === value && !attributeName.test(String(name?.["value"])));
  }
  if (runtime !== "" && isWords) return !svelteCalls.test(runtime) && !isMarkup(call);
  const name = calleeName(call);
  if (name === "formatCount") return isWords || node.type === "ConditionalExpression";
  return isWords && machineCalls.test(name);
}

function isSkipped(node: Node, name: string): boolean {
  if (name === "key") return node["computed"] !== true;
  if (name === "property" && node.type === "MemberExpression") return true;
  return name === "test" && node.type === "SwitchCase";
}

/** Whether words have the shape of a text: several words, or one that begins as a sentence does. */
function isText(whole: string, parts: readonly string[], wordsFile: boolean): boolean {
  const text = whole.trim();
  if (!/\p{L}{2}/u.test(parts.join(" "))) return false;
  // A name made of parts: `live-${id}`.
  if (parts.length > 1 && /^\P{Lu}\S*$/u.test(parts.join("0"))) return false;
  if (
    /^[/#.@&?(<[]|:\/\/|svelte-|--|[{}]|;(?!\s)|\S=|=\S|^[a-z]+, [a-z]+[A-Z]|\w\.\w+\(|^[\w-]+\/[\w-]+|^[a-z]+:\S/.test(
      text,
    )
  )
    return false;
  if (/^\p{Lu}(?:\p{Ll}+|-\p{Ll})[\p{Ll}-]*[.…:?!]?$/u.test(text)) return true;
  if (
    /\s/.test(text) &&
    /(?:^|[\s“(·])\p{L}[\p{L}’'-]+(?:[\s.,:;?!)”…%]|$)/u.test(parts.join(" 0 "))
  )
    return true;
  return wordsFile && parts.length === 1 && /^\p{Ll}{2,}$/u.test(text);
}

function cookedParts(node: Node): string[] {
  return nodes(node["quasis"]).map(({ value }) => cooked(value));
}

function cooked(value: unknown): string {
  return typeof value === "object" && value !== null && "cooked" in value
    ? String(value.cooked)
    : "";
}

function escaped(text: string): string {
  return text.replaceAll(/[`\\]|\$\{/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
}

function unescaped(html: string): string {
  return html.replaceAll("&lt;", "<").replaceAll("&nbsp;", "\u00A0").replaceAll("&amp;", "&");
}

/** `from_html`, of `$.from_html(…)`; "" for what is no call of Svelte's runtime. */
function svelteCall(node: Node): string {
  const { callee } = node;
  if (node.type !== "CallExpression" || !isNode(callee) || callee.type !== "MemberExpression")
    return "";
  const { object } = callee;
  return isNode(object) && object["name"] === "$" ? calleeName(node) : "";
}

function calleeName(node: Node): string {
  const { callee } = node;
  if (!isNode(callee)) return "";
  const named = callee.type === "MemberExpression" ? callee["property"] : callee;
  return isNode(named) && typeof named["name"] === "string" ? named["name"] : "";
}

function keyName(node: Node): string {
  const { key } = node;
  return isNode(key) ? String(key["name"] ?? key["value"]) : "";
}

function nodes(values: unknown): Node[] {
  return Array.isArray(values) ? values.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function asNode(value: unknown): Node {
  if (!isNode(value)) throw new Error("No module came out of the parser");
  return value;
}
