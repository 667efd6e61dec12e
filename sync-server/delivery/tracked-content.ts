/** A text in which short links stand for its own, each filled in for its recipient. */
import type { Content } from "#domain/campaign/campaign.ts";
import {
  isDestination,
  isFixed,
  isUnder,
  linkField,
  replaceLinks,
  type Link,
} from "#domain/engagement/link.ts";
import type { Template, Templates } from "#domain/message/template.ts";

/** The links of a campaign, and the short ones of its messages. */
export interface Tracked {
  readonly links: readonly Link[];
  readonly ownUrl: string;
  readonly urlOf: (n: number, link: number) => string;
}

export interface TrackedContent {
  /** It asks for the nth link by the name of `linkField`. */
  readonly content: Content;
  /** What its links ask for besides; null: they may look at anything. */
  readonly names: ReadonlySet<string> | null;
  /** Puts the links of the nth message into what its text is filled in with. */
  fill(scope: Record<string, unknown>, n: number): void;
}

/** null: it has no links. */
export function trackContent(
  content: Content,
  { links, ownUrl, urlOf }: Tracked,
  templates: Templates,
): TrackedContent | null {
  const used = new Map<number, Link>();
  const replaced = replaceLinks(content, { links, ownUrl }, (link) => {
    used.set(link.n, link);
    return `{{ ${linkField(link.n)} }}`;
  });
  if (used.size === 0) return null;
  const own = [...used.values()].map((link) => ({
    field: linkField(link.n),
    n: link.n,
    template: isFixed(link) ? null : readUrl(link.url, templates),
  }));
  return {
    content: replaced,
    names: namesOf(own.flatMap(({ template }) => (template === null ? [] : [template]))),
    fill: (scope, n) => {
      for (const { field, n: link, template } of own) {
        const url = template === null ? null : urlFor(template, scope);
        // What leads nowhere, or to our own pages, goes out as it is written.
        scope[field] = url === null || isTracked(url, ownUrl) ? urlOf(n, link) : url;
      }
    },
  };
}

/** Where a link leads this recipient; what it is filled in with where that is no address. */
export function urlFor(template: Template, scope: object): string {
  const done = template.render(scope);
  return done.ok ? done.value.text.trim() : "";
}

/** Whether what was filled in is sent as a short link. */
export function isTracked(url: string, ownUrl: string): boolean {
  return isDestination(url) && !isUnder(url, ownUrl);
}

/** The template of an address alone. */
export function readUrl(url: string, templates: Templates): Template {
  const read = templates.read({ subject: "", text: url, html: "" });
  if (read.ok) return read.value;
  // The text that it stands in cannot be read, either, and is refused for that.
  return { names: new Set(), render: () => read };
}

function namesOf(read: readonly Template[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const template of read) {
    if (template.names === null) return null;
    for (const name of template.names) names.add(name);
  }
  return names;
}
