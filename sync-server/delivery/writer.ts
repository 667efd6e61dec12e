/** Writes the messages of one distribution: its content is read once and filled in for each recipient. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { isTooLongForSms, tooLongText } from "#domain/message/sms-limit.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import { isLinkField } from "#domain/engagement/link.ts";
import { withPicture } from "#domain/engagement/open.ts";
import { mergeScope, type TemplateProblem, type Templates } from "#domain/message/template.ts";
import { contactColumns, type ContactColumn, type Intended } from "../store/distribution.ts";
import { trackContent, type Tracked } from "./tracked-content.ts";

export interface Written {
  readonly content: Content;
  /** How mail programs let its recipient leave with one click (RFC 2369, RFC 8058). */
  readonly headers: Readonly<Record<string, string>>;
  readonly segments: number;
}

/** Why a message is not written. */
export interface Unwritten {
  readonly reason: "render_failed" | "too_long";
  readonly words: string;
}

export interface Writer {
  /** What it has to know of a contact. */
  readonly columns: readonly ContactColumn[];
  write(message: Pick<Intended, "n" | "contact" | "event" | "code">): Result<Written, Unwritten>;
}

export interface WriterDeps {
  readonly templates: Templates;
  readonly content: Content;
  readonly channel: Channel;
  /** Where the recipient of the nth message leaves. */
  readonly leaveUrl: (n: number) => string;
  /** Left out: links go out as they are. */
  readonly tracked?: Tracked;
  /** The picture by which the nth page tells that it was opened; left out: it tells nothing. */
  readonly pictureUrl?: (n: number) => string;
}

export function createWriter(deps: WriterDeps): Writer {
  const { templates, content, channel, leaveUrl } = deps;
  const hasHeaders = channel === "email";
  const tracked =
    deps.tracked === undefined ? null : trackContent(content, deps.tracked, templates);
  const template = templates.read(tracked?.content ?? content);
  if (!template.ok) {
    const unwritten = unwrittenFor(template.error);
    return { columns: [], write: () => err(unwritten) };
  }
  const names = both(template.value.names, tracked?.names);
  const hasLink = hasHeaders || names === null || names.has("unsubscribe_url");
  return {
    columns: names === null ? contactColumns : columnsOf(names),
    write: ({ n, contact, event, code }) => {
      const unsubscribeUrl = hasLink ? leaveUrl(n) : "";
      const scope = mergeScope(
        personOf(contact),
        { unsubscribeUrl, code },
        event === undefined ? undefined : JSON.parse(event),
      );
      tracked?.fill(scope, n);
      const written = template.value.render(scope);
      if (!written.ok) return err(unwrittenFor(written.error));
      if (channel === "sms" && isTooLongForSms(written.value.text)) {
        return err({ reason: "too_long", words: `text: ${tooLongText}` });
      }
      const segments = channel === "sms" ? Math.max(1, smsLength(written.value.text).segments) : 1;
      const headers = hasHeaders ? leaveHeaders(unsubscribeUrl) : noHeaders;
      const sent = withOpens(written.value, n, deps);
      return ok({ content: sent, headers, segments });
    },
  };
}

function unwrittenFor({ part, detail }: TemplateProblem): Unwritten {
  return { reason: "render_failed", words: `${part}: ${detail}` };
}

/** A text without a page has no place for a picture. */
function withOpens(content: Content, n: number, { pictureUrl }: WriterDeps): Content {
  if (pictureUrl === undefined || content.html === "") return content;
  return { ...content, html: withPicture(content.html, pictureUrl(n)) };
}

/** null: they may look at anything. */
function both(
  a: ReadonlySet<string> | null,
  b: ReadonlySet<string> | null = noNames,
): ReadonlySet<string> | null {
  return a === null || b === null ? null : a.union(b);
}

const noNames: ReadonlySet<string> = new Set();

const columnsByName: Readonly<Record<string, readonly ContactColumn[]>> = {
  first_name: ["firstName"],
  last_name: ["lastName"],
  full_name: ["firstName", "lastName"],
  email: ["email"],
  phone: ["phone"],
  country: ["country"],
  city: ["city"],
  unsubscribe_url: [],
  code: [],
};

const further: readonly ContactColumn[] = ["fields"];

/** Any other name is the heading of a further column. */
function columnsOf(names: ReadonlySet<string>): readonly ContactColumn[] {
  const used = new Set<ContactColumn>();
  for (const name of names) {
    if (isLinkField(name)) continue;
    for (const column of columnsByName[name] ?? further) used.add(column);
  }
  return contactColumns.filter((column) => used.has(column));
}

/** As a literal: each message needs one, and copying what was read of the contact costs more. */
function personOf({
  email = "",
  phone = "",
  firstName = "",
  lastName = "",
  country = "",
  city = "",
  fields,
}: Intended["contact"]): Parameters<typeof mergeScope>[0] {
  return { email, phone, firstName, lastName, country, city, fields: parseFields(fields) };
}

const noFields: Readonly<Record<string, string>> = {};

const noHeaders: Written["headers"] = {};

function leaveHeaders(url: string): Written["headers"] {
  return { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
}

function parseFields(text = ""): Readonly<Record<string, string>> {
  return text === "" || text === "{}" ? noFields : JSON.parse(text);
}
