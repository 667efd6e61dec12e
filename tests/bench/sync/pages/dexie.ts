// Dexie with a row for each recipient, as most apps do. As in Fieldcast, what can be fetched again is not flushed to the disk at once.
import { Dexie } from "dexie";
import { enter, fetchRows } from "./contest.ts";

enter({
  async run(rows) {
    const name = `bench-${crypto.randomUUID()}`;
    const db = new Dexie(name);
    db.version(1).stores({ row: "n" });
    await db.open();
    const startedAt = performance.now();
    await db.table("row").bulkAdd(await fetchRows(rows));
    const ms = performance.now() - startedAt;
    const found = await db.table("row").count();
    await db.delete();
    return { ms, found };
  },
});
