/** Writes the messages of one distribution: its content is read once and filled in for each recipient. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import { mergeScope, type Templates } from "#domain/message/template.ts";
import type { Intended } from "../store/delivery-store.ts";

export interface Written {
  readonly content: Content;
  readonly segments: number;
}

export type Writer = (message: Intended) => Result<Written, string>;

export function createWriter(templates: Templates, content: Content, channel: Channel): Writer {
  const template = templates.read(content);
  if (!template.ok) {
    const words = `${template.error.part}: ${template.error.detail}`;
    return () => err(words);
  }
  return ({ contact }) => {
    const scope = mergeScope({ ...contact, fields: parseFields(contact.fields) });
    const written = template.value.render(scope);
    if (!written.ok) return err(`${written.error.part}: ${written.error.detail}`);
    const segments = channel === "sms" ? Math.max(1, smsLength(written.value.text).segments) : 1;
    return ok({ content: written.value, segments });
  };
}

function parseFields(text: string): Readonly<Record<string, string>> {
  return text === "" || text === "{}" ? {} : JSON.parse(text);
}
