// What is counted before somebody is sent to again is what then goes out.
import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { defaultPeopleLimits } from "#domain/limits/people-limits.ts";
import { canSucceed, type Picked } from "#domain/message/again.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { aCampaignWith } from "../../tests/support/delivery/retried.ts";
import { campaignId, user, workspace, type OpenStore } from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const people = 10;
const trouble = { code: "x", words: "" };

/** What may become of a person between the failure and the next send. */
const meanwhiles = ["nothing", "left", "suppressed", "was suppressed", "gone", "fed up"] as const;
type Meanwhile = (typeof meanwhiles)[number];

/** What became of the first send: it arrives, fails, is lost, or is held back. */
const firsts = ["delivered", "recipient_cap", "too_long", "lost", "capped"] as const;
type First = (typeof firsts)[number];

const picks: readonly Picked[] = [
  ...canSucceed,
  { state: "failed", reason: "too_long" },
  { state: "skipped", reason: "budget_reached" },
  { state: "unconfirmed", reason: "outcome_unknown" },
];

function answerOf(first: First | undefined): Outcome {
  if (first === "lost") return { outcome: "unknown", reason: "provider_timeout", ...trouble };
  if (first === "recipient_cap" || first === "too_long") {
    return { outcome: "refused", reason: first, ...trouble };
  }
  return deliveredAtOnce;
}

/** Two messages of other campaigns, and the cap that they reach. */
function fillUp(db: OpenStore["db"], contact: number, at: number): void {
  const ws = Number(db.get("select seq from workspace where id = ?", workspace)?.["seq"]);
  for (const other of [90, 91]) {
    db.run(
      "insert into pressure (ws, contact, channel, distribution, n, at) values (?, ?, 'email', ?, 1, ?)",
      ws,
      contact,
      other,
      at,
    );
  }
}

function happen(db: OpenStore["db"], what: Meanwhile, contact: number, now: number): void {
  const address = `person${contact}@example.org`;
  const suppress = (until: number | null): number =>
    db.run(
      "insert into suppression (workspace, kind, address, reason, at, until) values (?, 'email', ?, 'test', ?, ?)",
      workspace,
      address,
      now,
      until,
    );
  if (what === "left") db.run("update consent set granted = 0 where contact = ?", contact);
  if (what === "suppressed") suppress(null);
  if (what === "was suppressed") suppress(now - 1);
  if (what === "gone") db.run("delete from contact where seq = ?", contact);
  if (what === "fed up") fillUp(db, contact, now);
}

test("S3-33 whatever became of people since, those who are counted are those who are sent to again", async () => {
  const histories = fc.array(
    fc.record({ first: fc.constantFrom(...firsts), since: fc.constantFrom(...meanwhiles) }),
    { minLength: people, maxLength: people },
  );
  const bearable = histories.filter((all) => all.filter(isHard).length < 5);
  const budget = fc.option(fc.integer({ min: 0, max: people * 2 }), { nil: null });
  await fc.assert(
    fc.asyncProperty(bearable, budget, fc.subarray([...picks], { minLength: 1 }), holds),
    { numRuns: 25 },
  );
});

interface History {
  readonly first: First;
  readonly since: Meanwhile;
}

/** Five of these in a row would pause it. */
function isHard({ first }: History): boolean {
  return first === "lost" || first === "too_long";
}

async function holds(
  history: readonly History[],
  units: number | null,
  chosen: readonly Picked[],
): Promise<void> {
  let isMended = false;
  const { store, db, fake, clock, until, retry } = await aCampaignWith({
    people,
    answer: ({ to }) =>
      isMended ? deliveredAtOnce : answerOf(history[Number(/\d+/.exec(to)?.[0]) - 1]?.first),
    campaign: units === null ? {} : { budget: { units } },
    account: { honoursKeys: false, guards: { breaker: "provider", failurePercent: null } },
  });
  const frequency = { email: { messages: 2, days: 3 }, sms: null };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: clock.now });
  db.transact([
    () => {
      db.run(
        "insert into workspace (id, created_at) values (?, 0) on conflict do nothing",
        workspace,
      );
      for (const [index, { first }] of history.entries()) {
        if (first === "capped") fillUp(db, index + 1, clock.now);
      }
    },
  ]);
  await until("completed");
  clock.now += 4 * dayMs;
  db.transact([
    () => {
      for (const [index, { since }] of history.entries()) happen(db, since, index + 1, clock.now);
    },
  ]);
  isMended = true;
  const { now } = clock;
  const told = await store.preflight.again({ workspace, campaignId, picks: chosen, now });
  const counted = told.fates.reduce((sum, { fate, n }) => sum + (fate === "none" ? n : 0), 0);
  const calls = fake.calls.length;
  const outcome = await retry(chosen);
  expect(outcome).toBe(told.fates.length === 0 ? "nothing_to_retry" : "ok");
  if (outcome !== "ok") return;
  await until("completed");
  expect(fake.calls.length - calls).toBe(counted);
  expect(await store.delivery.findings({})).toEqual([]);
}
