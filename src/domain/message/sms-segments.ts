/**
 * How many parts an SMS has, as carriers count and bill it: 160 characters of the GSM alphabet
 * in one part or 153 in each of several; with any character outside it, 70 or 67.
 */

/** One place each in the alphabet of GSM 03.38. */
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** Two places each: an escape goes before them. */
const extended = "\f^{}\\[~]|€";

const places: ReadonlyMap<string, number> = new Map([
  ...Array.from(basic, (letter) => [letter, 1] as const),
  ...Array.from(extended, (letter) => [letter, 2] as const),
]);

export interface SmsLength {
  readonly encoding: "GSM-7" | "UCS-2";
  /** Parts that are sent and billed; 0 for an empty text. */
  readonly segments: number;
  /** Places used, as the encoding counts them. */
  readonly units: number;
  /** Places until another part begins. */
  readonly left: number;
}

const sizes = {
  "GSM-7": { alone: 160, joined: 153 },
  "UCS-2": { alone: 70, joined: 67 },
} as const;

export function smsLength(text: string): SmsLength {
  const letters = Array.from(text);
  const isGsm = letters.every((letter) => places.has(letter));
  const encoding = isGsm ? "GSM-7" : "UCS-2";
  const lengths = letters.map((letter) => (isGsm ? (places.get(letter) ?? 1) : letter.length));
  const units = lengths.reduce((sum, length) => sum + length, 0);
  const { alone, joined } = sizes[encoding];
  if (units <= alone) {
    return { encoding, segments: units === 0 ? 0 : 1, units, left: alone - units };
  }
  const { segments, used } = fill(lengths, joined);
  return { encoding, segments, units, left: joined - used };
}

/** A character of two places is never torn apart: the place that is left over stays empty. */
function fill(
  lengths: readonly number[],
  size: number,
): { readonly segments: number; readonly used: number } {
  let segments = 1;
  let used = 0;
  for (const length of lengths) {
    if (used + length > size) {
      segments += 1;
      used = 0;
    }
    used += length;
  }
  return { segments, used };
}
