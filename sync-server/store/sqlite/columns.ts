/**
 * How lists cross between threads. Cloned object by object, the names of their properties are
 * written and read again for each one; as columns they cross at a third of the cost, and a
 * column in which all are the same is one value.
 */
export interface Columns {
  readonly length: number;
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

type Column =
  | { readonly t: "same"; readonly value: unknown }
  | { readonly t: "each"; readonly values: readonly unknown[] }
  | { readonly t: "objects"; readonly of: Columns };

/** An object whose lists are taken apart; anything else crosses whole. */
export type Packed =
  | { readonly t: "whole"; readonly value: unknown }
  | {
      readonly t: "parts";
      readonly rest: Readonly<Record<string, unknown>>;
      readonly lists: Readonly<Record<string, Columns>>;
    };

/** Shorter lists are not worth it. */
const worthColumns = 8;

export function pack(value: unknown): Packed {
  if (!isPlain(value)) return { t: "whole", value };
  const rest: Record<string, unknown> = {};
  const lists: Record<string, Columns> = {};
  let isWorth = false;
  for (const [name, part] of Object.entries(value)) {
    const columns = Array.isArray(part) && part.length >= worthColumns ? toColumns(part) : null;
    if (columns === null) rest[name] = part;
    else {
      lists[name] = columns;
      isWorth = true;
    }
  }
  return isWorth ? { t: "parts", rest, lists } : { t: "whole", value };
}

export function unpack(packed: Packed): unknown {
  if (packed.t === "whole") return packed.value;
  const lists = Object.entries(packed.lists).map(([name, list]) => [name, toList(list)] as const);
  return { ...packed.rest, ...Object.fromEntries(lists) };
}

/** null when they are not plain objects with the very same properties. */
function toColumns(list: readonly unknown[]): Columns | null {
  const [first] = list;
  if (!isPlain(first)) return null;
  const names = Object.keys(first);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const row of list) {
    if (!isPlain(row) || !hasNames(row, names)) return null;
    rows.push(row);
  }
  const columns = names.map((name) => toColumn(rows.map((row) => row[name])));
  return { length: list.length, names, columns };
}

function toColumn(values: readonly unknown[]): Column {
  const [first] = values;
  if (typeof first !== "object" && values.every((value) => value === first)) {
    return { t: "same", value: first };
  }
  if (first === null && values.every((value) => value === null)) return { t: "same", value: null };
  const of = isPlain(first) ? toColumns(values) : null;
  return of === null ? { t: "each", values } : { t: "objects", of };
}

function toList({ length, names, columns }: Columns): readonly unknown[] {
  const list: Record<string, unknown>[] = Array.from({ length }, () => ({}));
  for (const [index, column] of columns.entries()) {
    const name = names[index] ?? "";
    if (column.t === "same") for (const row of list) row[name] = column.value;
    else {
      const values = column.t === "each" ? column.values : toList(column.of);
      for (const [at, row] of list.entries()) row[name] = values[at];
    }
  }
  return list;
}

function hasNames(row: object, names: readonly string[]): boolean {
  return (
    Object.keys(row).length === names.length && names.every((name) => Object.hasOwn(row, name))
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
