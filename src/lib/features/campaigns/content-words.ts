/** What is doubtful in a message, in words: pure. */
import {
  unknownNames,
  type ContentCheck,
  type UnknownField,
} from "#domain/message/merge-fields.ts";
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
export function doubtAt({ unknown }: ContentCheck, part: Part): string | undefined {
  return doubt(unknown.filter((each) => each.part === part).map(({ name }) => name));
}

/** The same for the whole message; null without any. */
export function doubtText(check: ContentCheck): string | null {
  return doubt(unknownNames(check)) ?? null;
}

/** Why it cannot go out; null when it can be read. */
export function problemText({ problems }: ContentCheck): string | null {
  const [first] = problems;
  if (first === undefined) return null;
  return `There is a mistake in ${partWords[first.part]}. ${first.detail}.`;
}

function doubt(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const written = formatList(names.map((name) => `{{ ${name} }}`));
  const end = "unless an imported file has such a column";
  return names.length === 1
    ? `${written} is not a field of your contacts: it will be empty, ${end}.`
    : `${written} are not fields of your contacts: they will be empty, ${end}.`;
}
