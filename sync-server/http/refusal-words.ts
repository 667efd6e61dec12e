/** Why the rules refused what a script asked for: one sentence, with times as the API writes them. */
import type { Refusal, RefusalType } from "#domain/sync/refusal.ts";

type Words = (refusal: Refusal) => string | null;

const sentences: Readonly<Partial<Record<RefusalType, Words>>> = {
  invalid: ({ field, detail }) => {
    const { message, type } = detail;
    if (typeof message === "string") return `${field ?? "A value"}: ${message}.`;
    if (typeof type === "string") return `type: ${type} cannot be sent in this version.`;
    return field === "name" ? "name must not be empty." : null;
  },
  forbidden: ({ detail: { act } }) =>
    typeof act === "string" ? `Your role does not allow ${act} here.` : null,
  gone: ({ field }) => (field === "from" ? "The campaign to copy does not exist any more." : null),
  already_sent: ({ detail: { phase, at, by } }) => {
    const who = typeof by === "string" ? ` by ${by}` : "";
    const when = typeof at === "number" ? `; it went out at ${iso(at)}${who}` : "";
    return `The campaign is ${phase}${when}.`;
  },
  illegal_move: ({ detail: { phase, event } }) => {
    const act = event === "save" ? "edit" : event;
    return `The campaign is ${phase}: "${act}" is not possible from there.`;
  },
  incomplete: ({ field, detail }) => `Still missing: ${detail["missing"] ?? field}.`,
  changed_since_review: ({ detail: { rev, reviewed, restored } }) =>
    rev === undefined
      ? restored === true
        ? "The server was restored from a back-up after this was asked for."
        : null
      : `Revision ${reviewed} was reviewed; the campaign is at revision ${rev} now.`,
  codes_short: ({ detail: { needed, left } }) =>
    `The campaign needs ${needed} codes, and its pool has ${left} left.`,
  channel_mismatch: ({ detail: { account, campaign } }) =>
    `The account carries ${account}, the campaign is ${campaign}.`,
  in_use: ({ detail: { campaign, phase } }) => `The campaign "${campaign}" (${phase}) uses it.`,
  schedule_in_past: ({ detail: { at } }) =>
    typeof at === "number" ? `The planned time, ${iso(at)}, has passed.` : null,
};

/** Null where the catalogue's own words say it all. */
export function refusalWords(refusal: Refusal): string | null {
  return sentences[refusal.type]?.(refusal) ?? null;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
