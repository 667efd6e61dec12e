/** Recognising how a table of text was written: its encoding and its delimiter. */

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;

/** The encodings that files of contacts come in; the names are those of the Encoding Standard. */
export type Encoding = (typeof encodings)[number];

export const delimiters = [",", ";", "\t", "|"] as const;

/** What stands between two cells. */
export type Delimiter = (typeof delimiters)[number];

/** The encoding that the first bytes of a file give away, as its byte order mark does; null when none. */
export function markedEncoding(bytes: Uint8Array): Encoding | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  return guessWide(bytes);
}

/**
 * The encoding of these bytes; null while they are plain ASCII, which says nothing yet. It is
 * UTF-8 when at least half of what is beyond ASCII is well-formed: another encoding hardly ever is
 * by chance, and a few strange bytes do not make a file another. Otherwise it is Windows-1252,
 * which older spreadsheets write.
 */
export function guessEncoding(bytes: Uint8Array): Encoding | null {
  const marked = markedEncoding(bytes);
  if (marked !== null) return marked;
  if (!bytes.some((byte) => byte >= 0x80)) return null;
  const { valid, invalid } = countUtf8(bytes);
  return valid >= invalid ? "utf-8" : "windows-1252";
}

/** UTF-16 without a byte order mark: Latin letters and delimiters leave every other byte zero. */
function guessWide(bytes: Uint8Array): Encoding | null {
  const pairs = Math.min(bytes.length, 2_000) >> 1;
  if (pairs < 2) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (bytes[2 * i] === 0) even += 1;
    if (bytes[2 * i + 1] === 0) odd += 1;
  }
  if (odd > pairs / 3 && even < pairs / 20) return "utf-16le";
  if (even > pairs / 3 && odd < pairs / 20) return "utf-16be";
  return null;
}

/** What is beyond ASCII: characters that are well-formed UTF-8, and places where none is. */
export interface Utf8Count {
  readonly valid: number;
  readonly invalid: number;
}

/** A character that is cut off at the end is neither. */
export function countUtf8(bytes: Uint8Array): Utf8Count {
  let valid = 0;
  let invalid = 0;
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i] ?? 0;
    let n = 1;
    if (lead >= 0x80) {
      const length = sequenceLength(lead);
      while (n < length && i + n < bytes.length && isContinuation(lead, n, bytes[i + n] ?? 0)) n++;
      const isCut = n < length && i + n >= bytes.length;
      if (n === length) valid += 1;
      else if (!isCut) invalid += 1;
    }
    i += n;
  }
  return { valid, invalid };
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

/** The second byte is narrower after some leads: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
function isContinuation(lead: number, n: number, byte: number): boolean {
  const [low, high] = n === 1 ? (secondByte[lead] ?? [0x80, 0xbf]) : [0x80, 0xbf];
  return byte >= low && byte <= high;
}

const secondByte: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

/**
 * The delimiter of a table by its first lines: the one that cuts the heading into most columns,
 * and among equals the one that cuts more of the following lines alike. A table of one column
 * has none; the comma stands for it.
 */
export function guessDelimiter(sample: string): Delimiter {
  const named = /^\uFEFF?sep=([,;\t|])\r?\n/i.exec(sample)?.[1];
  const said = delimiters.find((each) => each === named);
  if (said !== undefined) return said;
  let best: Delimiter = ",";
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const score = scoreOf(sample, delimiter);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** How many lines a sample is judged by. */
const judgedLines = 20;

function scoreOf(sample: string, delimiter: Delimiter): number {
  const counts = countPerLine(sample, delimiter);
  const heading = counts[0] ?? 0;
  if (heading === 0) return 0;
  const alike = counts.filter((count) => count === heading).length;
  return heading + alike / (counts.length + 1);
}

/** Delimiters outside quotes, for each of the first lines. */
function countPerLine(sample: string, delimiter: Delimiter): readonly number[] {
  const counts: number[] = [];
  let count = 0;
  let quoted = false;
  for (const char of sample) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === delimiter) count += 1;
    else if (!quoted && char === "\n") {
      counts.push(count);
      count = 0;
      if (counts.length === judgedLines) return counts;
    }
  }
  // The last line may be cut off: it counts only when it is the only one.
  return counts.length === 0 ? [count] : counts;
}
