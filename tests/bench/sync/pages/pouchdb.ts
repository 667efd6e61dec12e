// PouchDB over its own IndexedDB adapter.
import PouchDB from "pouchdb-browser";
import { enter, fetchRows } from "./contest.ts";

enter({
  async run(rows) {
    const db = new PouchDB(`bench-${crypto.randomUUID()}`);
    await db.info();
    const startedAt = performance.now();
    const fetched = await fetchRows(rows);
    await db.bulkDocs(fetched.map((row) => ({ _id: String(row.n).padStart(8, "0"), ...row })));
    const ms = performance.now() - startedAt;
    const { doc_count: found } = await db.info();
    await db.destroy();
    return { ms, found };
  },
});
