import { expect, test } from "vitest";
import { minuteMs } from "#domain/core/time.ts";
import { createClock } from "../../tests/support/delivery/drive.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { aCampaignWith } from "../../tests/support/delivery/retried.ts";
import {
  campaignId,
  readCampaign,
  readRollup,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const trouble = { code: "x", words: "" };

const billed = (db: OpenStore["db"]): number =>
  Number(db.get("select billed from distribution")?.["billed"]);

test("S0-12 what fails near the campaign's end is not sent again after it, and counts as what it came to", async () => {
  const validUntil = createClock().now + 20 * minuteMs;
  const { store, clock, fake, until, retry } = await aCampaignWith({
    campaign: { validUntil },
    // The ladder of `unreachable` asks again after a quarter of an hour, then after an hour.
    answer: ({ to }) =>
      /person[123]@/.test(to)
        ? { outcome: "refused", reason: "unreachable", ...trouble }
        : deliveredAtOnce,
  });
  await until("completed");
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 7, failed: 3, skipped: 0 });
  expect(fake.calls).toHaveLength(13);
  const picks = [{ state: "failed", reason: "unreachable" }] as const;
  clock.now = validUntil;
  expect(await retry(picks)).toBe("invalid");
  clock.now = validUntil - 1;
  expect(await retry(picks)).toBe("ok");
});

test("S3-33 a retry sends anew to exactly the picked ones, under new keys, and the campaign completes again", async () => {
  let isMended = false;
  const { store, fake, until, retry } = await aCampaignWith({
    people: 30,
    answer: ({ to }) => {
      if (isMended || !/person[1-7]@/.test(to)) return deliveredAtOnce;
      return /person[12]@/.test(to)
        ? { outcome: "refused", reason: "invalid_address", ...trouble }
        : { outcome: "refused", reason: "network_error", ...trouble };
    },
    account: { limits: { perSecond: null, concurrency: 1 }, guards: { breaker: "provider" } },
  });
  await until("paused");
  isMended = true;
  const before = fake.calls.length;
  const paused = await readCampaign(store);
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      {
        kind: "campaign",
        id: campaignId,
        doc: { ...paused, rev: paused.rev + 1, phase: "active", pausedFrom: null },
      },
    ],
    activity: null,
    now: 0,
  });
  await until("completed");
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 23, failed: 7 });
  const keys = new Set(fake.calls.map(({ key }) => key));

  expect(await retry([{ state: "failed", reason: "invalid_address" }])).toBe("invalid");
  expect(await retry([{ state: "failed", reason: "expired" }])).toBe("nothing_to_retry");
  expect(await retry([{ state: "failed", reason: "network_error" }])).toBe("ok");
  await until("completed");
  expect(before).toBeLessThan(30);
  expect(fake.calls).toHaveLength(35);
  const again = fake.calls.slice(30);
  expect(again.map(({ to }) => to).toSorted()).toEqual(
    [3, 4, 5, 6, 7].map((n) => `person${n}@example.org`),
  );
  expect(again.some(({ key }) => keys.has(key))).toBe(false);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 28, failed: 2 });
  expect(rollup?.marks).toEqual({ recovered: 5, resent: 5 });
  expect(await readCampaign(store)).toMatchObject({ run: 2, retry: { n: 5 } });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a retry that takes several parts loses nobody, whatever comes between, and consent is asked again", async () => {
  let isMended = false;
  const { store, db, fake, clock, until, retry } = await aCampaignWith({
    people: 12,
    answer: () =>
      isMended ? deliveredAtOnce : { outcome: "refused", reason: "recipient_cap", ...trouble },
  });
  // Whoever is capped is tried once more by itself, a day later.
  await until("completed");
  expect(fake.calls).toHaveLength(24);
  isMended = true;
  db.transact([() => db.run("update consent set granted = 0 where contact = 12")]);
  expect(await retry([{ state: "failed", reason: "recipient_cap" }])).toBe("ok");
  const now = clock.now;
  await store.delivery.reopen({ workspace, campaignId, now });
  const parts = [];
  for (let part = 0; part < 3; part++) {
    parts.push(await store.delivery.requeue({ distribution: 1, batch: 5, now }));
    expect(await store.delivery.findings({})).toEqual([]);
  }
  expect(parts).toEqual(["more", "more", "requeued"]);
  await until("completed");
  expect(fake.calls).toHaveLength(24 + 11);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 11, skipped: 1 });
});

const lost: Outcome = { outcome: "unknown", reason: "provider_timeout", ...trouble };

test("hold: an unknown outcome stays until a person sends it again, which is marked as a risk", async () => {
  let isBack = false;
  const { store, db, fake, clock, until, retry } = await aCampaignWith({
    people: 3,
    answer: ({ to }) => (isBack || !to.startsWith("person2@") ? deliveredAtOnce : lost),
    account: { honoursKeys: false },
  });
  await until("completed");
  expect(fake.calls).toHaveLength(3);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "unconfirmed", reason: "outcome_unknown", n: 1 },
  ]);
  const held = fake.calls.find(({ to }) => to.startsWith("person2@"))?.key;
  // What may have arrived may be charged for.
  expect(billed(db)).toBe(3);

  isBack = true;
  const asked = clock.now;
  expect(await retry([{ state: "unconfirmed", reason: "outcome_unknown" }])).toBe("ok");
  await until("completed");
  expect(clock.now - asked).toBeLessThan(minuteMs);
  expect(fake.calls).toHaveLength(4);
  expect(fake.calls.at(-1)?.key).toBe(held);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 3 });
  expect(rollup?.marks).toEqual({ recovered: 1, duplicate_risk: 1 });
  // The same send under the same key is charged once.
  expect(billed(db)).toBe(3);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("hold: what a person sends again and stays unknown is held again, and not repeated", async () => {
  const { store, fake, until, retry } = await aCampaignWith({
    people: 1,
    answer: () => lost,
    account: { honoursKeys: false },
  });
  await until("completed");
  expect(await retry([{ state: "unconfirmed", reason: "outcome_unknown" }])).toBe("ok");
  await until("completed");
  expect(fake.calls).toHaveLength(2);
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 1 });
});

test("resend: after the time for proof, an unknown outcome is sent again by itself with its own key, and marked", async () => {
  const { store, fake, clock, until } = await aCampaignWith({
    people: 1,
    answer: (_message, call) => (call === 1 ? lost : deliveredAtOnce),
    account: { honoursKeys: false },
    stored: { onUnknown: "resend" },
  });
  const began = clock.now;
  await until("completed");
  expect(clock.now - began).toBeGreaterThanOrEqual(10 * minuteMs);
  expect(fake.calls).toHaveLength(2);
  expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(1);
  expect((await readRollup(store))?.marks).toEqual({ recovered: 1, duplicate_risk: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});
