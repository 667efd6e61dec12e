// Whoever holds a moment sees it, whatever is written meanwhile.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { campaignId, seedDocuments, setPhase, workspace } from "../support/delivery/world.ts";

const ways = {
  "in line": async (file: string) => openInlineStore(file),
  "in threads": async (file: string) => openThreadedStore(file),
} as const;

type Reads = Pick<Awaited<ReturnType<Store["hold"]>>, "reports">;

const name = async ({ reports }: Reads): Promise<string | undefined> =>
  (await reports.campaign({ workspace, campaignId }))?.name;

describe.each(Object.entries(ways))("%s", (_, open) => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldcast-held-"));
    store = await open(join(folder, "held.db"));
    await seedDocuments(store);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  test("I-10 each of its calls tells of the moment in which it was opened", async () => {
    const before = await name(store);
    const held = await store.hold();
    await setPhase(store, { name: "Renamed" });
    expect(await name(store)).toBe("Renamed");
    expect(await name(held)).toBe(before);
    await setPhase(store, { name: "Again" });
    expect(await name(held)).toBe(before);
    await held.close();
    const later = await store.hold();
    expect(await name(later)).toBe("Again");
    await later.close();
  });
});
