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
  | { readonly t: "numbers"; readonly values: Float64Array }
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

/** null when they are not plain objects with the very same properties, in the same order. */
function toColumns(list: readonly unknown[]): Columns | null {
  const [first] = list;
  if (!isPlain(first)) return null;
  const names = Object.keys(first);
  const columns: unknown[][] = names.map(() => []);
  for (const row of list) {
    if (!isPlain(row)) return null;
    let index = 0;
    // Plain objects have no other properties than their own: this makes no list of them.
    for (const name in row) {
      if (name !== names[index]) return null;
      columns[index]?.push(row[name]);
      index += 1;
    }
    if (index !== names.length) return null;
  }
  return { length: list.length, names, columns: columns.map(toColumn) };
}

function toColumn(values: readonly unknown[]): Column {
  const [first] = values;
  if ((typeof first !== "object" || first === null) && isSame(values, first)) {
    return { t: "same", value: first };
  }
  if (typeof first === "number" && values.every((value) => typeof value === "number")) {
    return { t: "numbers", values: Float64Array.from(values) };
  }
  const of = isPlain(first) ? toColumns(values) : null;
  return of === null ? { t: "each", values } : { t: "objects", of };
}

function isSame(values: readonly unknown[], first: unknown): boolean {
  for (const value of values) if (value !== first) return false;
  return true;
}

function toList({ length, names, columns }: Columns): readonly unknown[] {
  // All begin as copies of one row, which has what is the same in all of them.
  const common: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const column = columns[index];
    common[name] = column?.t === "same" ? column.value : undefined;
  }
  const list: Record<string, unknown>[] = [];
  for (let at = 0; at < length; at++) list.push({ ...common });
  for (const [index, column] of columns.entries()) {
    if (column.t !== "same") fill(list, names[index] ?? "", valuesOf(column));
  }
  return list;
}

function valuesOf(column: Exclude<Column, { readonly t: "same" }>): ArrayLike<unknown> {
  return column.t === "objects" ? toList(column.of) : column.values;
}

function fill(list: Record<string, unknown>[], name: string, values: ArrayLike<unknown>): void {
  let at = 0;
  for (const row of list) {
    row[name] = values[at];
    at += 1;
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
