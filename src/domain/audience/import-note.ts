/** What was not understood of rows that were taken all the same. The list is closed; its words are for people. */

const words = {
  bad_phone: "Phone number is not one: left out, the e-mail address is kept",
  bad_email: "E-mail address is not one: left out, the phone number is kept",
  unknown_consent: "Consent neither a clear yes nor no: kept as none",
  bad_consent_time: "Time of consent cannot be read: the import's counts",
  unknown_zone: "Time zone that nobody knows: kept as a note, their country's zone counts",
  future_consent_time: "Time of consent is in the future: the import's counts",
} as const satisfies Record<string, string>;

export type ImportNote = keyof typeof words;

/** How often each note was made, by rows; one that never was is left out. */
export type ImportNotes = Readonly<Record<string, number>>;

/** What the note says, as the name of its count. */
export function importNoteWords(note: string): string {
  return isImportNote(note) ? words[note] : note;
}

export function isImportNote(text: string): text is ImportNote {
  return Object.hasOwn(words, text);
}

/** The counts with the notes of these rows added. */
export function withNotes(
  counted: ImportNotes,
  rows: readonly { readonly notes: readonly ImportNote[] }[],
): ImportNotes {
  const sums: Record<string, number> = { ...counted };
  for (const { notes } of rows) {
    for (const note of notes) sums[note] = (sums[note] ?? 0) + 1;
  }
  return sums;
}
