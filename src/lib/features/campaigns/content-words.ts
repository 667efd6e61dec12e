/** What is doubtful in a message, in words: pure. */
import {
  uncheckedContent,
  unknownNames,
  type ContentCheck,
  type EventField,
  type UnknownField,
} from "#domain/message/merge-fields.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import { formatList } from "#lib/i18n/format.ts";

type Part = UnknownField["part"];

const partWords = {
  subject: "the subject",
  text: "the text",
  html: "the HTML",
} as const satisfies Record<Part, string>;

/** Beside the field: why it cannot be read; undefined when it can. */
export function problemAt({ problems }: ContentCheck, part: Part): string | undefined {
  return problems.find((problem) => problem.part === part)?.detail;
}

/** Beside the field: the names in it that no contact may have; undefined without any. */
export function doubtAt(
  { unknown, event = [], codes = [] }: ContentCheck,
  part: Part,
  hasPool: boolean,
): string | undefined {
  return (
    (codes.includes(part) && !hasPool ? withoutPool : undefined) ??
    doubt(unknown.filter((each) => each.part === part).map(({ name }) => name)) ??
    untoldText(event.filter((each) => each.part === part))
  );
}

/** The same for the whole message; null without any. */
export function doubtText(check: ContentCheck): string | null {
  return doubt(unknownNames(check)) ?? untoldText(check.event ?? []) ?? null;
}

/** Why it cannot go out; null when it can be read. */
export function problemText({ problems }: ContentCheck): string | null {
  const [first] = problems;
  if (first === undefined) return null;
  return `There is a mistake in ${partWords[first.part]}. ${first.detail}.`;
}

/** For an e-mail that says nowhere how to leave; null where it does, and on other channels. */
export function leaveHint(type: Channel, { text, html }: Content): string | null {
  const isWritten = text.trim() !== "" || html.trim() !== "";
  if (type !== "email" || !isWritten) return null;
  const lacking = [text, html].filter(
    (part) => part.trim() !== "" && !/unsubscribe_url/.test(part),
  );
  if (lacking.length === 0) return null;
  return (
    "It has no unsubscribe link. Mail programs show one beside the sender, but most people " +
    "look for it at the end of the message: insert {{ unsubscribe_url }} there."
  );
}

const withoutPool =
  '{{ code }} needs a code pool: choose one below, or it cannot go out. A column named code is {{ fields["Code"] }}.';

/** Why it cannot go out: a code without a pool, or a pool whose codes nobody would see; null when all is well. */
export function codeText(check: ContentCheck, hasPool: boolean): string | null {
  // Nobody could look into it yet.
  if (check === uncheckedContent) return null;
  const { codes = [] } = check;
  if (codes.length > 0 && !hasPool) return "It shows {{ code }}, and no code pool is chosen.";
  if (codes.length === 0 && hasPool) return "It has a code pool, and shows {{ code }} nowhere.";
  return null;
}

/** What an event may leave open; undefined where a fallback stands for all of it. */
function untoldText(event: readonly EventField[]): string | undefined {
  const open = event.filter(({ hasFallback }) => !hasFallback).map(({ name }) => `event.${name}`);
  const [first] = new Set(open);
  if (first === undefined) return undefined;
  return (
    `${formatList([...new Set(open)])} will be empty where the event does not tell it. ` +
    `Say what shall stand there instead: {{ ${first} | default: "…" }}.`
  );
}

/** It can only be set live for an event or a code; null where it may go out in any way. */
export function eventOnlyText({ event = [] }: ContentCheck): string | null {
  const [first] = event;
  if (first === undefined) return null;
  return `It uses {{ event.${first.name} }}: it can go out only when an event or a redeemed code tells it.`;
}

function doubt(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const written = formatList(names.map((name) => `{{ ${name} }}`));
  const end = "unless an imported file has such a column";
  return names.length === 1
    ? `${written} is not a field of your contacts: it will be empty, ${end}.`
    : `${written} are not fields of your contacts: they will be empty, ${end}.`;
}
