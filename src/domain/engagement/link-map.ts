/**
 * Where on a message its tracked links stand, so that what came of each can be shown there. A link
 * is known by its address and by which of several with that address it is, as when it was tracked.
 */
import type { LinkLine } from "./link-report.ts";
import { scanHtml } from "./scan-html.ts";
import { scanText } from "./scan-text.ts";

/** A part of a message, and the link that ends with it; null: none does. */
export interface MapPiece<L> {
  readonly text: string;
  readonly link: L | null;
}

type Known = Pick<LinkLine, "n" | "url">;

/** The pieces of a text, each link behind its address; together they are the text. */
export function mapText<L extends Known>(
  source: string,
  links: readonly L[],
): readonly MapPiece<L>[] {
  return cut(
    source,
    placed(scanText(source), links, ({ to }) => to),
  );
}

/** The pieces of a page, each link inside of its anchor, behind what people press. */
export function mapHtml<L extends Known>(
  source: string,
  links: readonly L[],
): readonly MapPiece<L>[] {
  return cut(
    source,
    placed(scanHtml(source), links, ({ to }) => endOfAnchor(source, to)),
  );
}

interface Placed<L> {
  readonly at: number;
  readonly link: L;
}

interface Addressed {
  readonly url: string;
  readonly to: number;
}

function placed<L extends Known>(
  spots: readonly Addressed[],
  links: readonly L[],
  placeOf: (spot: Addressed) => number | null,
): readonly Placed<L>[] {
  // Numbers are given in the order in which links are met, so those of one address are in theirs.
  const byUrl = Map.groupBy(
    links.toSorted((a, b) => a.n - b.n),
    ({ url }) => url,
  );
  const met = new Map<string, number>();
  return spots.flatMap((spot) => {
    const place = met.get(spot.url) ?? 0;
    met.set(spot.url, place + 1);
    const link = byUrl.get(spot.url)?.[place];
    const at = placeOf(spot);
    return link === undefined || at === null ? [] : [{ at, link }];
  });
}

/** null: it is never closed, or holds nothing that is seen. */
function endOfAnchor(source: string, from: number): number | null {
  const close = /<\/a\s*>|<(?:a|area)[\s/]/gi;
  close.lastIndex = from;
  const found = close.exec(source);
  return found === null || !found[0].startsWith("</") ? null : found.index;
}

function cut<L>(source: string, ends: readonly Placed<L>[]): readonly MapPiece<L>[] {
  const pieces: MapPiece<L>[] = [];
  let from = 0;
  for (const { at, link } of ends.toSorted((a, b) => a.at - b.at)) {
    pieces.push({ text: source.slice(from, at), link });
    from = at;
  }
  if (from < source.length) pieces.push({ text: source.slice(from), link: null });
  return pieces;
}
