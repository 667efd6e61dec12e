/** Each way of a campaign finds its own timers, however many wait for the other one. */
import { expect, test, vi } from "vitest";
import { manyContacts } from "../../../tests/support/delivery/world.ts";
import { aFallingCampaign } from "../../../tests/support/delivery/fallen.ts";
import type { Connection } from "./database.ts";

const distribution = 1;

/** How each statement on timers finds them that a piece of work asks for, in the words of SQLite. */
async function plansOf(db: Connection, work: () => Promise<unknown>): Promise<readonly string[]> {
  const spies = [vi.spyOn(db, "all"), vi.spyOn(db, "get")];
  await work();
  const asked = spies.flatMap((spy) => spy.mock.calls);
  for (const spy of spies) spy.mockRestore();
  return asked
    .filter(([sql]) => / from timer/.test(sql))
    .map(([sql, ...values]) =>
      db
        .all(`explain query plan ${sql}`, ...values)
        .map(({ detail }) => String(detail))
        .filter((detail) => /timer/.test(detail))
        .join("\n"),
    );
}

test("whatever looks for due timers of one way reads none of the other", async () => {
  const { clock, core, db, store } = await aFallingCampaign({
    contacts: [...manyContacts(3), { email: null }, { email: null }],
  });
  while (db.get("select 1 from timer") === undefined) {
    await core.step();
    clock.now += 1;
  }
  expect(db.all("select n, way from timer")).toEqual([
    { n: 4, way: 1 },
    { n: 5, way: 1 },
  ]);
  const { now } = clock;
  const ask = { distribution, boot: "test", limit: 1, columns: [], now };
  const plans = await plansOf(db, async () => {
    await store.delivery.work({ now });
    for (const way of ["own", "fallback"] as const) {
      await store.delivery.intent({ ...ask, way });
      await store.delivery.intent({ ...ask, way, isProbe: true });
    }
  });
  const byWay = plans.filter((plan) => plan.includes("INDEX timer_due"));
  expect(byWay.length).toBeGreaterThanOrEqual(6);
  for (const plan of byWay)
    expect(plan).toMatch(/INDEX timer_due \(ws=\? AND distribution=\? AND way=\?/);
});
