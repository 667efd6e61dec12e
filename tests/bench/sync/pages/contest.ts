/** What a page of the bench promises: to fetch a campaign's recipients and to have them on disk. */
export interface Contest {
  /** Answers what it took, and how many rows can be read back. `pending`: changes that wait meanwhile. */
  run(rows: number, pending: number): Promise<{ readonly ms: number; readonly found: number }>;
}

/** One recipient, as those get it who have no blocks. */
export interface PlainRow {
  readonly n: number;
  readonly address: string;
  readonly name: string;
  readonly state: number;
  readonly at: number;
  readonly reason: number;
  readonly attempts: number;
  readonly segments: number;
}

/** The bench calls it by this name in the page. */
export function enter(contest: Contest): void {
  Object.assign(globalThis, { contest });
}

export async function fetchRows(rows: number): Promise<PlainRow[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own bench server wrote them
  return (await (await fetch(`/rows/${rows}`)).json()) as PlainRow[];
}
