/** Every way in which a row of an import can be turned away. The list is closed; its words are for people. */

const reasons = {
  no_address: { words: "It has neither an e-mail address nor a phone number.", field: "email" },
  bad_email: {
    words: "The e-mail address is not one, and there is no phone number.",
    field: "email",
  },
  bad_phone: {
    words: "The phone number is not one, and there is no e-mail address.",
    field: "phone",
  },
  bad_email_and_phone: {
    words: "Neither the e-mail address nor the phone number is one.",
    field: "email",
  },
  duplicate_email: {
    words: "An earlier row of this file has the same e-mail address; the first was kept.",
    field: "email",
  },
  column_count: { words: "It has more or fewer columns than the heading.", field: "" },
  broken_quotes: { words: "Its quotation marks do not fit together.", field: "" },
  broken_encoding: {
    words: "It holds characters that cannot be read: the file mixes encodings.",
    field: "",
  },
} as const satisfies Record<string, { readonly words: string; readonly field: string }>;

export type RejectReason = keyof typeof reasons;

export const rejectReasons: readonly RejectReason[] = [
  "no_address",
  "bad_email",
  "bad_phone",
  "bad_email_and_phone",
  "duplicate_email",
  "column_count",
  "broken_quotes",
  "broken_encoding",
];

/** A row that was turned away: where it stands, why, and what it held. */
export interface Reject {
  readonly line: number;
  readonly reason: RejectReason;
  /** The field that it is about; "" when it is about the whole row. */
  readonly field: string;
  readonly cells: readonly string[];
}

/** What the reason says, as one sentence about "the row". */
export function rejectWords(reason: RejectReason): string {
  return reasons[reason].words;
}

export function isRejectReason(text: string): text is RejectReason {
  return Object.hasOwn(reasons, text);
}

export function reject(
  reason: RejectReason,
  { line, cells }: { readonly line: number; readonly cells: readonly string[] },
): Reject {
  return { line, reason, field: reasons[reason].field, cells };
}
