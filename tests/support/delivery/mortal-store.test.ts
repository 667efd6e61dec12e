import { afterAll, beforeAll, expect, test } from "vitest";
import { mortalFolder, PowerCut, type MortalFolder } from "./mortal-store.ts";
import {
  manyContacts,
  seedContacts,
  seedDocuments,
  startOfTime,
  workspace,
  campaignId,
} from "./world.ts";

let folder: MortalFolder;
const launch = { workspace, campaignId, keyed: [], now: startOfTime } as const;

beforeAll(async () => {
  folder = await mortalFolder(async ({ store, db }) => {
    seedContacts(db, manyContacts(10));
    await seedDocuments(store);
  });
});

afterAll(async () => {
  await folder.remove();
});

test("what was committed is in what a cut leaves, and nobody hears of anything more", async () => {
  const mortal = await folder.open("here");
  await mortal.store.delivery.launch(launch);
  const left = await mortal.cut();
  await expect(mortal.store.delivery.work({ now: startOfTime })).rejects.toThrow(PowerCut);
  expect((await left.store.delivery.work({ now: startOfTime })).open).toHaveLength(1);
});

test.each(["here", "threads"] as const)(
  "a commit that is torn is none, in a database that is opened %s",
  { timeout: 60_000 },
  async (home) => {
    const mortal = await folder.open(home);
    let told = 0;
    mortal.cutWithin(["delivery", "launch"], () => (told += 1));
    await expect(mortal.store.delivery.launch(launch)).rejects.toThrow(PowerCut);
    expect(told).toBe(1);
    const left = await mortal.left();
    const { open, awaited } = await left.store.delivery.work({ now: startOfTime });
    expect(open).toEqual([]);
    expect(awaited).toHaveLength(1);
    await left.store.delivery.launch(launch);
    expect((await left.store.delivery.work({ now: startOfTime })).open).toHaveLength(1);
  },
);
