// Who is told of what the system stops, how often, and what a crash leaves behind: the product's
// own operations on a real database, with ways that keep what they were given.
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import type { Role } from "#domain/access/role.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { pauseReasons } from "#domain/campaign/lifecycle.ts";
import type { NoticeCause } from "#domain/campaign/notice.ts";
import { usualNoticeChoice } from "#domain/campaign/notice-topic.ts";
import { noCounts, type StateCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { nextReportAt } from "#domain/report/subscription.ts";
import { anId } from "../../tests/support/campaigns.ts";
import { createClock } from "../../tests/support/delivery/drive.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  openTestStore,
  seedDocuments,
  setPhase,
  startOfTime,
  user,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Telling } from "../store/notice-store.ts";
import type { Store } from "../store/store.ts";
import { publish } from "../store/sqlite/feeds.ts";
import { noteNotice } from "../store/sqlite/notice-intents.ts";
import { tellOnce, type NoticePoint } from "./core.ts";
import type { Told } from "./way.ts";

const other = anId(0xc2);
const mailer = anId(0xa9);
const finn = anId(0xd2);
const otto = anId(0xd3);
const mona = anId(0xd4);

interface Options {
  readonly fieldMaySend?: boolean;
  readonly campaigns?: readonly Campaign[];
  readonly answer?: (telling: Telling, call: number) => Told;
}

/** A workspace with a person of each role, of whom Finn (field) made the second campaign. */
async function aWorkspace({ fieldMaySend = false, ...options }: Options = {}) {
  const { store, db } = openTestStore();
  const clock = createClock();
  await store.access.createWorkspace({
    workspace: {
      id: workspace,
      rev: 1,
      name: "Acme",
      access: { fieldMaySend },
      createdAt: startOfTime,
    },
    admin: { user, name: "Ana", email: "ana@example.com" },
    onlyFirst: true,
    now: startOfTime,
  });
  const people: readonly [string, string, Role][] = [
    [finn, "finn", "field"],
    [otto, "otto", "office"],
    [mona, "mona", "manager"],
  ];
  for (const [id, name, role] of people) {
    const membership = { workspace, user: id, role, name, email: `${name}@example.com` };
    await store.access.addMember({ membership, by: user, now: startOfTime });
  }
  const active = { phase: "active", name: "First" } as const;
  const usual = [
    aCampaign(active),
    aCampaign({ ...active, id: other, name: "Second", createdBy: finn }),
  ];
  for (const campaign of options.campaigns ?? usual) await seedDocuments(store, { campaign });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "account", id: mailer, doc: anAccount({ id: mailer, provider: "smtp" }) }],
    activity: null,
    now: startOfTime,
  });
  await store.notices.setAccount({ workspace, accountId: mailer, by: user, now: startOfTime });

  const told: Telling[] = [];
  const way = {
    tell: async (telling: Telling): Promise<Told> => {
      told.push(telling);
      return options.answer?.(telling, told.length) ?? { end: "sent" };
    },
  };
  let starts = 0;
  /** A start of the process: its steps until nothing is due. */
  const open = (fault?: (point: NoticePoint) => void) => {
    const boot = `boot ${(starts += 1)}`;
    let nonce = 0;
    return () =>
      tellOnce({
        store,
        ways: { email: way, push: way },
        clock: () => clock.now,
        newNonce: () => `${boot} ${(nonce += 1)}`,
        boot,
        warn: () => undefined,
        ...(fault === undefined ? {} : { fault }),
      });
  };
  const settle = async (step = open()): Promise<void> => {
    for (let n = 0; n < 10; n += 1) {
      const next = await step();
      if (next === null || next > clock.now) return;
    }
    throw new Error("it never came to rest");
  };
  const stop = (reason: Parameters<typeof store.delivery.standStill>[0]["reason"]) =>
    store.delivery.standStill({ reason, now: clock.now });
  const resumed = { phase: "active", pausedFrom: null, pauseReason: null, pausedAt: null } as const;
  const resume = async (...ids: string[]): Promise<void> => {
    for (const id of ids) await setPhase(store, resumed, id);
  };
  return { store, db, clock, told, open, settle, stop, resume };
}

function aRollup(id: string, counts: Partial<StateCounts>): Rollup {
  const states = { ...noCounts, ...counts };
  const total = Object.values(states).reduce((sum, n) => sum + n, 0);
  const series = { spanMs: minuteMs, series: [] };
  return { id, total, states, segments: states, reasons: [], ...series, rate: 0, at: startOfTime };
}

/** Mona has a report each Monday at eight. */
async function subscribe(store: Store, now: number) {
  const plan = { every: "week", weekday: 1, hour: 8, zone: "UTC" } as const;
  const nextAt = nextReportAt(plan, now);
  const subscription = { id: anId(0xe0), name: "Mondays", ...plan, channels: [], nextAt };
  await store.subscriptions.putSubscription({ workspace, user: mona, subscription });
  return store.subscriptions.subscriptions({ workspace, user: mona });
}

const anApproval = {
  contentHash: "h",
  audienceRev: 1,
  schedule: null,
  by: null,
  at: null,
  reason: "",
} as const;

const notTaken = (): Told => ({ end: "later", afterMs: null, why: "network_error" });

const oldIsGone = ({ device }: Telling): Told =>
  device?.id === "old" ? { end: "failed", why: "status 410", dropsDevice: true } : { end: "sent" };

const mails = (told: readonly Telling[]) => told.map(({ mail }) => mail?.to ?? "").toSorted(byName);
const byName = (a: string, b: string) => a.localeCompare(b);

test("S1-D2 AMB-10 whoever may resume hears of it once, of all that one cause stopped together", async () => {
  const { settle, stop, told } = await aWorkspace();
  await stop("breaker");
  await settle();
  await settle();
  expect(mails(told)).toEqual(["ana@example.com", "mona@example.com", "otto@example.com"]);
  for (const { campaigns, cause, count } of told) {
    expect({ cause, count, names: campaigns.map(({ name }) => name).toSorted() }).toEqual({
      cause: "breaker",
      count: 2,
      names: ["First", "Second"],
    });
  }
});

test("field marketers hear of their own campaigns where the workspace lets them resume", async () => {
  const { settle, stop, told } = await aWorkspace({ fieldMaySend: true });
  await stop("failure_ratio");
  await settle();
  expect(mails(told)).toContain("finn@example.com");
  const theirs = await aWorkspace({
    fieldMaySend: true,
    campaigns: [aCampaign({ phase: "active" })],
  });
  await theirs.stop("failure_ratio");
  await theirs.settle();
  expect(mails(theirs.told)).not.toContain("finn@example.com");
});

test("never more than one of a campaign and cause in 15 minutes, whatever resumes and pauses it; another cause is told", async () => {
  const { clock, resume, settle, stop, told } = await aWorkspace();
  for (let minute = 0; minute < 15; minute += 1) {
    await stop("breaker");
    await settle();
    await resume(campaignId, other);
    clock.now += minuteMs;
  }
  expect(told).toHaveLength(3);
  clock.now -= minuteMs;
  await stop("quota");
  await settle();
  expect(told.map(({ cause }) => cause).slice(3)).toEqual(["quota", "quota", "quota"]);
  await resume(campaignId, other);
  clock.now += minuteMs;
  await stop("breaker");
  await settle();
  expect(told).toHaveLength(9);
});

test("a clock that was set back by years does not silence it", async () => {
  const { clock, resume, settle, stop, told } = await aWorkspace();
  await stop("breaker");
  await settle();
  await resume(campaignId, other);
  clock.now -= 3_650 * dayMs;
  await stop("breaker");
  await settle();
  expect(told).toHaveLength(6);
});

test("what a person pauses is no news, and each reason of the system is", async () => {
  const { clock, resume, settle, stop, store, told } = await aWorkspace();
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" }, other);
  await settle();
  expect(told).toEqual([]);
  const causes = pauseReasons.filter((reason) => reason !== "user");
  for (const reason of causes) {
    await resume(campaignId, other);
    await stop(reason);
    await settle();
    clock.now += minuteMs;
  }
  expect([...new Set(told.map(({ cause }) => cause))]).toEqual(causes);
});

test("S1-D4 the warning before 72 hours are over, and the end, are told", async () => {
  const { clock, settle, stop, store, told } = await aWorkspace();
  await stop("breaker");
  await settle();
  clock.now += 49 * hourMs;
  for (const _ of [1, 2]) {
    await store.delivery.endPauses({ warnMs: 24 * hourMs, now: clock.now });
    await settle();
  }
  clock.now += 24 * hourMs;
  await store.delivery.endPauses({ warnMs: 24 * hourMs, now: clock.now });
  await settle();
  const causes: NoticeCause[] = told.map(({ cause }) => cause);
  expect(causes.filter((_, index) => index % 3 === 0)).toEqual(["breaker", "expiring", "expired"]);
});

test("who made a campaign hears that all of it is sent, with how it went; others where they choose so", async () => {
  const { clock, db, settle, store, told } = await aWorkspace();
  const all = { ...usualNoticeChoice, finished: "all" } as const;
  await store.notices.setChoice({ workspace, user: mona, choice: all });
  const none = { ...usualNoticeChoice, finished: "none" } as const;
  await store.notices.setChoice({ workspace, user, choice: none });
  const doc = aRollup(other, { delivered: 11, failed: 1 });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "rollup", id: other, doc }],
    activity: null,
    now: clock.now,
  });
  for (const campaign of [campaignId, other]) {
    noteNotice(db, workspace, { campaign, cause: "finished", now: clock.now });
  }
  await settle();
  const heard = told.map(({ mail, campaigns }) => [
    mail?.to,
    campaigns.map(({ name, glance }) => `${name}: ${glance}`),
  ]);
  const second = "Second: Sent to 11 of 12, 100% of them delivered so far, 1 failed.";
  expect(Object.fromEntries(heard)).toEqual({
    "finn@example.com": [second],
    "mona@example.com": ["First: ", second],
  });
});

test("S0-D7 who may approve hears of a launch that waits, but not who asked, nor once it is answered", async () => {
  const { clock, settle, store, told } = await aWorkspace();
  const ask = (id: string, askedBy: string, askedAt: number, state: "asked" | "approved") =>
    setPhase(store, { phase: "pending", approval: { ...anApproval, askedBy, askedAt, state } }, id);
  await ask(campaignId, otto, clock.now, "asked");
  await settle();
  expect(mails(told)).toEqual(["ana@example.com", "mona@example.com"]);
  expect(told[0]).toMatchObject({ cause: "approval", count: 1 });
  // The same request, written again with something else, is no news; answered at once, it is none.
  clock.now += 20 * minuteMs;
  await ask(campaignId, otto, clock.now - 20 * minuteMs, "asked");
  await ask(other, finn, clock.now, "asked");
  await ask(other, finn, clock.now, "approved");
  await settle();
  expect(told).toHaveLength(2);
});

test("a report that is due comes to its person once, with the numbers of its days, and again a week later", async () => {
  const { clock, db, open, settle, store, told } = await aWorkspace();
  const [kept] = await subscribe(store, clock.now);
  const doc = {
    ...aRollup(other, { delivered: 11, failed: 1 }),
    series: [{ at: clock.now, entered: { submitted: 11, delivered: 11, failed: 1 } }],
  };
  publish(db, workspace, [{ kind: "rollup", id: other, doc }], clock.now);
  await settle();
  expect(told).toEqual([]);
  clock.now = kept?.nextAt ?? 0;
  // A crash after it was written down: the next start tells it, and not twice.
  await expect(
    open((point) => {
      if (point === "spread") throw new Error("the power is cut");
    })(),
  ).rejects.toThrow("the power is cut");
  await settle();
  await settle();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ cause: "report", mail: { to: "mona@example.com" } });
  expect(told[0]?.said?.title).toMatch(/^Mondays: /);
  expect(told[0]?.said?.text).toContain("Submitted: 11");
  expect(told[0]?.said?.text).toContain("Failed: 8.3% (1");
  expect(told[0]?.said?.text).toContain("Second. Sent to 11 of 12");
  clock.now += 7 * dayMs;
  await settle();
  expect(told.map(({ said }) => said?.text.slice(0, 16))).toEqual([
    expect.any(String),
    "Nothing was sent",
  ]);
});

test("an alert is told once for each campaign that is beyond it, of what happens after it was made, to whom it is", async () => {
  const { clock, db, settle, store, told } = await aWorkspace();
  const count = (id: string, failed: number): void => {
    const doc = aRollup(id, { delivered: 100 - failed, failed });
    publish(db, workspace, [{ kind: "rollup", id, doc }], clock.now);
  };
  count(campaignId, 50);
  const alert = {
    id: anId(0xe1),
    measure: "failed",
    above: 0.05,
    least: 100,
    channels: [],
  } as const;
  await store.subscriptions.putAlert({ workspace, user: mona, alert });
  count(other, 5);
  await settle();
  expect(told).toEqual([]);
  count(other, 6);
  await settle();
  count(other, 20);
  await settle();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    cause: "alert",
    mail: { to: "mona@example.com" },
    said: { title: "more than 5% of what was tried failed" },
    campaigns: [{ name: "Second", glance: expect.stringContaining("6 failed") }],
  });
  await store.subscriptions.putAlert({ workspace, user: mona, alert: { ...alert, above: 0.1 } });
  count(other, 21);
  count(campaignId, 50);
  await settle();
  expect(told.slice(1).map(({ campaigns }) => campaigns.map(({ name }) => name))).toEqual([
    ["Second", "First"],
  ]);
});

test("who is no member any more has no report and no alert left", async () => {
  const { clock, settle, store, told } = await aWorkspace();
  const [kept] = await subscribe(store, clock.now);
  await store.access.removeMember({ workspace, user: mona, by: user, now: clock.now });
  clock.now = kept?.nextAt ?? 0;
  await settle();
  expect(told).toEqual([]);
  expect(await store.subscriptions.subscriptions({ workspace, user: mona })).toEqual([]);
});

test("a planned time that passed while the server was down is told", async () => {
  const schedule = {
    at: startOfTime - dayMs,
    zone: "Europe/Berlin",
    ifLate: "hold",
  } as const;
  const late = aCampaign({ phase: "scheduled", launchedAt: null, schedule });
  const { clock, settle, store, told } = await aWorkspace({ campaigns: [late] });
  const due = { workspace, campaignId, graceMs: 6 * hourMs, now: clock.now };
  await store.delivery.comeDue(due);
  await settle();
  expect(told[0]).toMatchObject({ cause: "missed", count: 1 });
});

test("a restored server tells what it stopped, and nothing of what the back-up still had to tell", async () => {
  const { clock, settle, stop, store, told } = await aWorkspace();
  await stop("breaker");
  await store.admin.adopt({ beside: null, isCopy: true, now: clock.now });
  await settle();
  expect([...new Set(told.map(({ cause }) => cause))]).toEqual(["restore"]);
});

test.each<NoticePoint>(["spread", "claimed", "told", "settled"])(
  "a crash after it was %s: everybody is told, under one key each, and nobody who was settled again",
  async (point) => {
    const { open, settle, stop, told } = await aWorkspace();
    await stop("breaker");
    let isDead = false;
    const step = open((reached) => {
      if (isDead || reached === point) {
        isDead = true;
        throw new Error("the power is cut");
      }
    });
    await expect(step()).rejects.toThrow("the power is cut");
    await settle();
    await settle();
    const people = new Map<string, Set<string>>();
    for (const { key, mail } of told) {
      const to = mail?.to ?? "";
      people.set(to, (people.get(to) ?? new Set()).add(key));
    }
    expect([...people.values()].map((keys) => keys.size)).toEqual([1, 1, 1]);
    // Only what left, and could not be written down, is repeated.
    expect(told.length).toBeLessThanOrEqual(point === "told" || point === "settled" ? 6 : 3);
  },
);

test("the pause and its notice are one: where the pause cannot be written there is none", async () => {
  const { db, settle, stop, store, told } = await aWorkspace();
  db.run("create trigger refuse before insert on notice begin select raise(abort, 'no'); end");
  await expect(stop("breaker")).rejects.toThrow("no");
  db.run("drop trigger refuse");
  const list = await store.sync.list({ workspace, kind: "campaign" });
  expect(list.map(({ phase }) => phase)).toEqual(["active", "active"]);
  await settle();
  expect(told).toEqual([]);
});

test("what is not taken is tried again under its key, five times and not for ever", async () => {
  const { clock, settle, open, stop, told } = await aWorkspace({ answer: notTaken });
  const step = open();
  await stop("breaker");
  for (let n = 0; n < 10; n += 1) {
    await settle(step);
    clock.now += 4 * hourMs;
  }
  const ofAna = told.filter(({ mail }) => mail?.to === "ana@example.com");
  expect(ofAna).toHaveLength(6);
  expect(new Set(ofAna.map(({ key }) => key)).size).toBe(1);
});

test("a day later it is old news and is not told", async () => {
  const { clock, settle, stop, told } = await aWorkspace();
  await stop("breaker");
  clock.now += dayMs + 1;
  await settle();
  expect(told).toEqual([]);
});

test("a person turns each way off for themselves; who is no member any more hears nothing", async () => {
  const { settle, stop, store, told, clock } = await aWorkspace();
  const device = { id: "phone", name: "Phone", sealed: "x", at: clock.now };
  for (const who of [user, otto, mona]) {
    const theirs = { ...device, id: `phone of ${who}` };
    expect(await store.notices.addDevice({ workspace, user: who, device: theirs })).toBe(true);
  }
  await store.notices.setChoice({
    workspace,
    user,
    choice: { ...usualNoticeChoice, email: false },
  });
  await store.notices.setChoice({
    workspace,
    user: otto,
    choice: { ...usualNoticeChoice, push: false },
  });
  await store.access.removeMember({ workspace, user: mona, by: user, now: clock.now });
  await stop("breaker");
  await settle();
  expect(told.map(({ way, mail, device: to }) => [way, mail?.to ?? to?.id])).toEqual([
    ["push", `phone of ${user}`],
    ["email", "otto@example.com"],
  ]);
});

test("a subscription that is gone is removed, and nobody else's", async () => {
  const { settle, stop, store, clock } = await aWorkspace({ answer: oldIsGone });
  for (const id of ["old", "new"]) {
    const device = { id, name: id, sealed: "x", at: clock.now };
    await store.notices.addDevice({ workspace, user, device });
  }
  await stop("breaker");
  await settle();
  const left = await store.notices.devices({ workspace, user });
  expect(left.map(({ id }) => id)).toEqual(["new"]);
});

test("only an account that writes e-mails to people can be named", async () => {
  const { store, clock } = await aWorkspace();
  const args = { workspace, by: user, now: clock.now };
  expect(await store.notices.setAccount({ ...args, accountId: anAccount().id })).toBe(false);
  expect(await store.notices.setAccount({ ...args, accountId: anId(0xff) })).toBe(false);
  expect(await store.notices.account({ workspace })).toBe(mailer);
  expect(await store.notices.setAccount({ ...args, accountId: null })).toBe(true);
  expect(await store.notices.account({ workspace })).toBe(null);
});
