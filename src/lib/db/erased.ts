/** People who were erased: what this device keeps of them goes. */
import type { Id } from "#domain/core/id.ts";
import type { ClientDb } from "./client-db.ts";
import { dropReport } from "./room.ts";

/** Answers the pinned reports that have to be fetched again where they moved; all others go. */
export async function forgetErased(db: ClientDb): Promise<ReadonlySet<Id>> {
  await forgetSignUps(db);
  const pinned = new Set((await db.pin.toArray()).map(({ doc }) => doc.campaignId));
  const due = new Set<Id>();
  for (const { campaignId, erased = 0 } of await db.report.toArray()) {
    const now = (await db.rollup.get(campaignId))?.doc.erased ?? 0;
    if (now <= erased) continue;
    if (pinned.has(campaignId)) due.add(campaignId);
    else await dropReport(db, campaignId);
  }
  return due;
}

/** What still waits stays: it is what somebody typed, and the server answers it. */
async function forgetSignUps(db: ClientDb): Promise<void> {
  const erased = await db.erasedSignUp.toCollection().primaryKeys();
  if (erased.length === 0) return;
  const stores = [db.signUp, db.shadow, db.sealed, db.sent];
  await db.transaction("rw", stores, async () => {
    const rows = (await db.signUp.bulkGet(erased)).flatMap((row) => row ?? []);
    if (rows.length === 0) return;
    const ids = new Set(rows.map(({ id }) => id));
    const sent = await db.sent.filter(({ act }) => ids.has(act.args.id)).toArray();
    const typed = sent.flatMap(({ act }) => ("sealed" in act.args ? (act.args.sealed ?? []) : []));
    await db.sealed.bulkDelete([...rows.flatMap(({ doc }) => doc.sealed), ...typed]);
    await db.sent.bulkDelete(sent.map(({ mid }) => mid));
    await db.shadow.bulkDelete([...ids].map((id) => ["signUp", id]));
    await db.signUp.bulkDelete([...ids]);
  });
}
