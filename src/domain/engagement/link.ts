/**
 * The links of a message: where they stand in its template, what they are called, and what may be
 * followed. A campaign that tracks its links sends a short one for each, which leads to us first.
 *
 * A link is known by its address as the template has it and by which of several with the same
 * address it is, so the text and the HTML of one e-mail share theirs, and an edit keeps those that
 * it left alone.
 */
import type { Content } from "../campaign/campaign.ts";
import { scanHtml } from "./scan-html.ts";
import { scanText } from "./scan-text.ts";
import type { Spot } from "./spot.ts";

/** A link as a content has it. */
export interface FoundLink {
  readonly url: string;
  /** Of those with this address: 1 for the first in its part, … */
  readonly place: number;
  /** The variable that it comes from, the words that people press, or its number in the message. */
  readonly name: string;
}

/** A link of a launched campaign. */
export interface Link extends FoundLink {
  /** 1, 2, … and never another's, whatever is edited. */
  readonly n: number;
}

/** What follows in a message is sent as it is. */
export const maxLinks = 100;
const maxUrl = 2_000;
const maxName = 60;

/** The parts of a content that may have links. */
const linkedParts = ["html", "text"] as const satisfies readonly (keyof Content)[];

/** Every link once, in the order in which people meet them. `ownUrl`: links to our own pages are none. */
export function findLinks(content: Content, ownUrl: string): readonly FoundLink[] {
  const found = new Map<string, FoundLink>();
  for (const { key, url, place, label } of placesOf(content, ownUrl)) {
    if (found.has(key) || found.size >= maxLinks) continue;
    const name = label === "" ? `Link ${found.size + 1}` : label;
    found.set(key, { url, place, name: freeName(name, [...found.values()]) });
  }
  return [...found.values()];
}

/** The content with what `fill` answers in the place of each of these links. */
export function replaceLinks(
  content: Content,
  { links, ownUrl }: { readonly links: readonly Link[]; readonly ownUrl: string },
  fill: (link: Link) => string,
): Content {
  const byKey = new Map(links.map((link) => [keyOf(link), link]));
  const replaced = { ...content };
  for (const part of linkedParts) {
    const source = content[part];
    let text = "";
    let end = 0;
    for (const { from, to, key } of placesIn(part, source, ownUrl)) {
      const link = byKey.get(key);
      if (link === undefined) continue;
      text += source.slice(end, from) + fill(link);
      end = to;
    }
    replaced[part] = text + source.slice(end);
  }
  return replaced;
}

/** How many letters a short link has behind the address of this server's pages. */
export const shortLinkLetters = 20;

export function shortLinkStart(ownUrl: string): string {
  return `${ownUrl}/r/`;
}

/** The content as long as it is sent with its links tracked: a made-up short one stands for each. */
export function withShortLinks(content: Content, ownUrl: string): Content {
  const links = findLinks(content, ownUrl).map((link, index) => ({ ...link, n: index + 1 }));
  if (links.length === 0) return content;
  const madeUp = shortLinkStart(ownUrl) + "x".repeat(shortLinkLetters);
  return replaceLinks(content, { links, ownUrl }, () => madeUp);
}

/** The name by which a tracked content asks for the nth link. */
export function linkField(n: number): string {
  return `tracked_link_${n}`;
}

export function isLinkField(name: string): boolean {
  return name.startsWith("tracked_link_");
}

/** Whether it leads everybody to the same address. */
export function isFixed({ url }: Pick<FoundLink, "url">): boolean {
  return !url.includes("{{");
}

/**
 * Whether somebody may be led there: a whole address of the web, without a user's name before the
 * host, and without anything that ends a header or that browsers read as another host.
 */
export function isDestination(url: string): boolean {
  if (url.length > maxUrl || hasControl(url)) return false;
  return /^https?:\/\/[^\s/?#@\\:][^\s/?#@\\]*(?:[/?#]\S*)?$/i.test(url);
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** One and the same link, whatever it is called. */
export function keyOf({ url, place }: Pick<FoundLink, "url" | "place">): string {
  return `${place} ${url}`;
}

interface Placed extends Spot {
  readonly place: number;
  readonly key: string;
}

function placesOf(content: Content, ownUrl: string): readonly Placed[] {
  return linkedParts.flatMap((part) => placesIn(part, content[part], ownUrl));
}

function placesIn(
  part: (typeof linkedParts)[number],
  source: string,
  ownUrl: string,
): readonly Placed[] {
  const spots = part === "html" ? scanHtml(source) : scanText(source);
  const seen = new Map<string, number>();
  const placed: Placed[] = [];
  for (const spot of spots) {
    if (!isTracked(spot.url, ownUrl)) continue;
    const place = (seen.get(spot.url) ?? 0) + 1;
    seen.set(spot.url, place);
    placed.push({ ...spot, label: shortened(spot.label), place, key: keyOf({ ...spot, place }) });
  }
  return placed;
}

/** An address that is filled in is looked at again for each recipient, once it is whole. */
function isTracked(url: string, ownUrl: string): boolean {
  if (isUnder(url, ownUrl)) return false;
  return isFixed({ url }) ? isDestination(url) : url.length <= maxUrl;
}

/** Whether it leads to the pages of this server. */
export function isUnder(url: string, ownUrl: string): boolean {
  const own = ownUrl.replace(/\/+$/, "").toLowerCase();
  if (own === "" || !url.toLowerCase().startsWith(own)) return false;
  const next = url.charAt(own.length);
  return next === "" || "/?#".includes(next);
}

function shortened(label: string): string {
  const words = label.replaceAll(/\s+/g, " ").trim();
  return words.length > maxName ? `${words.slice(0, maxName - 1).trimEnd()}…` : words;
}

function freeName(name: string, known: readonly FoundLink[]): string {
  const names = new Set(known.map((link) => link.name));
  if (!names.has(name)) return name;
  for (let number = 2; ; number++) {
    const next = `${name} (${number})`;
    if (!names.has(next)) return next;
  }
}
