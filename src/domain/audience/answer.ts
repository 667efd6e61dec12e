/** Yes and no, and moments, as people write them in the columns of consent. */
import { isCalendarDay, type Instant } from "../core/time.ts";

const yes =
  "yes y true t 1 x on ok ✓ ✔ granted opt-in optin opted-in in subscribed agreed ja j si sí oui o sim s da tak ano igen evet ya có co yup はい 是 예 да так نعم";
const no =
  "no n false f 0 - off denied opt-out optout opted-out out unsubscribed withdrawn nein non não nao nee nej nie ne nem hayır hayir tidak không khong いいえ 否 아니요 нет ні لا";

const answers: ReadonlyMap<string, boolean> = new Map([
  ...yes.split(" ").map((word) => [word, true] as const),
  ...no.split(" ").map((word) => [word, false] as const),
]);

/** What a cell says of consent; null when it says nothing that we understand: never assumed. */
export function parseAnswer(text: string): boolean | null {
  return answers.get(text.trim().toLowerCase()) ?? null;
}

const isoPattern =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/** The moment that an ISO 8601 text means, in UTC where it names no zone; null when it is none. */
export function parseMoment(text: string): Instant | null {
  const trimmed = text.trim();
  if (!isoPattern.test(trimmed) || !isCalendarDay(trimmed)) return null;
  const dated = trimmed.replace(" ", "T").replace(/\s/g, "");
  const zoned = dated.length > 10 && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(dated) ? `${dated}Z` : dated;
  const at = Date.parse(zoned);
  return Number.isNaN(at) || at < 0 ? null : at;
}
