/** What was read, as decide looks at it and as the commit must still find it. */
import type { View } from "#domain/sync/decision.ts";
import type { Documents, Key, Kind } from "#domain/sync/document.ts";
import type { Expectation, Found } from "../store/sync-store.ts";

export function viewOf(found: readonly Found[]): View {
  return {
    get<K extends Kind>(kind: K, id: string): Documents[K] | undefined {
      const row = found.find((each) => each.kind === kind && each.id === id);
      // The kind of the row was just compared; the compiler does not carry it into the union.
      return row?.doc as Documents[K] | undefined;
    },
  };
}

export function expectationsOf(
  keys: readonly Key[],
  found: readonly Found[],
): readonly Expectation[] {
  return keys.map((key) => {
    const row = found.find((each) => each.kind === key[0] && each.id === key[1]);
    return { key, rev: row === undefined ? null : revOf(row) };
  });
}

/** The few kinds without revisions (counters) are stored with 1. */
function revOf({ doc }: Found): number {
  return "rev" in doc ? doc.rev : 1;
}
