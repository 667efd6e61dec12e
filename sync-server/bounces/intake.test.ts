// Mails come back when they like: early, late, twice, in any order, and about messages of nobody.
import { expect, test } from "vitest";
import { hourMs } from "#domain/core/time.ts";
import { stateOf } from "#domain/message/state.ts";
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
import { deliveryReport, feedbackReport } from "../../tests/support/delivery/returned-mail.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { createKeys } from "../providers/keys.ts";
import type { Outcome } from "../providers/provider.ts";
import { createIntake } from "./intake.ts";

/** One mail to one person; its server answers when the test lets it. */
async function oneMail() {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(1));
  await seedDocuments(store);
  const answer = Promise.withResolvers<Outcome>();
  const fake = createFakeCarrier(() => answer.promise);
  const clock = createClock();
  const account = openFake(fake.carrier, { receipts: "push", receiptWindowMs: 120 * hourMs });
  const core = openCore({ store, clock, account });
  await driveUntil(core, clock, () => fake.calls.length === 1);
  const key = fake.calls[0]?.key ?? "";
  const intake = createIntake({
    store,
    keys: testKeys,
    engine: {
      listen: (of, replies) => core.listen(of, replies),
      receive: async (of, receipts) =>
        isFull
          ? { outcome: "full" }
          : { outcome: "merged", news: await core.receive(of, receipts) },
    },
    onComplaint: () => undefined,
    clock: () => clock.now,
  });
  const take = (mail: string, of = workspace) => intake.take(of, Buffer.from(mail));
  let isFull = false;
  return {
    store,
    key,
    take,
    bounce: () => take(deliveryReport({ key, status: "5.1.1" })),
    delay: () => take(deliveryReport({ key, action: "delayed", status: "4.4.7" })),
    deliver: () => take(deliveryReport({ key, action: "delivered", status: "2.0.0" })),
    fill: () => (isFull = true),
    accept: async () => {
      answer.resolve(accepted);
      await settleDown();
      await driveUntil(core, clock, async () => (await readCampaign(store)).phase !== "active");
    },
    state: () => stateOf(Number(db.get("select state_now from standing")?.["state_now"])),
    /** How much its history tells of it. */
    told: () => db.all("select 1 from attempt").length,
    sound: async () => expect(await store.delivery.findings({})).toEqual([]),
  };
}

test("a bounce that is read before the server's acceptance was written is not undone by it", async () => {
  const mail = await oneMail();
  expect(await mail.bounce()).toBe("bounce");
  await mail.accept();
  expect(mail.state()).toBe("undelivered");
  await mail.sound();
});

test("a mail that is delayed is on its way: its history says why, and it may arrive or come back", async () => {
  const mail = await oneMail();
  await mail.accept();
  expect(await mail.delay()).toBe("delayed");
  expect(mail.state()).toBe("submitted");
  expect(mail.told()).toBe(1);
  await mail.delay();
  expect(mail.told()).toBe(1);
  await mail.bounce();
  expect(mail.state()).toBe("undelivered");
  expect(mail.told()).toBe(2);
  // What is told late of an earlier hour changes nothing.
  await mail.delay();
  expect(mail.state()).toBe("undelivered");
  await mail.sound();
});

test("a delay that is read before the acceptance was written proves that it was taken", async () => {
  const mail = await oneMail();
  await mail.delay();
  await mail.accept();
  expect(mail.state()).toBe("submitted");
  expect(mail.told()).toBe(1);
  await mail.sound();
});

test.each([
  ["bounce, then delivered", ["bounce", "deliver"]],
  ["delivered, then bounce", ["deliver", "bounce"]],
  ["each of them twice", ["bounce", "deliver", "bounce", "deliver"]],
] as const)("proof of arrival stands, whatever came when: %s", async (_, told) => {
  const mail = await oneMail();
  await mail.accept();
  for (const what of told) await mail[what]();
  expect(mail.state()).toBe("delivered");
  await mail.sound();
});

test("the same bounce twice is one", async () => {
  const mail = await oneMail();
  await mail.accept();
  expect([await mail.bounce(), await mail.bounce()]).toEqual(["bounce", "bounce"]);
  expect(mail.state()).toBe("undelivered");
  expect(mail.told()).toBe(1);
  await mail.sound();
});

test("about a message of nobody, of another workspace or with a made-up key nothing is believed", async () => {
  const mail = await oneMail();
  await mail.accept();
  const stranger = createKeys(Buffer.alloc(32, 9)).of({
    workspace,
    campaignId,
    distribution: 1,
    n: 1,
    gen: 1,
    keyForm: "page",
  });
  expect(await mail.take(deliveryReport({ key: stranger, status: "5.1.1" }))).toBe("forged");
  const other = "018f0000-0000-7000-8000-00000000ffff";
  const theirs = deliveryReport({ key: mail.key, status: "5.1.1" });
  expect(await mail.take(theirs, other)).toBe("forged");
  expect(await mail.take(feedbackReport(stranger))).toBe("forged");
  expect(mail.state()).toBe("submitted");
  await mail.sound();
});

test("a mail whose receipt finds no room is not taken, and is read again", async () => {
  const { bounce, fill } = await oneMail();
  fill();
  await expect(bounce()).rejects.toThrow("more receipts wait than there is room for");
});
