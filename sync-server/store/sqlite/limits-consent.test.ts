import { afterEach, beforeEach, expect, test } from "vitest";
import { dayMs, hourMs } from "#domain/core/time.ts";
import {
  openTestStore,
  seedContacts,
  startOfTime,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";

const from = "person1@example.org";
let world: OpenStore;

beforeEach(() => {
  world = openTestStore();
  seedContacts(world.db, [{}]);
});

afterEach(() => world.store.close());

function isGranted(): boolean {
  return world.db.get("select granted from consent where channel = 'email'")?.["granted"] === 1;
}

async function says(what: "stop" | "start", at: number, now: number): Promise<void> {
  const heard = [{ address: from, what, at, message: null }];
  await world.store.limits.hear({ workspace, channel: "email", heard, now });
}

test.each([
  ["an hour", hourMs],
  ["ten years", 3_650 * dayMs],
])("S4-11 who says STOP while our clock is %s behind has left", async (_, behind) => {
  const now = startOfTime - behind;
  await says("stop", now, now);
  expect(isGranted()).toBe(false);
});

test("S4-11 a STOP of before a START undoes nothing", async () => {
  await says("stop", startOfTime + 1, startOfTime + 1);
  await says("start", startOfTime + 2, startOfTime + 2);
  await says("stop", startOfTime + 1, startOfTime + 3);
  expect(isGranted()).toBe(true);
});
