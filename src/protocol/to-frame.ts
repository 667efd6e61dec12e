/** Writes pages of counters as bytes: the server's side of frame.ts. */
import { isId } from "#domain/core/id.ts";
import type { FeedPage } from "./down.ts";
import { form, heads, isWhole, words, type Counted } from "./frame.ts";

const mostInTwo = heads.two + 32 * 256 - 1;
/** Moments within so many ms before the frame, some weeks, are told by that. */
const nearMs = 2 ** 31;
const numberOf = new Map(words.map((word, n) => [word, n]));

/** The page as bytes; null where it is of another kind, and travels as JSON. */
export function toFrame({ time, roll }: Counted): Uint8Array | null {
  const { from, to, more, rows } = roll;
  if (more || rows.ver.at(-1) !== to) return null;
  const writer = new Writer(time);
  writer.bytes.push(form);
  writer.whole(from);
  writer.whole(time);
  let before = from;
  for (const [n, ver] of rows.ver.entries()) {
    const [kind, id = "", doc = null] = [rows.kind[n], rows.id[n], rows.doc[n]];
    if (kind !== "rollup" || ver <= before || !writer.row({ more: ver - before, id, doc, from })) {
      return null;
    }
    before = ver;
  }
  return Uint8Array.from(writer.bytes);
}

interface Row {
  /** By how much its version is more than the one before. */
  readonly more: number;
  readonly id: string;
  readonly doc: FeedPage["rows"]["doc"][number];
  /** Where the page begins. */
  readonly from: number;
}

class Writer {
  readonly bytes: number[] = [];
  readonly #time: number;

  constructor(time: number) {
    this.#time = time;
  }

  /** False where the form has no room for it. */
  row({ more, id, doc, from }: Row): boolean {
    const { id: own = id, since = from, ...rest } = doc ?? {};
    if (!isId(id) || own !== id || since !== from) return false;
    this.whole(more * 2 + Number(doc !== null && "since" in doc));
    for (const pair of id.replaceAll("-", "").match(/../g) ?? []) {
      this.bytes.push(Number.parseInt(pair, 16));
    }
    this.value(doc === null ? null : rest);
    return true;
  }

  whole(number: number): void {
    let left = number;
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes.push((left % 128) + 128);
    this.bytes.push(left);
  }

  value(value: unknown): void {
    if (value === null) this.bytes.push(heads.null);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === "object") this.#object(value);
    else if (isWhole(value)) this.#number(value);
    else this.#text(value);
  }

  #text(value: unknown): void {
    const known = typeof value === "string" ? numberOf.get(value) : undefined;
    this.bytes.push(...(known === undefined ? [heads.json] : [heads.word, known]));
    if (known === undefined) this.#json(value);
  }

  #list(values: readonly unknown[]): void {
    this.bytes.push(heads.list);
    this.whole(values.length);
    for (const each of values) this.value(each);
  }

  #object(value: object): void {
    const fields = Object.entries(value).filter(([, each]) => each !== undefined);
    if (heads.objects + fields.length < 256) this.bytes.push(heads.objects + fields.length);
    else {
      this.bytes.push(heads.object);
      this.whole(fields.length);
    }
    let before: unknown = null;
    for (const [name, each] of fields) {
      this.#name(name);
      if (isAgain(each, before)) this.bytes.push(heads.again);
      else this.value(each);
      before = each;
    }
  }

  #name(name: string): void {
    const known = numberOf.get(name);
    this.bytes.push(known === undefined ? 0 : known + 1);
    if (known === undefined) this.#json(name);
  }

  #number(number: number): void {
    const beforeMs = this.#time - number;
    if (number < heads.two) this.bytes.push(number);
    else if (number <= mostInTwo) {
      const more = number - heads.two;
      this.bytes.push(heads.two + Math.floor(more / 256), more % 256);
    } else if (beforeMs >= 0 && beforeMs < nearMs) {
      this.bytes.push(heads.before);
      this.whole(beforeMs);
    } else {
      this.bytes.push(heads.sevenBits);
      this.whole(number);
    }
  }

  #json(value: unknown): void {
    const text = new TextEncoder().encode(JSON.stringify(value));
    this.whole(text.length);
    this.bytes.push(...text);
  }
}

/** What has more to it than a number, and is as what stands before it. */
function isAgain(value: unknown, before: unknown): boolean {
  return (
    typeof value === "object" && value !== null && JSON.stringify(value) === JSON.stringify(before)
  );
}
