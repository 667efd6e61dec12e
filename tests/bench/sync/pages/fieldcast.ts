// Fieldcast's own way: blocks of 5,000 recipients, fetched, checked, sealed and kept by the code of
// the app.
import { loadPart, partNames } from "#lib/db/blocks.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { createApi } from "#lib/sync/api.ts";
import { syncBlocks } from "#lib/sync/block-sync.ts";
import { enter } from "./contest.ts";

const campaign = "00000000-0000-7000-8000-0000000000c1";

const now = (): number => Date.now();

enter({
  async run(rows) {
    const db = new ClientDb(`bench-${crypto.randomUUID()}`);
    await db.open();
    const api = createApi({
      fetch: (...asked) => fetch(...asked),
      base: `/fieldcast/${rows}`,
      newId: () => crypto.randomUUID(),
    });
    const { signal } = new AbortController();
    const startedAt = performance.now();
    const failure = await syncBlocks({ api, db, campaign, now, signal });
    const ms = performance.now() - startedAt;
    if (failure !== null) throw new Error(failure.detail);
    const names = await partNames(db, campaign);
    const parts = await Promise.all(names.map((name) => loadPart(db, campaign, name)));
    const found = parts.reduce((sum, part) => sum + (part?.part === "static" ? part.rows : 0), 0);
    await db.delete();
    return { ms, found };
  },
});
