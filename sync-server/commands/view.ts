/** What was read, as decide looks at it and as the commit must still find it. */
import type { Id } from "#domain/core/id.ts";
import type { View } from "#domain/sync/decision.ts";
import type { Documents, Key, Kind } from "#domain/sync/document.ts";
import type { Expectation, Found } from "../store/sync-store.ts";

type Rows = { readonly [K in Kind]: Map<Id, Documents[K]> };

/** The rows for decide; everything else does not exist. */
export function viewOf(found: readonly Found[]): View {
  const rows: Rows = {
    workspace: new Map(),
    member: new Map(),
    account: new Map(),
    audience: new Map(),
    list: new Map(),
    import: new Map(),
    campaign: new Map(),
    rollup: new Map(),
    pin: new Map(),
    consentText: new Map(),
    codePool: new Map(),
    deletedCampaign: new Map(),
    erasedSignUp: new Map(),
    signUp: new Map(),
  };
  for (const each of found) put(rows, each);
  return { get: (kind, id) => rows[kind].get(id) };
}

function put<K extends Kind>(
  rows: Rows,
  row: { readonly kind: K; readonly id: Id; readonly doc: Documents[K] },
): void {
  rows[row.kind].set(row.id, row.doc);
}

/** The revisions that were read, null for what was not there. */
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
