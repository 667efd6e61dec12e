// Campaigns that wait for who comes into their audience.
import { expect, test } from "vitest";
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { EntryTrigger } from "#domain/campaign/trigger.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { driveUntil, settleDown } from "../../tests/support/delivery/drive.ts";
import { openLiveWorld, type LiveWorld } from "../../tests/support/delivery/live-world.ts";
import {
  campaignId,
  manyContacts,
  readRollup,
  seedContacts,
  workspace,
} from "../../tests/support/delivery/world.ts";

const trigger: EntryTrigger = {
  kind: "entry",
  existing: "skip",
  delayMinutes: 0,
  againAfterHours: null,
};
const french: AudienceRule = { kind: "filter", filter: { countries: ["FR"] } };

/** Ten contacts, of whom the first two are French. */
async function aWelcome(
  over: Partial<EntryTrigger> = {},
  rule: AudienceRule = french,
): Promise<LiveWorld> {
  const world = await openLiveWorld({
    contacts: manyContacts(10).map((contact, index) => ({
      ...contact,
      country: index < 2 ? "FR" : "DE",
    })),
    campaign: { trigger: { ...trigger, ...over } },
    audience: { rule },
  });
  await world.goLive();
  return world;
}

function moveTo(world: LiveWorld, n: number, country: string): void {
  world.db.run("update contact set country = ? where email = ?", country, `person${n}@example.org`);
}

test("S0-D1 who comes into the audience is written to once; who was in it when it was set live is not", async () => {
  const world = await aWelcome();
  await world.pass(hourMs);
  expect(world.sentTo()).toEqual([]);
  moveTo(world, 3, "FR");
  seedContacts(world.db, [{ email: "new@example.org", country: "FR" }]);
  await world.pass(hourMs);
  expect(world.sentTo()).toEqual(["person3@example.org", "new@example.org"]);
  moveTo(world, 3, "DE");
  await world.pass(hourMs);
  moveTo(world, 3, "FR");
  await world.pass(60 * dayMs);
  expect(world.sentTo()).toHaveLength(2);
  expect(await world.store.delivery.findings({})).toEqual([]);
});

test("who left and comes back is written to again once the hours are over, and only for coming back", async () => {
  const world = await aWelcome({ againAfterHours: 48 });
  moveTo(world, 3, "FR");
  await world.pass(hourMs);
  for (const wait of [hourMs, 48 * hourMs, 96 * hourMs]) {
    moveTo(world, 3, "DE");
    await world.pass(hourMs);
    moveTo(world, 3, "FR");
    await world.pass(wait);
  }
  expect(world.sentTo()).toHaveLength(3 - 1);
  await world.pass(20 * dayMs);
  expect(world.sentTo()).toHaveLength(2);
});

test("those who are in it already are written to as well where that is chosen", async () => {
  const world = await aWelcome({ existing: "send" });
  await driveUntil(world.core, world.clock, () => world.delivered(2));
  moveTo(world, 4, "FR");
  await driveUntil(world.core, world.clock, () => world.delivered(3));
  expect(world.sentTo()).toEqual([1, 2, 4].map((n) => `person${n}@example.org`));
});

test("consent, lists and what became of messages bring people in, too", async () => {
  const allowed = await aWelcome({}, { kind: "filter", filter: { consent: "sms" } });
  seedContacts(allowed.db, [{ email: "later@example.org", consents: false }]);
  await allowed.pass(hourMs);
  for (const channel of ["email", "sms"]) {
    allowed.db.run(
      `insert into consent (workspace, contact, channel, granted, at, source)
       values (?, 11, ?, 1, 0, 'test')`,
      workspace,
      channel,
    );
  }
  await allowed.pass(hourMs);
  expect(allowed.sentTo()).toEqual(["later@example.org"]);

  const list = "00000000-0000-7000-8000-0000000000f1";
  const listed = await aWelcome({}, { kind: "list", listId: list });
  listed.db.run(
    "insert or ignore into list_member (workspace, list, contact) values (?, ?, 5)",
    workspace,
    list,
  );
  await listed.pass(hourMs);
  expect(listed.sentTo()).toEqual(["person5@example.org"]);

  const other = "00000000-0000-7000-8000-0000000000c2";
  const picks = [{ state: "failed", reason: "unreachable" }] as const;
  const failed = await aWelcome({}, { kind: "recipients", campaignId: other, picks });
  failed.db.run(
    `insert into distribution (seq, workspace, ws, campaign, account, provider, keyed, channel,
       content, rule, stage, created_at)
     values (99, ?, 1, ?, 'a', 'sandbox', 1, 'email', '{}', '{}', 'done', 0)`,
    workspace,
    other,
  );
  failed.db.run("update distribution set noted = ver, flushed = ver where seq = 99");
  await failed.pass(hourMs);
  failed.db.run(
    `insert into message (ws, distribution, n, contact, address, name, state, reason, at)
     values (1, 99, 1, 7, 'a', 'b', ?, ?, 0)`,
    stateCodes.failed,
    reasonCode("unreachable"),
  );
  await failed.pass(hourMs);
  expect(failed.sentTo()).toEqual(["person7@example.org"]);
});

test("somebody who comes while those before are being looked at is not lost", async () => {
  const world = await openLiveWorld({
    contacts: manyContacts(10),
    campaign: { trigger },
    audience: { rule: french },
  });
  world.failAt("frozen");
  await driveUntil(world.core, world.clock, () => false, 3).catch(() => undefined);
  await settleDown();
  world.failAt(null);
  moveTo(world, 3, "FR");
  await driveUntil(world.open("second"), world.clock, () => world.delivered(1));
  expect(world.sentTo()).toEqual(["person3@example.org"]);
});

test.each(["work", "watched", "intended", "sent", "settled"] as const)(
  "a crash at '%s' loses nobody who came and repeats nobody",
  async (point) => {
    const world = await aWelcome();
    for (const n of [3, 4, 5, 6]) moveTo(world, n, "FR");
    for (let crash = 0; crash < 3; crash++) {
      world.failAt(point);
      await driveUntil(world.open(`boot ${crash}`), world.clock, () => false, 6).catch(
        () => undefined,
      );
      await settleDown();
    }
    world.failAt(null);
    await driveUntil(world.open("last"), world.clock, () => world.delivered(4));
    expect(new Set(world.sentTo()).size).toBe(4);
    expect(world.fake.effects.size).toBe(4);
  },
);

test("paused, people come and wait; ended, nobody comes", async () => {
  const world = await aWelcome();
  await world.act({ name: "campaign.pause", args: { id: campaignId } });
  moveTo(world, 3, "FR");
  await world.pass(2 * hourMs);
  expect(world.sentTo()).toEqual([]);
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  await world.pass(hourMs);
  expect(world.sentTo()).toEqual(["person3@example.org"]);
  await world.act({ name: "campaign.end", args: { id: campaignId } });
  moveTo(world, 4, "FR");
  await world.pass(hourMs);
  expect(world.sentTo()).toHaveLength(1);
  expect(world.db.all("select 1 from watched")).toEqual([]);
});

test("nothing changes: there is nothing to do", async () => {
  const world = await aWelcome();
  for (let steps = 0; steps < 5; steps++) {
    await world.core.step();
    await settleDown();
    world.clock.now += minuteMs;
  }
  const next = await world.core.step();
  expect(next === null || next > world.clock.now + minuteMs).toBe(true);
});

test("after a restore, who comes in before a person let it go on may have been written to, and is held", async () => {
  const world = await aWelcome();
  await world.store.admin.adopt({ beside: null, isCopy: true, now: world.clock.now });
  // The file that was imported in the lost history is imported again.
  seedContacts(world.db, [{ email: "again@example.org", country: "FR" }]);
  const engine = world.open("restored");
  await world.pass(hourMs, engine);
  expect(await readRollup(world.store)).toMatchObject({
    reasons: [{ state: "skipped", reason: "restored", n: 1 }],
  });
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  seedContacts(world.db, [{ email: "new@example.org", country: "FR" }]);
  await world.pass(hourMs, engine);
  expect(world.sentTo()).toEqual(["new@example.org"]);
  expect(world.db.all("select event from activity where event = 'engine.unsure'")).toHaveLength(1);
  expect(await world.store.delivery.findings({})).toEqual([]);
});
