/**
 * Names are one line of text and are shown as they were typed. A line break, a NUL or another
 * control character spoils lists, logs and files; marks that turn the direction of writing make a
 * name read as another. The marks that right-to-left scripts need between words are fine.
 */
const hidden = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
const hiddenRun = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;

/** What a name that is none takes, as the end of a sentence. */
export const plainNameWords = "must not hold line breaks or control characters";

export function isPlainName(text: string): boolean {
  return !hidden.test(text);
}

/** The text as a name, where nobody can be asked: what does not belong into one becomes a space. */
export function toPlainName(text: string): string {
  return text.replace(hiddenRun, " ").trim();
}
