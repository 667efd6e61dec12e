export interface Column {
  readonly key: string;
  readonly label: string;
  /** Numbers stand at the end of their column. */
  readonly numeric?: boolean;
  /** The first line of the row on a phone; the others follow below it. The first column if none says so. */
  readonly primary?: boolean;
  /** Left out on phones. */
  readonly wideOnly?: boolean;
}

/** The column that stands for the row on a phone. */
export function primaryKey(columns: readonly Column[]): string | undefined {
  return (columns.find((column) => column.primary) ?? columns[0])?.key;
}
