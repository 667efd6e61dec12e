/** What is asked of a list: how much of it, and from where on. */
import * as v from "valibot";

const cursorWords = "must be the `next` of a page";

/** How many entries a page has, at most; a text, as it stands in the address. */
export function limitUpTo(most: number) {
  const words = `must be a whole number from 1 to ${most}`;
  return v.pipe(
    v.string(words),
    v.regex(/^\d{1,4}$/, words),
    v.transform(Number),
    v.minValue(1, words),
    v.maxValue(most, words),
  );
}

/** The place behind an entry that is found by a number. */
export const numberCursor = v.pipe(v.string(cursorWords), v.regex(/^\d{1,15}$/, cursorWords));

/** The place behind a recipient: their number, and where several runs have recipients which of them. */
export const rowCursor = v.pipe(
  v.string(cursorWords),
  v.regex(/^\d{1,15}(?:\.\d{1,15})?$/, cursorWords),
);

/** The place behind a campaign: when it was made, in base 36, and its id. */
export const campaignCursor = v.pipe(
  v.string(cursorWords),
  v.regex(/^[\da-z]{9}-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, cursorWords),
);

/** The place behind an entry of a list that is read whole: what it is sorted by, in base64url. */
const placeCursor = v.pipe(v.string(cursorWords), v.regex(/^[\w-]{4,4000}$/, cursorWords));

/** Of a list that is short: the whole of it when no limit is given. */
export const listQuery = v.strictObject({
  limit: v.exactOptional(limitUpTo(1_000)),
  cursor: v.exactOptional(placeCursor),
});

export type ListQuery = v.InferOutput<typeof listQuery>;

/** For `?cursor=` of the page after; null at the end. */
export const nextPage = v.nullable(v.string());
