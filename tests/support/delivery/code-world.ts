/** Code pools in a test's world, and who was told which code. */
import type { Finding } from "#server/store/admin-store.ts";
import type { Outgoing } from "#server/providers/provider.ts";
import { poolFindings } from "#server/store/sqlite/code-findings.ts";
import type { Connection } from "#server/store/sqlite/database.ts";
import { deliveryFindings } from "#server/store/sqlite/delivery-findings.ts";
import type { Store } from "#server/store/store.ts";
import { startOfTime, workspace } from "./world.ts";

export const poolId = "00000000-0000-7000-8000-0000000000f1";

/** A text that shows the code alone. */
export const codeContent = { subject: "Hi", text: "{{ code }}", html: "" };

export function someCodes(count: number, from = 1): readonly string[] {
  return Array.from({ length: count }, (_, index) => `CODE-${from + index}`);
}

/** A pool with so many codes. */
export async function seedPool(store: Store, count: number): Promise<void> {
  const pool = { workspace, poolId, name: "Summer", perCode: 1, now: startOfTime };
  await store.codes.addPool(pool);
  await addCodes(store, someCodes(count));
}

export async function addCodes(store: Store, codes: readonly string[]): Promise<void> {
  await store.codes.addCodes({ workspace, poolId, codes, now: startOfTime });
}

export async function countsOf(store: Store) {
  const counts = await store.codes.counts({ workspace, poolId });
  if (counts === null) throw new Error("there is no pool");
  return counts;
}

/** The codes that each address was told, each code once. */
export function codesByAddress(
  calls: readonly Outgoing[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const told = new Map<string, Set<string>>();
  for (const { to, content } of calls) {
    told.set(to, (told.get(to) ?? new Set()).add(content.text));
  }
  return told;
}

/** Codes that more than one address was told. */
export function codesOfTwo(calls: readonly Outgoing[]): readonly string[] {
  const owner = new Map<string, string>();
  const twice = new Set<string>();
  for (const { to, content } of calls) {
    if ((owner.get(content.text) ?? to) !== to) twice.add(content.text);
    owner.set(content.text, to);
  }
  return [...twice];
}

/** What `doctor` finds of messages and codes. */
export function codeTroubles(db: Connection): readonly Finding[] {
  return [...deliveryFindings(db), ...poolFindings(db)];
}
