// The warm-up of a sender through the engine's core on a real store. No moment here is real time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, type Instant } from "#domain/core/time.ts";
import type { WarmUp } from "#domain/message/warm-up.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  anAudience,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { anId } from "../../tests/support/campaigns.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Core } from "./core.ts";
import { preflight } from "./preflight.ts";
import { openTemplates } from "./templates.ts";

const other = anId(0xc2);
const warmUp: WarmUp = { firstDay: 20, fullDay: 40 };

interface Options {
  readonly people: number;
  readonly campaigns?: readonly string[];
  readonly answer?: (calls: number) => Outcome;
}

/** Campaigns through an account whose sender is new, and the moments of their calls. */
async function newSender({ people, campaigns = [campaignId], answer }: Options) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  for (const id of campaigns) await seedDocuments(store, { campaign: aCampaign({ id }) });
  const clock = createClock();
  const calls: Instant[] = [];
  const fake = createFakeCarrier(() => {
    calls.push(clock.now);
    return answer?.(calls.length) ?? deliveredAtOnce;
  });
  const open = (fault?: () => void): Core =>
    openCore({
      store,
      clock,
      account: openFake(fake.carrier, { limits: { warmUp } }),
      ...(fault === undefined ? {} : { fault }),
    });
  const isDone = async (): Promise<boolean> => {
    const known = await Promise.all(campaigns.map((id) => readCampaign(store, id)));
    return known.every(({ phase }) => phase === "completed");
  };
  return { store, clock, calls, open, isDone };
}

/** Calls of each day, from the first one on. */
function byDay(calls: readonly Instant[]): readonly number[] {
  const [first = 0] = calls;
  const days: number[] = [];
  for (const at of calls) {
    const day = Math.floor((at - first) / dayMs);
    days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}

test("a new sender writes to so many on its first day, to twice as many on the next, and is warm after a full day", async () => {
  const { clock, calls, open, isDone, store } = await newSender({ people: 300 });
  await driveUntil(open(), clock, isDone, 20_000);
  expect(byDay(calls)).toEqual([20, 40, 240]);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 300 });
});

test("two campaigns share what a sender may have in a day", async () => {
  const { clock, calls, open, isDone } = await newSender({
    people: 25,
    campaigns: [campaignId, other],
  });
  await driveUntil(open(), clock, isDone, 20_000);
  expect(byDay(calls)).toEqual([20, 30]);
});

test("while today's messages are out, the counters say so, and what was told before the launch is when it ends", async () => {
  const { clock, calls, open, isDone, store } = await newSender({ people: 70 });
  const told = await preflight(
    {
      store,
      templates: openTemplates(),
      leaveUrl: "https://example.org/r/u/x",
      clock: () => clock.now,
    },
    {
      workspace,
      campaign: aCampaign(),
      account: anAccount({ limits: { warmUp } }),
      rule: anAudience().rule,
    },
  );
  const core = open();
  await driveUntil(core, clock, () => calls.length >= 20);
  await driveUntil(core, clock, () => clock.now > (calls[19] ?? 0) + hourMs);
  expect(calls).toHaveLength(20);
  expect(await readRollup(store)).toMatchObject({ limitedBy: "warm_up" });
  await driveUntil(core, clock, isDone, 20_000);
  expect(Math.abs((calls.at(-1) ?? 0) - (told.endsAt ?? 0))).toBeLessThan(hourMs);
});

test("a day on which too many were taken for unwanted is not doubled", async () => {
  const spam: Outcome = { outcome: "refused", reason: "spam_filtered", code: "554", words: "no" };
  const { clock, calls, open, isDone } = await newSender({
    people: 60,
    answer: (n) => (n < 20 && n % 6 === 0 ? spam : deliveredAtOnce),
  });
  await driveUntil(open(), clock, isDone, 20_000);
  expect(byDay(calls)).toEqual([20, 20, 20]);
});

test(
  "however often the engine dies, no day has more than its limit",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (deaths, isLate) => {
          const { clock, calls, open, isDone } = await newSender({ people: 70 });
          for (const points of deaths) {
            let left = points;
            const core = open(() => {
              left -= 1;
              if (left <= 0) throw new Error("power cut");
            });
            await driveUntil(core, clock, () => left <= 0, 200).catch(() => undefined);
            core.kill();
            await settleDown();
            clock.now += isLate ? 3 * hourMs : 1;
          }
          await driveUntil(open(), clock, isDone, 20_000);
          // Its first day begins with the first claim, which no call may have come of.
          const within = (days: number): number =>
            calls.filter((at) => at < startOfTime + days * dayMs).length;
          expect(within(1)).toBeLessThanOrEqual(20);
          expect(within(2)).toBeLessThanOrEqual(60);
        },
      ),
      { numRuns: 25 },
    );
  },
);
