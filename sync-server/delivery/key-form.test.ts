// A key is what keeps a repeat from reaching somebody twice: it must survive an upgrade in between.
import { expect, test } from "vitest";
import { keyForms } from "#domain/message/key-form.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
  testKeys,
} from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  campaignId,
  manyContacts,
  openTestStore,
  readRollup,
  seedContacts,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Receipt } from "../providers/provider.ts";

const message = { workspace, campaignId, distribution: 1, n: 1, gen: 1 };

test.each(keyForms)(
  "every try of what was launched with %s keys has the same key",
  async (form) => {
    const { store, db } = openTestStore();
    seedContacts(db, manyContacts(1));
    await seedDocuments(store);
    const fake = createFakeCarrier((_message, call) =>
      call > 1
        ? accepted
        : { outcome: "unknown", reason: "provider_timeout", code: "", words: "it did not answer" },
    );
    const clock = createClock();
    const deps = { store, clock, account: openFake(fake.carrier, { receipts: "push" }) };
    const before = openCore(deps);
    await before.step();
    db.transact([() => db.run("update distribution set key_form = ?", form)]);
    await driveUntil(before, clock, () => fake.calls.length === 1);
    before.kill();

    const after = openCore(deps);
    await driveUntil(after, clock, () => fake.calls.length === 2);
    await settleDown();
    const key = testKeys.of({ ...message, keyForm: form });
    expect(fake.calls.map((call) => call.key)).toEqual([key, key]);
    const heard = {
      state: "delivered",
      at: clock.now,
      reason: "none",
      code: "",
      words: "",
    } as const;
    const receipt: Receipt = { key, ...heard };
    expect(await after.receive({ workspace, accountId }, [receipt])).toBe(1);
    expect((await readRollup(store))?.total).toBe(1);
  },
);

test("what is launched now has the newer form; what an older version launched keeps its own", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(1));
  await seedDocuments(store);
  const clock = createClock();
  const core = openCore({ store, clock, account: openFake(createFakeCarrier().carrier) });
  await core.step();
  expect(await store.delivery.placeOf({ distribution: 1 })).toMatchObject({ keyForm: "page" });
  const column = db.get(
    "select dflt_value from pragma_table_info('distribution') where name = 'key_form'",
  );
  expect(column?.["dflt_value"]).toBe("'hmac'");
});
