/**
 * Lists of JSON values by column ([S53]): what is alike stands side by side, so that a page is a
 * fraction of what its rows would be, packed or not. Any list has such a form, and comes back from
 * it as it was; a list that gains nothing stays as it is.
 */
import * as v from "valibot";

type Keys = readonly string[];
type Fields = Readonly<Record<string, unknown>>;

export type Columns =
  /** As they are. */
  | readonly unknown[]
  /** So many times the same. */
  | { readonly same: unknown; readonly n: number }
  /** Whole numbers: the first, and of each other what it is more than the one before. */
  | { readonly more: readonly number[] }
  /** Lists: how long each is, and all their values in one. */
  | { readonly len: Columns; readonly all: Columns }
  /** Objects: which of the shapes each has, and by shape its keys and the values of each key. */
  | { readonly of: Columns; readonly shapes: readonly (readonly [Keys, ...Columns[]])[] };

/** Fewer than these are read more easily as they are, and take no more room. */
const worthIt = 4;

/** So many times smaller makes them shorter to write. */
const muchSmaller = 4;

/** More values than any page has: whoever says so is not to be believed. */
const mostValues = 4_000_000;

export function toColumns(values: readonly unknown[]): Columns {
  if (values.length < worthIt) return values;
  const [first] = values;
  if (isScalar(first)) {
    if (values.every((value) => value === first)) return { same: first, n: values.length };
    return values.every(isWhole) ? differences(values) : values;
  }
  if (values.every(isList)) {
    const all = values.flat();
    return { len: toColumns(values.map(({ length }) => length)), all: toColumns(all) };
  }
  return values.every(isFields) ? byKey(values) : values;
}

/** The list again. Throws a `RangeError` where the forms do not agree, or it would be endless. */
export function fromColumns(columns: Columns): readonly unknown[] {
  return restored(columns, { left: mostValues });
}

/** What travels in place of a list. That it is one shows when it is read. */
export const columns = v.custom<Columns>((input) => typeof input === "object" && input !== null);

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As differences where those are much smaller: times and versions are, counts are not. */
function differences(values: readonly number[]): Columns {
  let [before, asTheyAre, asDifferences] = [0, 0, 0];
  const more = values.map((value) => {
    const difference = value - before;
    before = value;
    asTheyAre += Math.abs(value);
    asDifferences += Math.abs(difference);
    return difference;
  });
  return asDifferences * muchSmaller < asTheyAre && more.every(isWhole) ? { more } : values;
}

interface Shape {
  readonly n: number;
  readonly keys: Keys;
  readonly values: Fields[];
}

function byKey(values: readonly Fields[]): Columns {
  const shapes = new Map<string, Shape>();
  let last: Shape | undefined;
  const of = values.map((value) => {
    const keys = Object.keys(value);
    if (last === undefined || !isLike(value, keys, last)) last = shapeOf(shapes, value, keys);
    last.values.push(value);
    return last.n;
  });
  const parts = [...shapes.values()].map(({ keys, values: own }): [Keys, ...Columns[]] => [
    keys,
    ...keys.map((key) => toColumns(own.map((value) => value[key]))),
  ]);
  return { of: toColumns(of), shapes: parts };
}

/** Neighbours mostly have the same keys: no name has to be made for them. */
function isLike(value: Fields, own: Keys, { keys }: Shape): boolean {
  return (
    own.length === keys.length && own.every((key, n) => key === keys[n] && value[key] !== undefined)
  );
}

function shapeOf(shapes: Map<string, Shape>, value: Fields, own: Keys): Shape {
  // What is undefined does not travel.
  const keys = own.filter((key) => value[key] !== undefined);
  const name = JSON.stringify(keys);
  const shape = shapes.get(name) ?? { n: shapes.size, keys, values: [] };
  shapes.set(name, shape);
  return shape;
}

/** So many values may still come. */
interface Allowance {
  left: number;
}

function restored(from: unknown, allowance: Allowance): readonly unknown[] {
  if (isList(from)) return spend(from, from.length, allowance);
  if (!isFields(from)) return refuse();
  const { same, n, more, len, all, of, shapes } = from;
  if (isLength(n)) {
    spend(from, n, allowance);
    return Array.from({ length: n }, () => same);
  }
  if (isList(more)) return spend(summedUp(more), more.length, allowance);
  if (len !== undefined) return cut(restored(len, allowance), restored(all, allowance));
  if (!isList(shapes)) return refuse();
  const each = shapes.map((shape) => objects(shape, allowance));
  return chosen(restored(of, allowance), each);
}

function refuse(): never {
  throw new RangeError("No columns");
}

function spend<T>(values: T, n: number, allowance: Allowance): T {
  allowance.left -= n;
  return allowance.left < 0 ? refuse() : values;
}

function summedUp(more: readonly unknown[]): readonly number[] {
  let sum = 0;
  return more.map((difference) => (isWhole(difference) ? (sum += difference) : refuse()));
}

function cut(lengths: readonly unknown[], all: readonly unknown[]): readonly unknown[] {
  let at = 0;
  const lists = lengths.map((length) =>
    isLength(length) ? all.slice(at, (at += length)) : refuse(),
  );
  return at === all.length ? lists : refuse();
}

/** The objects of one shape, each key's values as often as the others'. */
function objects(shape: unknown, allowance: Allowance): readonly Fields[] {
  const [keys, ...packed] = isList(shape) ? shape : [];
  if (!isList(keys) || keys.length !== packed.length) return refuse();
  const lists = packed.map((each) => restored(each, allowance));
  const length = lists[0]?.length ?? 0;
  if (lists.some((list) => list.length !== length)) return refuse();
  return Array.from({ length }, (_, at) =>
    // Own properties, whatever they are called.
    Object.fromEntries(keys.map((key, n) => [key, lists[n]?.[at]])),
  );
}

function chosen(of: readonly unknown[], each: readonly (readonly Fields[])[]): readonly Fields[] {
  const left = each.map((values) => values.values());
  const values = of.map((which): Fields => {
    const from = isLength(which) ? left[which] : undefined;
    // Without keys there is nothing to count them by.
    return from === undefined ? refuse() : (from.next().value ?? {});
  });
  return left.every((rest) => rest.next().done) ? values : refuse();
}

function isLength(value: unknown): value is number {
  return isWhole(value) && value >= 0;
}
