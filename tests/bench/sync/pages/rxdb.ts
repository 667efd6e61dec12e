// RxDB over Dexie, its free storage for browsers, not flushed to the disk at once, as in Fieldcast.
import { createRxDatabase } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { enter, fetchRows } from "./contest.ts";

const count = { type: "number", minimum: 0, maximum: 1e15, multipleOf: 1 };
const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 12 },
    n: count,
    address: { type: "string" },
    name: { type: "string" },
    state: count,
    at: count,
    reason: count,
    attempts: count,
    segments: count,
  },
};

enter({
  async run(rows) {
    const storage = getRxStorageDexie({});
    const name = `bench-${crypto.randomUUID()}`;
    const db = await createRxDatabase({ name, storage, multiInstance: false });
    await db.addCollections({ row: { schema } });
    const startedAt = performance.now();
    const fetched = await fetchRows(rows);
    await db.row.bulkInsert(fetched.map((row) => ({ id: String(row.n).padStart(8, "0"), ...row })));
    const ms = performance.now() - startedAt;
    const found = await db.row.count().exec();
    await db.remove();
    return { ms, found };
  },
});
