/**
 * Messages with merge fields: `Hello {{ first_name }}`. The language is Liquid; its machine is
 * handed in, so that the server and the preview on a device render with one and the same rule.
 */
import { err, ok, type Result } from "../core/result.ts";
import { readPlain, type PlainOptions } from "./plain-template.ts";
import type { Contact } from "../audience/contact.ts";
import type { Content } from "../campaign/campaign.ts";

/** What is used of a Liquid machine. */
export interface LiquidLike<T> {
  parse(source: string): T;
  renderSync(template: T, scope: object): unknown;
}

/**
 * How every Liquid machine is set up: only what a contact itself has can be reached, unknown
 * filters are refused, nothing is read from disk, and no template runs away.
 */
export const liquidOptions = {
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: false,
  templates: {},
  parseLimit: 400_000,
  renderLimit: 1_000,
  memoryLimit: 10_000_000,
} as const;

/** For the parts that are HTML: every value is escaped. */
export const liquidHtmlOptions = { ...liquidOptions, outputEscape: "escape" } as const;

/** The names that every contact has, in the order in which a menu offers them. */
export const mergeFields = [
  "first_name",
  "last_name",
  "full_name",
  "email",
  "phone",
  "country",
  "city",
  "unsubscribe_url",
] as const;

/** What a message has that its contact has not. */
export interface Links {
  /** Where its recipient leaves the channel. */
  readonly unsubscribeUrl: string;
  /** The code that it carries; left out: it carries none. */
  readonly code?: string | undefined;
}

type Person = Pick<
  Contact,
  "email" | "phone" | "firstName" | "lastName" | "country" | "city" | "fields"
>;

/** What an event told of what happened. */
export type EventProperties = Readonly<Record<string, unknown>>;

/** A contact as templates see it. Further columns by their heading in small letters with `_`, and as `fields["Heading"]`. */
export function mergeScope(
  person: Person,
  links: Links,
  event?: EventProperties,
): Record<string, unknown> {
  // As a literal: it is made for every message, and took longer name by name than filling it in.
  const scope: Record<string, unknown> = {
    fields: person.fields,
    first_name: person.firstName,
    last_name: person.lastName,
    full_name: `${person.firstName} ${person.lastName}`.trim(),
    email: person.email ?? "",
    phone: person.phone ?? "",
    country: person.country,
    city: person.city,
    unsubscribe_url: links.unsubscribeUrl,
  };
  for (const [heading, value] of Object.entries(person.fields)) {
    const name = fieldName(heading);
    if (name !== "" && !ownNames.has(name)) scope[name] = value;
  }
  if (event !== undefined) scope["event"] = event;
  if (links.code !== undefined) scope["code"] = links.code;
  return scope;
}

/** What every contact has: no column of its import takes the place of it. */
const ownNames: ReadonlySet<string> = new Set(mergeFields);

/** `Loyalty Points` is written `loyalty_points`. */
export function fieldName(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "_")
    .replaceAll(/^_+|_+$/g, "");
}

export type Part = keyof Content;

export interface TemplateProblem {
  readonly part: Part;
  /** What is wrong and where, for the person who wrote it. */
  readonly detail: string;
}

/** Content that was read once and is rendered for each recipient. */
export interface Template {
  /** The names that it fills in; null when it may look at anything. */
  readonly names: ReadonlySet<string> | null;
  render(scope: object): Result<Content, TemplateProblem>;
}

export interface Templates {
  read(content: Content): Result<Template, TemplateProblem>;
}

export interface Machines<T, H> {
  readonly text: LiquidLike<T>;
  /** Set up with `liquidHtmlOptions`. */
  readonly html: LiquidLike<H>;
}

export function createTemplates<T, H>({ text, html }: Machines<T, H>): Templates {
  return {
    read: (content) => {
      const subject = readPart(text, "subject", content.subject);
      const body = readPart(text, "text", content.text);
      const page = readPart(html, "html", content.html, { isHtml: true });
      for (const part of [subject, body, page]) if (!part.ok) return part;
      if (!subject.ok || !body.ok || !page.ok) throw new Error("unreachable");
      return ok({
        names: namesOf([subject.value, body.value, page.value]),
        render: (scope) => {
          const done = { subject: subject.value.fill(scope), text: body.value.fill(scope) };
          const pageDone = page.value.fill(scope);
          if (!done.subject.ok) return done.subject;
          if (!done.text.ok) return done.text;
          if (!pageDone.ok) return pageDone;
          return ok({
            subject: oneLine(done.subject.value),
            text: done.text.value,
            html: pageDone.value,
          });
        },
      });
    },
  };
}

interface ReadPart {
  readonly names: readonly string[] | null;
  readonly fill: (scope: object) => Result<string, TemplateProblem>;
}

function namesOf(parts: readonly ReadPart[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const part of parts) {
    if (part.names === null) return null;
    for (const name of part.names) names.add(name);
  }
  return names;
}

function readPart<T>(
  machine: LiquidLike<T>,
  part: Part,
  source: string,
  options: PlainOptions = { isHtml: false },
): Result<ReadPart, TemplateProblem> {
  const plain = readPlain(source, options);
  // Most parts of most messages have nothing to fill in.
  if (plain?.names.length === 0) return ok({ names: [], fill: () => ok(source) });
  try {
    const template = machine.parse(source);
    const render = (scope: object): Result<string, TemplateProblem> => {
      try {
        const done = String(machine.renderSync(template, scope));
        return isShapeless(done, source) ? err({ part, detail: severalValues }) : ok(done);
      } catch (error) {
        return err({ part, detail: inWords(error) });
      }
    };
    if (plain === null) return ok({ names: null, fill: render });
    const fill = (scope: object): Result<string, TemplateProblem> => {
      const filled = plain.fill(scope);
      return filled === null ? render(scope) : ok(filled);
    };
    return ok({ names: plain.names, fill });
  } catch (error) {
    return err({ part, detail: inWords(error) });
  }
}

/** Why a message cannot be written that would say `[object Object]` where a value should stand. */
export const severalValues = "A field in it stands for several values, not for one";

const shapeless = /\[object object\]/i;

/** Whether a machine wrote something that is no text, in a message that does not say so itself. */
export function isShapeless(done: string, source: string): boolean {
  return shapeless.test(done) && !shapeless.test(source);
}

/** A header has one line; a name with a line break in it must not make a second header. */
function oneLine(text: string): string {
  // Nearly every one has a single line, which is read faster than it is replaced.
  const line = text.includes("\n") || text.includes("\r") ? text.replaceAll(/[\r\n]+/g, " ") : text;
  return line.trim();
}

/**
 * What a machine threw, for the person who wrote the template. The machine names the place as
 * `line:1, col:5`, then shows the source, which the person sees anyway.
 */
export function inWords(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const place = /, (?:file:.*, )?line:(\d+), col:(\d+)/.exec(first);
  const what = plainly(first.replace(/, (?:file:|line:).*$/, ""));
  if (place === null) return what;
  return `Line ${place[1]}, column ${place[2]}: ${what}`;
}

function plainly(what: string): string {
  const open = /^(output|tag) "?(\{[{%].*?)"? not closed$/s.exec(what);
  if (open === null) return what;
  const [, kind = "", source = ""] = open;
  const isBlock = kind === "tag" && source.endsWith("%}");
  if (isBlock) return `“${source}” has no end`;
  return `“${source}” is not closed with ${kind === "tag" ? "%}" : "}}"}`;
}
