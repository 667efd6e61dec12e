/** Writes the messages of one distribution: its content is read once and filled in for each recipient. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import { mergeScope, type Templates } from "#domain/message/template.ts";
import { contactColumns, type ContactColumn, type Intended } from "../store/delivery-store.ts";

export interface Written {
  readonly content: Content;
  readonly segments: number;
}

export interface Writer {
  /** What it has to know of a contact. */
  readonly columns: readonly ContactColumn[];
  write(message: Pick<Intended, "contact">): Result<Written, string>;
}

const unknownContact = {
  email: "",
  phone: "",
  firstName: "",
  lastName: "",
  country: "",
  city: "",
} as const;

export function createWriter(templates: Templates, content: Content, channel: Channel): Writer {
  const template = templates.read(content);
  if (!template.ok) {
    const words = `${template.error.part}: ${template.error.detail}`;
    return { columns: [], write: () => err(words) };
  }
  const { names } = template.value;
  return {
    columns: names === null ? contactColumns : columnsOf(names),
    write: ({ contact }) => {
      const fields = parseFields(contact.fields);
      const written = template.value.render(mergeScope({ ...unknownContact, ...contact, fields }));
      if (!written.ok) return err(`${written.error.part}: ${written.error.detail}`);
      const segments = channel === "sms" ? Math.max(1, smsLength(written.value.text).segments) : 1;
      return ok({ content: written.value, segments });
    },
  };
}

const columnsByName: Readonly<Record<string, readonly ContactColumn[]>> = {
  first_name: ["firstName"],
  last_name: ["lastName"],
  full_name: ["firstName", "lastName"],
  email: ["email"],
  phone: ["phone"],
  country: ["country"],
  city: ["city"],
};

const further: readonly ContactColumn[] = ["fields"];

/** Any other name is the heading of a further column. */
function columnsOf(names: ReadonlySet<string>): readonly ContactColumn[] {
  const used = new Set<ContactColumn>();
  for (const name of names) for (const column of columnsByName[name] ?? further) used.add(column);
  return contactColumns.filter((column) => used.has(column));
}

function parseFields(text = ""): Readonly<Record<string, string>> {
  return text === "" || text === "{}" ? {} : JSON.parse(text);
}
