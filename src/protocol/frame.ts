/**
 * Pages of the live stream that tell of counters alone, as bytes ([S56]): four times a second, to
 * everybody who looks on, a name is one byte and a count one or two. Every value stands there as it
 * is: no frame builds on another.
 *
 *   1, from, time, then for each row: (version - the one before) * 2 + (is it a change?), id, document
 *
 * Numbers outside of values are of seven bits a byte, the lowest first. A value begins with a byte:
 *
 *   0 to 191    this number                 227  JSON: how many bytes, then its text
 *   192 to 223  two bytes: 192 to 8,383     228  null
 *   224         a number of seven bits      229  a list: how many, then each
 *   225         so many ms before `time`    230  an object: how many, then each name and its value
 *   226         the value before it, again  231  the word with the number of the next byte
 *   233 to 255  an object of 0 to 22 names
 *
 * A name is the number of its word and one more, or 0 and its text as JSON.
 */
import type { FeedPage } from "./down.ts";

/** What is named often, known by its place. Another list is another version of the protocol. */
export const words =
  "states segments series at entered marked rate total reasons state reason n marks spanMs limitedBy waits until cost currency amount units carriers country carrier counts isRest months month messages codes published redeemed poolRedeemed links opens clicks recipients erased queued sending ambiguous submitted sent unconfirmed skipped canceled failed undelivered delivered read recovered resent duplicate_risk complained opted_out clicked invalid_address unknown_recipient unreachable expired carrier_rejected blocked_by_recipient provider_error account sender domain recipient provider concurrency slow_start warm_up".split(
    " ",
  );

export const form = 1;
export const heads = {
  two: 192,
  sevenBits: 224,
  before: 225,
  again: 226,
  json: 227,
  null: 228,
  list: 229,
  object: 230,
  word: 231,
  objects: 233,
} as const;
/** More values than any page has, counted as often as they are repeated. */
const mostValues = 1_000_000;

/** A page of counters, and when it was read. */
export interface Counted {
  readonly time: number;
  readonly roll: FeedPage;
}

/** The page again, whose rows stand as they are; null: these bytes are no such page. */
export function fromFrame(bytes: Uint8Array): Counted | null {
  try {
    return new Reader(bytes).page();
  } catch {
    return null;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #time = 0;
  #left = mostValues;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  page(): Counted {
    if (this.#byte() !== form) return refuse();
    const from = this.#whole();
    const time = this.#whole();
    this.#time = time;
    let to = from;
    const ver: number[] = [];
    const id: string[] = [];
    const doc: FeedPage["rows"]["doc"] = [];
    while (this.#at < this.#bytes.length) {
      const how = this.#whole();
      to += Math.floor(how / 2);
      const own = this.#id();
      const value = this.#value(null);
      if (typeof value !== "object" || Array.isArray(value)) return refuse();
      const since = how % 2 === 1 ? { since: from } : {};
      ver.push(to);
      id.push(own);
      doc.push(value === null ? null : { id: own, ...value, ...since });
    }
    const kind = ver.map(() => "rollup" as const);
    return { time, roll: { from, to, more: false, rows: { ver, kind, id, doc } } };
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? refuse();
  }

  #whole(): number {
    let number = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.#byte();
      number += (byte % 128) * scale;
      if (byte < 128) return isWhole(number) ? number : refuse();
    }
    return refuse();
  }

  #id(): string {
    const text = Array.from({ length: 16 }, () => this.#byte().toString(16).padStart(2, "0"));
    return text.join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  #value(before: unknown): unknown {
    this.#spend(1);
    const head = this.#byte();
    if (head < heads.two) return head;
    if (head < heads.sevenBits) return heads.two + (head - heads.two) * 256 + this.#byte();
    if (head >= heads.objects) return this.#object(head - heads.objects);
    switch (head) {
      case heads.sevenBits:
        return this.#whole();
      case heads.before:
        return this.#time - this.#whole();
      case heads.again:
        return before;
      case heads.json:
        return this.#json();
      case heads.null:
        return null;
      case heads.list:
        return this.#list(this.#whole());
      case heads.object:
        return this.#object(this.#whole());
      case heads.word:
        return words[this.#byte()] ?? refuse();
    }
    return refuse();
  }

  /** As many as are said, but never more than there are bytes. */
  #list(length: number): readonly unknown[] {
    const values: unknown[] = [];
    while (values.length < length) values.push(this.#value(null));
    return values;
  }

  #object(length: number): Readonly<Record<string, unknown>> {
    const fields: [string, unknown][] = [];
    let before: unknown = null;
    let size = 0;
    while (fields.length < length) {
      const name = this.#name();
      // Said once more, it counts once more.
      if (this.#bytes[this.#at] === heads.again) this.#spend(size);
      const left = this.#left;
      before = this.#value(before);
      size = Math.max(size, left - this.#left);
      fields.push([name, before]);
    }
    return Object.fromEntries(fields);
  }

  #name(): string {
    const word = this.#byte();
    return word === 0 ? String(this.#json()) : (words[word - 1] ?? refuse());
  }

  #json(): unknown {
    const end = this.#whole() + this.#at;
    if (end > this.#bytes.length) return refuse();
    const text = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return JSON.parse(new TextDecoder().decode(text));
  }

  #spend(n: number): void {
    this.#left -= n;
    if (this.#left < 0) refuse();
  }
}

function refuse(): never {
  throw new RangeError("No frame");
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
