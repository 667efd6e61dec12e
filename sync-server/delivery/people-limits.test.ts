/** People's limits where they meet the engine: real storage, real steps, a carrier that a test decides. */
import { describe, expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { defaultPeopleLimits, type PeopleLimits } from "#domain/limits/people-limits.ts";
import type { Reason } from "#domain/message/reason.ts";
import { createClock, driveUntil, openCore, testKeys } from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  accountId,
  anAccount,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  user,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { summaryOf, type Outcome, type Outgoing } from "../providers/provider.ts";
import { provider as sandbox } from "../providers/kinds/sandbox.ts";

type Answer = (message: Outgoing, campaign: number) => Outcome;

const refusedFor = (reason: Reason): Outcome => ({
  outcome: "refused",
  reason,
  code: "x",
  words: "",
});

const phone = (n: number): string => `+4915${String(10_000_000 + n)}`;

const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** Contacts, and campaigns that are sent to all of them one after another. */
async function aShop({ people = 10, simulated = false } = {}) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const clock = createClock();
  let count = 0;
  const provider = simulated ? "sandbox" : "webhook";

  /** Sends the next campaign to its end; answers who was called. */
  const send = async (
    answer: Answer = () => deliveredAtOnce,
    { type = "sms" }: { readonly type?: "sms" | "email" } = {},
  ) => {
    count += 1;
    const n = count;
    const campaign = aCampaign({ id: idOf(n), type, name: `Campaign ${n}` });
    await seedDocuments(store, { campaign, account: anAccount({ channel: type, provider }) });
    const fake = createFakeCarrier((message) => answer(message, n));
    const account = openFake(fake.carrier, { receipts: "push" });
    const core = openCore({ store, clock, account });
    const isDone = async (): Promise<boolean> =>
      (await readCampaign(store, idOf(n))).phase === "completed" &&
      (await store.delivery.work({ now: clock.now })).unnoted.length === 0;
    await driveUntil(core, clock, isDone);
    return { to: fake.calls.map(({ to }) => to), calls: fake.calls, core, id: idOf(n) };
  };
  const limit = (limits: Partial<PeopleLimits>): Promise<void> =>
    store.limits.changeLimits({
      workspace,
      limits: { ...defaultPeopleLimits, ...limits },
      by: user,
      now: clock.now,
    });
  const suppressed = async (): Promise<readonly (readonly [string, string])[]> => {
    const search = { workspace, q: "", reason: null, after: "", limit: 100, now: clock.now };
    const { items } = await store.limits.suppressions(search);
    return items.map(({ address, reason }) => [address, reason] as const);
  };
  const review = (state: "listed" | "suppressed") =>
    store.limits.unreachable({ workspace, state, offset: 0, limit: 50 });
  const decide = (act: "unsubscribe" | "keep" | "restore", addresses: readonly string[] | null) =>
    store.limits.decideUnreachable({ workspace, act, addresses, by: user, now: clock.now });
  const consentOf = (contact: number, channel = "sms") =>
    db.get(
      "select granted, source from consent where contact = ? and channel = ?",
      contact,
      channel,
    );
  return { store, db, clock, send, limit, suppressed, review, decide, consentOf };
}

/** Person 3 is never reached. */
const missesThree: Answer = ({ to }) =>
  to === phone(3) ? refusedFor("unreachable") : deliveredAtOnce;

describe("what a failure does to its address", () => {
  test.each([
    ["unknown_recipient", "email", "hard_bounce"],
    ["blocked_by_recipient", "sms", "blocked"],
    ["opted_out", "sms", "opted_out"],
  ] as const)("%s by %s suppresses it at once", async (reason, type, expected) => {
    const { send, suppressed } = await aShop({ people: 3 });
    const address = type === "sms" ? phone(2) : "person2@example.org";
    const answer: Answer = ({ to }) => (to === address ? refusedFor(reason) : deliveredAtOnce);
    await send(answer, { type });
    expect(await suppressed()).toEqual([[address, expected]]);
    expect((await send(undefined, { type })).to).not.toContain(address);
  });

  test("S4-09 an invalid number is suppressed by the second campaign that finds it invalid", async () => {
    const { send, suppressed } = await aShop({ people: 3 });
    const answer: Answer = ({ to }) =>
      to === phone(2) ? refusedFor("invalid_address") : deliveredAtOnce;
    await send(answer);
    expect(await suppressed()).toEqual([]);
    await send(answer);
    expect(await suppressed()).toEqual([[phone(2), "invalid_address"]]);
  });

  test("S4-11 who unsubscribed with the provider loses consent, and counts as unreachable", async () => {
    const { send, store, consentOf } = await aShop({ people: 3 });
    await send(({ to }) => (to === phone(2) ? refusedFor("opted_out") : deliveredAtOnce));
    expect(consentOf(2)).toEqual({ granted: 0, source: "receipt" });
    const { id } = await send();
    const rollup = await readRollup(store, id);
    expect(rollup).toMatchObject({ states: { delivered: 2, skipped: 1 } });
  });

  test("a simulated failure says nothing of people", async () => {
    const { send, suppressed, db } = await aShop({ people: 3, simulated: true });
    await send(() => refusedFor("blocked_by_recipient"));
    expect(await suppressed()).toEqual([]);
    expect(db.get("select count(*) as n from outcome")).toEqual({ n: 0 });
  });

  test("a receipt of a hard bounce suppresses in its own transaction", async () => {
    const { send, suppressed, store } = await aShop({ people: 3 });
    const { calls, core } = await send(() => accepted, { type: "email" });
    const [call] = calls;
    const at = { at: 1, code: "5.1.1", words: "" };
    const reason = "unknown_recipient";
    const receipt = { key: call?.key ?? "", state: "undelivered", reason, ...at } as const;
    await core.receive({ workspace, accountId }, [receipt]);
    expect(await suppressed()).toEqual([[call?.to, "hard_bounce"]]);
    expect(testKeys.read(call?.key ?? "")).not.toBeNull();
    expect(await store.delivery.findings({})).toEqual([]);
  });
});

describe("the unreachable", () => {
  test("S4-13 S4-14 I-9 AMB-14 seven campaigns in a row list a number for review, six do not", async () => {
    const { send, review, suppressed } = await aShop();
    for (let n = 1; n <= 6; n++) await send(missesThree);
    expect((await review("listed")).items).toEqual([]);
    await send(missesThree);
    const { items, totals } = await review("listed");
    expect(items).toMatchObject([
      { address: phone(3), channel: "sms", misses: 7, state: "listed", spent: 7, by: null },
    ]);
    expect(items[0]?.campaigns.map(({ name }) => name)).toEqual(
      [7, 6, 5, 4, 3, 2, 1].map((n) => `Campaign ${n}`),
    );
    expect(totals).toMatchObject({ listed: 1, suppressed: 0, spent: 7, wouldSave: 1, saved: 0 });
    expect(await suppressed()).toEqual([]);
  });

  test("S4-15 S4-16 a person unsubscribes a listed number, and what that saves is counted", async () => {
    const { send, review, suppressed, decide, consentOf } = await aShop();
    for (let n = 1; n <= 7; n++) await send(missesThree);
    expect(await decide("unsubscribe", [phone(3)])).toBe(1);
    expect(await suppressed()).toEqual([[phone(3), "unreachable_7"]]);
    expect(consentOf(3)).toEqual({ granted: 0, source: "rule: unreachable" });
    expect((await send(missesThree)).to).not.toContain(phone(3));
    await send(missesThree);
    const { items, totals } = await review("suppressed");
    expect(items).toMatchObject([{ address: phone(3), by: user, saved: 2, misses: 7 }]);
    expect(totals).toMatchObject({ listed: 0, suppressed: 1, saved: 2 });
  });

  test("AMB-14 it is reversible and audited, and the count starts again", async () => {
    const { send, review, suppressed, decide, consentOf, store } = await aShop();
    for (let n = 1; n <= 7; n++) await send(missesThree);
    await decide("unsubscribe", null);
    expect(await decide("restore", null)).toBe(1);
    expect(await suppressed()).toEqual([]);
    expect(consentOf(3)).toMatchObject({ granted: 1 });
    for (let n = 1; n <= 6; n++) await send(missesThree);
    expect((await review("listed")).items).toEqual([]);
    await send(missesThree);
    expect((await review("listed")).items).toHaveLength(1);
    const log = await store.limits.suppressionLog({ workspace, kind: "phone", address: phone(3) });
    expect(log.map(({ act }) => act)).toEqual(["listed", "removed", "added", "listed"]);
    expect(log.map(({ by }) => by)).toEqual([null, user, user, null]);
  });

  test("who is kept on the review list stays subscribed, and the count starts again", async () => {
    const { send, review, suppressed, decide, consentOf } = await aShop();
    for (let n = 1; n <= 7; n++) await send(missesThree);
    expect(await decide("keep", [phone(3)])).toBe(1);
    expect(consentOf(3)).toMatchObject({ granted: 1, source: "test" });
    await send(missesThree);
    expect((await review("listed")).items).toEqual([]);
    expect(await suppressed()).toEqual([]);
  });

  test("I-9 AMB-14 one confirmed delivery resets the count", async () => {
    const { send, review } = await aShop();
    for (let n = 1; n <= 6; n++) await send(missesThree);
    await send();
    for (let n = 1; n <= 6; n++) await send(missesThree);
    expect((await review("listed")).items).toEqual([]);
  });

  test("AMB-14 where a workspace wants it, the rule decides, from the threshold that it set", async () => {
    const { send, review, limit, suppressed } = await aShop();
    await limit({ unreachable: { threshold: 8, isAutomatic: true } });
    for (let n = 1; n <= 7; n++) await send(missesThree);
    expect(await suppressed()).toEqual([]);
    await send(missesThree);
    expect(await suppressed()).toEqual([[phone(3), "unreachable_7"]]);
    expect((await review("suppressed")).items).toMatchObject([{ misses: 8, by: null }]);
  });

  test("AMB-14 a receipt that comes late and says delivered lifts it", async () => {
    const { send, limit, suppressed, consentOf, review, store, clock } = await aShop();
    await limit({ unreachable: { threshold: 7, isAutomatic: true } });
    const sent = [];
    for (let n = 1; n <= 7; n++) sent.push(await send(missesThree));
    expect(await suppressed()).toEqual([[phone(3), "unreachable_7"]]);
    const fourth = sent[3];
    const key = fourth?.calls.find(({ to }) => to === phone(3))?.key ?? "";
    const good = { reason: "none", code: "", words: "" } as const;
    const receipt = { key, state: "delivered", at: clock.now, ...good } as const;
    for (let times = 0; times < 3; times++) {
      await fourth?.core.receive({ workspace, accountId }, [receipt]);
      await driveUntil(
        fourth?.core ?? openCore({ store, clock, account: openFake(createFakeCarrier().carrier) }),
        clock,
        async () => (await store.delivery.work({ now: clock.now })).unnoted.length === 0,
      );
      expect(await suppressed()).toEqual([]);
      expect(consentOf(3)).toEqual({ granted: 1, source: "reached after all" });
      expect((await review("suppressed")).items).toEqual([]);
    }
    expect((await send()).to).toContain(phone(3));
  });

  test("what never was confirmed and never failed counts neither way", async () => {
    const { send, review, db } = await aShop({ people: 3 });
    for (let n = 1; n <= 8; n++) await send(() => accepted);
    expect((await review("listed")).items).toEqual([]);
    expect(db.get("select count(*) as n from outcome")).toEqual({ n: 0 });
  });
});

/** A campaign by the sandbox, all of whose recipients answer STOP. */
async function answered(actsOnContacts: boolean) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(5));
  const parsed = sandbox.parse({
    latencyMs: 0,
    failurePercent: 0,
    unconfirmedPercent: 0,
    stopPercent: 100,
    actsOnContacts,
  });
  if (!parsed.ok) throw new Error(parsed.error.detail);
  const summary = summaryOf(sandbox, parsed.value);
  const account = anAccount({ channel: "sms", provider: "sandbox", summary });
  await seedDocuments(store, { campaign: aCampaign({ type: "sms" }), account });
  const clock = createClock();
  const carrier = sandbox.open(parsed.value, {
    clock: () => clock.now,
    privateTargets: false,
    callbackUrl: "",
    concurrency: 5,
  });
  const open = { ...openFake(carrier, { receipts: "pull" }), carrier };
  const core = openCore({ store, clock, account: open });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  const row = db.get("select count(*) as n from consent where channel = 'sms' and granted = 0");
  return { left: row?.["n"], rollup: await readRollup(store) };
}

describe("replies", () => {
  test("a simulated STOP unsubscribes where the account is set to act on contacts", async () => {
    const { left, rollup } = await answered(true);
    expect(left).toBe(5);
    expect(rollup?.marks).toMatchObject({ opted_out: 5 });
  });

  test("and nowhere else", async () => {
    const { left, rollup } = await answered(false);
    expect(left).toBe(0);
    expect(rollup?.marks).toEqual({});
  });
});

describe("frequency caps", () => {
  const cap = { frequency: { email: null, sms: { messages: 2, days: 7 } } };

  test("who got enough messages on a channel is skipped, on that channel alone", async () => {
    const { send, limit, store } = await aShop({ people: 3 });
    await limit(cap);
    expect((await send()).to).toHaveLength(3);
    expect((await send()).to).toHaveLength(3);
    const third = await send();
    expect(third.to).toEqual([]);
    expect((await readRollup(store, third.id))?.reasons).toEqual([
      { state: "skipped", reason: "frequency_cap", n: 3 },
    ]);
    expect((await send(undefined, { type: "email" })).to).toHaveLength(3);
  });

  test("after its days somebody may be written to again", async () => {
    const { send, limit, clock, db } = await aShop({ people: 3 });
    await limit(cap);
    await send();
    await send();
    clock.now += 7 * dayMs;
    expect((await send()).to).toHaveLength(3);
    expect(db.get("select count(*) as n from pressure")).toEqual({ n: 3 });
  });

  test("what was sent before the cap was set counts too", async () => {
    const { send, limit } = await aShop({ people: 3 });
    await send();
    await send();
    await limit(cap);
    expect((await send()).to).toEqual([]);
  });

  test("a message that failed on our side does not count", async () => {
    const { send, limit, db } = await aShop({ people: 3 });
    await limit(cap);
    await send();
    await send(({ to }) => (to === phone(1) ? refusedFor("config_error") : deliveredAtOnce));
    expect(db.get("select count(*) as n from pressure where contact = 1")).toEqual({ n: 1 });
    expect((await send()).to).toEqual([phone(1)]);
  });

  test("a message that is tried again counts once", async () => {
    const { send, limit, db } = await aShop({ people: 3 });
    await limit(cap);
    const later = { outcome: "later", reason: "network_error", afterMs: null } as const;
    let tries = 0;
    const { to } = await send((message) => {
      if (message.to === phone(1)) tries += 1;
      const isDone = message.to !== phone(1) || tries > 2;
      return isDone ? deliveredAtOnce : { ...later, code: "", words: "" };
    });
    expect(to).toHaveLength(5);
    expect(db.get("select count(*) as n from pressure")).toEqual({ n: 3 });
  });
});
