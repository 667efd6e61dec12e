/**
 * The hours of campaigns that the server told: small, so those of a few campaigns are kept without
 * asking; they go with the campaign's report, and when the disk is full.
 */
import type { Id } from "#domain/core/id.ts";
import { loadAnswer } from "./answer.ts";
import type { ClientDb } from "./client-db.ts";
import { unlessEnded } from "./ended.ts";
import { hoursOf } from "./room.ts";

/** Of at most about 200 kB each. */
const keptCampaigns = 20;

export function loadHours(db: ClientDb, campaign: Id): Promise<unknown> {
  return loadAnswer(db, hoursOf(campaign));
}

/** Those that were told longest ago make room for it. */
export async function keepHours(
  db: ClientDb,
  campaign: Id,
  value: { readonly asOf: string },
): Promise<void> {
  await unlessEnded(db, [db.answer], async () => {
    await db.answer.put({ key: hoursOf(campaign), value });
    const kept = await db.answer.where("key").startsWith(hoursOf("")).toArray();
    const old = kept.toSorted((a, b) => asOf(b.value) - asOf(a.value)).slice(keptCampaigns);
    await db.answer.bulkDelete(old.map(({ key }) => key));
  });
}

function asOf(value: unknown): number {
  const isTold = typeof value === "object" && value !== null && "asOf" in value;
  return isTold ? Date.parse(String(value.asOf)) : 0;
}
