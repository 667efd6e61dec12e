/** How long a text message may be at all: carriers and providers take no more, in however many parts. */
export const maxSmsCharacters = 1_600;

export function isTooLongForSms(text: string): boolean {
  if (text.length <= maxSmsCharacters) return false;
  return Array.from(text).length > maxSmsCharacters;
}

/** After the name of the part. */
export const tooLongText = "is longer than the 1,600 characters that a text message may have";
