export interface Column {
  readonly key: string;
  readonly label: string;
  /** Numbers stand at the end of their column. */
  readonly numeric?: boolean;
  /** The first line of the row on a phone; the others follow below it. The first column if none says so. */
  readonly primary?: boolean;
  /** A press on its heading orders by it, where the table has an order. */
  readonly sortable?: boolean;
  /** Left out on phones. */
  readonly wideOnly?: boolean;
}

export interface TableOrder {
  readonly by: string;
  readonly descending: boolean;
}

/** How a heading says that the rows are ordered by it. */
export function ariaSort(
  { key, sortable = false }: Column,
  order: TableOrder | undefined,
): "ascending" | "descending" | "none" | undefined {
  if (order === undefined || !sortable) return undefined;
  if (order.by !== key) return "none";
  return order.descending ? "descending" : "ascending";
}

/** The column that stands for the row on a phone. */
export function primaryKey(columns: readonly Column[]): string | undefined {
  return (columns.find((column) => column.primary) ?? columns[0])?.key;
}
