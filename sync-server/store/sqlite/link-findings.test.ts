/** What the doctor counts again of clicks: all is well whatever comes, and no wrong number is overlooked. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  campaignId,
  manyContacts,
  openTestStore,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import type { Settlement } from "../delivery-store.ts";
import type { Click } from "../link-store.ts";

const distribution = 1;
const people = 12;
const found = [1, 2].map((place) => ({
  url: `https://shop.example/${place}`,
  place,
  name: `Link ${place}`,
}));
const later = now + 60_000;
const settling = { distribution, lookAt: later, resend: { scale: 1 }, now };

/** Messages to everybody, with two links. */
async function openLinked(): Promise<OpenStore> {
  const opened = openTestStore();
  seedContacts(opened.db, manyContacts(people));
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution, batch: 5_000, now });
  await delivery.noteLinks({ distribution, links: found, length: 40 });
  await delivery.intent({ distribution, boot: "boot", limit: people, columns: [], now });
  return opened;
}

function settlement(n: number, over: Partial<Settlement> = {}): Settlement {
  const state = { state: "submitted", reason: "none", at: now, segments: 1 } as const;
  const call = { gen: 1, try: 1, dueAt: null, renews: false, counts: true };
  return { n, ...call, ...state, providerId: null, attempt: null, ...over };
}

function aClick(id: string, over: Partial<Click> = {}): Click {
  const visit = { device: "phone", os: "iOS", country: "DE", sign: null } as const;
  return { id, distribution, n: 1, link: 1, at: later, ...visit, ...over };
}

async function findingsOf({ store }: OpenStore): Promise<readonly string[]> {
  return (await store.delivery.findings({})).map(({ check, detail }) => `${check}: ${detail}`);
}

const clicked = fc.record({
  n: fc.integer({ min: 1, max: people }),
  link: fc.integer({ min: 1, max: 2 }),
  at: fc.integer({ min: 0, max: 4 }).map((seconds) => later + seconds * 700),
  device: fc.constantFrom("phone", "computer"),
  os: fc.constantFrom("iOS", "Windows", ""),
  country: fc.constantFrom("DE", "FR", ""),
  sign: fc.constantFrom("robot", null, null, null),
});

/** What happens to messages between clicks; who could not be reached is to be sent to again. */
const ends = {
  submitted: { state: "submitted" },
  failed: { state: "failed", reason: "unknown_recipient" },
  again: { state: "failed", reason: "unreachable" },
} as const satisfies Record<string, Partial<Settlement>>;

const step = fc.record({
  clicks: fc.array(clicked, { maxLength: 6 }),
  limit: fc.integer({ min: 1, max: 4 }),
  settled: fc.integer({ min: 1, max: people }),
  end: fc.constantFrom<keyof typeof ends>("submitted", "failed", "again"),
});

test("S1-16 I-6 whoever clicks what and how often, among calls that end and sends that are planned, the doctor counts the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const opened = await openLinked();
      const { delivery, links } = opened.store;
      for (const [index, { clicks, limit, settled, end }] of steps.entries()) {
        const settlements = [settlement(settled, ends[end])];
        await delivery.settle({ ...settling, settlements });
        await links.addClicks({
          clicks: clicks.map((click, i) => aClick(`${index} ${i}`, click)),
        });
        expect(await findingsOf(opened)).toEqual([]);
        await links.judgeClicks({ until: later + 1_500, limit });
        expect(await findingsOf(opened)).toEqual([]);
      }
      while ((await links.judgeClicks({ until: later + 60_000, limit: 3 })) > 0);
      await delivery.advance({ distribution, rate: 0, now: later });
      expect(await findingsOf(opened)).toEqual([]);
      const rollup = await readRollup(opened.store);
      expect(rollup?.marks?.clicked ?? 0).toBe(rollup?.links?.person.recipients);
      await opened.store.close();
    }),
    { numRuns: 25 },
  );
});

test.each([
  ["clicks", "update click_sum set clicks = clicks + 1 where what = 'all' and link = 1"],
  ["recipients", "update click_sum set recipients = 3 where what = 'all' and link = 0"],
  ["the recipients of a share", "update click_sum set recipients = 3 where what = 'country'"],
  ["the clicks of a share", "update click_sum set clicks = 9 where what = 'os' and link = 2"],
  ["times", "update click_sum set last_at = last_at + 1 where what = 'all' and link = 0"],
  ["a sum that is gone", "delete from click_sum where what = 'device' and link = 1"],
  ["a click that is gone", "delete from click where link = 2"],
  ["who clicked first", "delete from click_first where link = 1"],
  ["who never clicked", "insert into click_first values (1, 2, 'scanner', 7)"],
  ["a mark that nobody's click gave", "update message set marks = marks | 512 where n = 9"],
  ["a mark that is gone", "update message set marks = marks & ~512 where n = 2"],
])("a wrong number is found: %s", async (_what, spoil) => {
  const opened = await openLinked();
  const { links, delivery } = opened.store;
  const settlements = [settlement(1, { times: people })];
  await delivery.settle({ ...settling, settlements });
  await links.addClicks({
    clicks: [
      aClick("a"),
      aClick("b", { n: 2, country: "FR" }),
      aClick("c", { n: 2, link: 2, at: later + 5_000, os: "Windows" }),
    ],
  });
  await links.judgeClicks({ until: later + 60_000, limit: 10 });
  expect(await findingsOf(opened)).toEqual([]);
  opened.db.transact([() => opened.db.run(spoil)]);
  const checks = (await delivery.findings({})).map(({ check }) => check);
  expect(checks.some((check) => check === "click" || check === "identity")).toBe(true);
  await opened.store.close();
});
