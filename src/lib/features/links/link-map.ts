/** The message with what came of each link at its place: how many followed it, and how often. */
import type { Content } from "#domain/campaign/campaign.ts";
import { mapHtml, mapText, type MapPiece } from "#domain/engagement/link-map.ts";
import type { LinkLine, LinkReport } from "#domain/engagement/link-report.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";

export interface LinkedMessage {
  /** With the numbers as parts of the page. */
  readonly html: string;
  /** Each with what stands behind it; "" where no link ends. */
  readonly text: readonly LinkedPiece[];
  /** Links that the other message has, too: clicks on them are told apart nowhere. */
  readonly both: readonly LinkLine[];
  /** Links that earlier texts had, and neither message has now. */
  readonly gone: readonly LinkLine[];
}

export interface LinkedPiece {
  readonly text: string;
  readonly badge: Badge | null;
}

export interface Badge {
  readonly short: string;
  readonly long: string;
}

type Words = Pick<Content, "html" | "text">;

/** `other`: of a campaign that sends one of two messages, the other one; null: there is one alone. */
export function linkedMessage(
  content: Words,
  other: Words | null,
  { links }: LinkReport,
): LinkedMessage {
  const page = mapHtml(content.html, links);
  const text = mapText(content.text, links);
  const here = new Set([...page, ...text].map(({ link }) => link?.n));
  const there = new Set(other === null ? [] : numbersIn(other, links));
  return {
    html: page.map(pieceHtml).join(""),
    text: text.map((piece) => ({
      text: piece.text,
      badge: piece.link === null ? null : badgeOf(piece.link),
    })),
    both: links.filter(({ n }) => here.has(n) && there.has(n)),
    gone: links.filter(({ n }) => !here.has(n) && !there.has(n)),
  };
}

function numbersIn({ html, text }: Words, links: LinkReport["links"]) {
  return [...mapHtml(html, links), ...mapText(text, links)].map(({ link }) => link?.n);
}

export function badgeOf({ name, person }: LinkLine): Badge {
  const { recipients, clicks } = person;
  return {
    short: `${formatNumber(recipients)} / ${formatNumber(clicks)}`,
    long: `${name}: ${formatCount(recipients, "recipient")}, ${formatCount(clicks, "click")}`,
  };
}

/** Colours of its own: what the marketer's page looks like is not known. */
const style = [
  "display:inline-block",
  "margin-inline-start:6px",
  "padding:1px 7px",
  "border:1px solid #ffffff",
  "border-radius:999px",
  "background:#0b5c43",
  "color:#ffffff",
  "font:600 12px/16px system-ui,sans-serif",
  "text-decoration:none",
  "white-space:nowrap",
  "vertical-align:middle",
].join(";");

function pieceHtml({ text, link }: MapPiece<LinkLine>): string {
  if (link === null) return text;
  const { short, long } = badgeOf(link);
  return `${text}<span role="img" aria-label="${attribute(long)}" title="${attribute(long)}" style="${style}">${short}</span>`;
}

function attribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
