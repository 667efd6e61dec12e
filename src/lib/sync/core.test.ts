import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { emptyContent, type Campaign } from "#domain/campaign/campaign.ts";
import { ok, err } from "#domain/core/result.ts";
import { dayMs, minuteMs } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import { commandVersions } from "#protocol/command.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { createCommands } from "#server/commands/apply.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { viewOf } from "#server/commands/view.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ClientDb } from "../db/client-db.ts";
import { failure } from "./api.ts";
import type { KeptComparison } from "./clock.ts";
import { collectWork } from "../db/carried.ts";
import { momentOf } from "./clock.ts";
import { createSyncCore, type CoreDeps, type SyncCore } from "./core.ts";
import type { Transport } from "./transport.ts";

const workspace = "00000000-0000-7000-8000-000000000001";
const user = "00000000-0000-7000-8000-000000000002";
const actor = { user, role: "admin", access: defaultAccessSettings } as const;

let made = 0;
function newId(): string {
  made += 1;
  return `00000000-0000-7000-9000-${String(made).padStart(12, "0")}`;
}

/** The real rules and the real storage of the server, without HTTP. */
function aServer(startsAt = 1_800_000_000_000) {
  let now = startsAt;
  const clock = () => (now += 1_000);
  const store = openInlineStore(":memory:");
  const commands = createCommands({ store, clock, checkContent: openContentCheck() });
  const puller = createPuller({ store, clock });
  const transport: Transport = {
    async push({ client, instance, schema, commands: list }) {
      const verdicts = [];
      for (const command of list) {
        const sender = { workspace, ...actor, client, instance, schema };
        const done = await commands.apply({ ...sender, command });
        if (done.outcome === "gap") {
          const epoch = await puller.epoch();
          return ok({ verdicts, expected: done.expected, time: clock(), epoch });
        }
        verdicts.push(done.verdict);
      }
      return ok({ verdicts, expected: null, time: clock(), epoch: await puller.epoch() });
    },
    pull: async (request) => ok(await puller.pull({ ...request, workspace, user: actor.user })),
  };
  const documents = async (kind: "campaign" | "audience") => store.sync.list({ workspace, kind });
  const act = (wanted: Act) => commands.act({ workspace, ...actor, act: wanted });
  return { transport, documents, act, clock, store };
}

type Server = ReturnType<typeof aServer>;

const opened: ClientDb[] = [];

function aDevice(server: Server, how: Partial<CoreDeps> = {}) {
  const db = how.db ?? new ClientDb(`device-${newId()}`);
  opened.push(db);
  const clock = { wall: server.clock, monotonic: server.clock };
  const deps = { db, transport: server.transport, clock, newId, actor: () => actor, ...how };
  return { db, core: createSyncCore(deps) };
}

afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

function creation(name: string, id = newId()): Extract<Act, { name: "campaign.create" }> {
  const args = { id, type: "email", name, content: emptyContent } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

function renaming(id: string, was: string, set: string): Act {
  return { name: "campaign.edit", args: { id, name: { was, set } } };
}

async function settle(core: SyncCore): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const pushed = await core.pushOnce();
    if (pushed.outcome !== "more") break;
  }
  for (let i = 0; i < 20; i++) {
    const pulled = await core.pullOnce();
    if (pulled.outcome !== "more") break;
  }
}

async function namesOf(db: ClientDb): Promise<string[]> {
  return (await db.campaign.toArray()).map(({ doc }) => doc.name).toSorted();
}

describe("a device", () => {
  test("shows a change at once and keeps it until the server has it", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    expect(await core.write(creation("Summer sale"))).toEqual(ok(1));
    expect(await namesOf(db)).toEqual(["Summer sale"]);
    expect(core.facts.unsent).toBe(1);
    await settle(core);
    expect(core.status).toBe("live");
    expect(await db.outbox.count()).toBe(0);
    expect(await db.shadow.count()).toBe(0);
    const [row] = await db.campaign.toArray();
    expect(row?.doc.number).toBe(1001);
    expect((await server.documents("campaign")).length).toBe(1);
  });

  test("stores nothing when the rule refuses", async () => {
    const { db, core } = aDevice(aServer());
    const refused = await core.write(creation("  "));
    expect(refused).toMatchObject({ ok: false, error: { type: "invalid", field: "name" } });
    expect([await db.outbox.count(), await db.campaign.count()]).toEqual([0, 0]);
  });

  test("[S12] keeps showing an accepted change while its row has not come", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const draft = creation("Old name");
    await core.write(draft);
    await settle(core);
    await core.write(renaming(draft.args.id, "Old name", "New name"));
    await core.pushOnce();
    expect(await namesOf(db)).toEqual(["New name"]);
    expect(core.facts.unsent).toBe(0);
    await core.pullOnce();
    expect(await namesOf(db)).toEqual(["New name"]);
    expect(await db.sent.count()).toBe(2);
  });

  test("lets the overlay go when the row came before the verdict", async () => {
    const server = aServer();
    const noise = lossy(server.transport);
    const { db, core } = aDevice(server, { transport: noise });
    await settle(core);
    await core.write(creation("Sale"));
    noise.loseNext("answer");
    expect((await core.pushOnce()).outcome).toBe("failed");
    await core.pullOnce();
    expect(await namesOf(db)).toEqual(["Sale"]);
    await core.pushOnce();
    expect(await db.outbox.count()).toBe(0);
    expect(await db.shadow.count()).toBe(0);
  });

  test("[S21] keeps what was sent by the server's time, though its own clock was set by years meanwhile", async () => {
    const server = aServer();
    const noise = lossy(server.transport);
    const { db, core } = aDevice(server, { transport: noise });
    await settle(core);
    await core.write(creation("Sale"));
    noise.loseNext("answer");
    await core.pushOnce();
    await core.pullOnce();
    // Another tab asks again, and hears the server for the first time while the clock is set.
    let skewMs = 0;
    const setMeanwhile: Transport = {
      ...server.transport,
      async push(request) {
        const answer = await server.transport.push(request);
        skewMs = -4_000 * dayMs;
        return answer;
      },
    };
    const wall = (): number => server.clock() + skewMs;
    const clock = { wall, monotonic: server.clock };
    await aDevice(server, { db, transport: setMeanwhile, clock }).core.pushOnce();
    const [sent] = await db.sent.toArray();
    expect(Math.abs(server.clock() - (sent?.coveredAt ?? 0))).toBeLessThan(dayMs);
  });

  test("[S12] turns a refused edit into a card with what was typed, and shows the server's row again", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const draft = creation("Sale");
    await core.write(draft);
    await settle(core);
    await core.write(renaming(draft.args.id, "Sale", "Big sale"));
    await server.act({ name: "campaign.cancel", args: { id: draft.args.id } });
    await settle(core);
    expect(await namesOf(db)).toEqual(["Sale"]);
    const [card] = await db.inbox.toArray();
    expect(card).toMatchObject({
      kind: "rejected",
      refusal: { type: "illegal_move" },
      mine: { name: "Big sale" },
    });
    expect(await db.outbox.count()).toBe(0);
  });

  test("makes one card of several edits of one campaign that were refused for one reason", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const draft = creation("Sale");
    await core.write(draft);
    await settle(core);
    await core.write(renaming(draft.args.id, "Sale", "Sales"));
    await core.write(renaming(draft.args.id, "Sales", "Big sale"));
    await server.act({ name: "campaign.cancel", args: { id: draft.args.id } });
    await settle(core);
    expect(await db.inbox.toArray()).toMatchObject([
      {
        kind: "rejected",
        act: { args: { name: { was: "Sale", set: "Big sale" } } },
        mine: { name: "Big sale" },
        followers: [],
      },
    ]);
  });

  test("keeps the typed version of a campaign that was deleted meanwhile", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const draft = creation("Sale");
    await core.write(draft);
    await settle(core);
    await core.write(renaming(draft.args.id, "Sale", "Big sale"));
    await server.act({ name: "campaign.delete", args: { id: draft.args.id } });
    await core.pullOnce();
    await settle(core);
    expect(await db.campaign.count()).toBe(0);
    const [card] = await db.inbox.toArray();
    expect(card).toMatchObject({ refusal: { type: "gone" }, mine: { name: "Big sale" } });
  });

  test("[S13] tells once what a merge wrote over", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const draft = creation("Sale");
    await core.write(draft);
    await settle(core);
    await server.act(renaming(draft.args.id, "Sale", "Theirs"));
    await core.write(renaming(draft.args.id, "Sale", "Mine"));
    await settle(core);
    const cards = await db.inbox.toArray();
    expect(cards).toMatchObject([
      { kind: "merged", lost: [{ field: "name", theirs: "Theirs", mine: "Mine" }] },
    ]);
    expect(await namesOf(db)).toEqual(["Mine"]);
  });

  test("takes back what never left, with what builds on it, and leaves no gap", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    const first = creation("First");
    await core.write(first);
    await core.write(renaming(first.args.id, "First", "Better"));
    await core.write(creation("Second"));
    expect(await core.discard(1)).toBe(true);
    expect(await namesOf(db)).toEqual(["Second"]);
    await settle(core);
    expect(await namesOf(db)).toEqual(["Second"]);
    expect((await server.documents("campaign")).length).toBe(1);
  });

  test("does not take back what may be at the server", async () => {
    const server = aServer();
    const noise = lossy(server.transport);
    const { core } = aDevice(server, { transport: noise });
    await core.write(creation("Sale"));
    noise.loseNext("answer");
    await core.pushOnce();
    expect(await core.discard(1)).toBe(false);
  });

  test("sends again what a restored server forgot", async () => {
    const before = aServer();
    const { db, core } = aDevice(before);
    await core.write(creation("First"));
    await core.write(creation("Second"));
    await settle(core);
    const after = aServer();
    const again = aDevice(after, { db });
    await settle(again.core);
    await settle(again.core);
    expect(await namesOf(db)).toEqual(["First", "Second"]);
    expect((await after.documents("campaign")).map(({ name }) => name).toSorted()).toEqual([
      "First",
      "Second",
    ]);
  });

  test("sends again what was accepted before its first page came, when the server was restored since", async () => {
    const before = aServer();
    const { db, core } = aDevice(before);
    await core.write(creation("First"));
    await core.pushOnce();
    const after = aServer();
    const again = aDevice(after, { db });
    await settle(again.core);
    await settle(again.core);
    expect((await after.documents("campaign")).map(({ name }) => name)).toEqual(["First"]);
    expect(await db.outbox.count()).toBe(0);
  });

  test("asks a restored server before it forgets what was sent, however long it was away", async () => {
    const before = aServer();
    const { db, core } = aDevice(before);
    await core.write(creation("First"));
    await settle(core);
    const after = aServer(1_800_000_000_000 + 30 * dayMs);
    const again = aDevice(after, { db });
    await again.core.write(creation("Second"));
    for (let round = 0; round < 3; round++) {
      await again.core.pullOnce();
      await again.core.pullOnce();
      await settle(again.core);
    }
    expect((await after.documents("campaign")).map(({ name }) => name).toSorted()).toEqual([
      "First",
      "Second",
    ]);
  });

  test("shows two tabs' writes once each, in whichever tab they are pushed", async () => {
    const server = aServer();
    const one = aDevice(server);
    const other = aDevice(server, { db: new ClientDb(one.db.name) });
    await Promise.all([one.core.write(creation("One")), other.core.write(creation("Two"))]);
    await Promise.all([
      one.core.pushOnce(),
      other.core.pushOnce(),
      one.core.pullOnce(),
      other.core.pullOnce(),
    ]);
    await Promise.all([settle(one.core), settle(other.core)]);
    await settle(one.core);
    expect(await namesOf(one.db)).toEqual(["One", "Two"]);
    expect((await server.documents("campaign")).length).toBe(2);
    expect(await one.db.outbox.count()).toBe(0);
  });

  test("drops a page of the live connection that does not fit, and asks for a new one", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    await settle(core);
    const hello = await core.hello();
    await server.act(creation("Live"));
    const answer = await server.transport.pull(hello, onlyOne);
    if (!answer.ok) throw new Error("the server answers here");
    expect(await core.receive(answer.value)).toMatchObject({
      act: "ack",
      message: { ch: hello.ch },
    });
    expect(await namesOf(db)).toEqual(["Live"]);
    expect(await core.receive(answer.value)).toEqual({ act: "redial" });
    core.hangUp();
    expect(await core.receive(answer.value)).toEqual({ act: "none" });
  });
});

const outdated = async () => err({ kind: "update-required", retryAfterMs: null } as const);
const behind = async () => err({ kind: "server-behind", retryAfterMs: 60_000 } as const);

const unreachable = async () => err(failure("unreachable"));

/** Every start is a page of its own: its monotonic clock begins anew. */
function aTablet() {
  const server = aServer();
  const database = `device-${newId()}`;
  const tablet = { skew: 0, asleep: 0, isOnline: false, kept: null as KeptComparison | null };
  const transport: Transport = {
    push: (said) => (tablet.isOnline ? server.transport.push(said) : unreachable()),
    pull: (...said) => (tablet.isOnline ? server.transport.pull(...said) : unreachable()),
  };
  function start() {
    const began = server.clock();
    const wall = () => server.clock() + tablet.skew + tablet.asleep;
    const clock = { wall, monotonic: () => server.clock() - began };
    const db = new ClientDb(database);
    return { ...aDevice(server, { db, transport, clock, kept: async () => tablet.kept }), clock };
  }
  const compared = () => {
    const now = server.clock();
    tablet.kept = { offset: -tablet.skew, comparedAt: now, seen: now };
  };
  return { server, tablet, start, compared };
}

async function claims(db: ClientDb) {
  const commands = await db.outbox.orderBy("mid").toArray();
  return commands.map(({ at }) => at);
}

describe("a device that starts without a network", () => {
  test("[S49] dates what is done by the comparison of before, and the first answer finds nothing wrong", async () => {
    const { server, tablet, start, compared } = aTablet();
    tablet.skew = 40 * dayMs;
    compared();
    const { db, core } = start();
    await core.write(creation("Noted at the stand"));
    const [claim] = await claims(db);
    expect(Math.abs((claim?.wall ?? 0) + (claim?.offset ?? 0) - server.clock())).toBeLessThan(
      60_000,
    );
    expect(claim?.offsetAge).toBeLessThan(60_000);
    tablet.isOnline = true;
    await core.pullOnce();
    expect(await claims(db)).toEqual([claim]);
  });

  test("[S49] says of what it dated that nobody knows when it was, once the clock turns out to have been set", async () => {
    const { tablet, start, compared } = aTablet();
    compared();
    tablet.skew = 5 * 60 * minuteMs;
    const first = start();
    await first.core.write(creation("Dated by a clock that runs ahead"));
    await first.core.write(creation("In a file as well"));
    const [, inFile] = await first.db.outbox.orderBy("mid").toArray();
    const copied = { how: "saved", at: 0 } as const;
    await first.db.outbox.update(inFile?.mid ?? 0, { copied });
    first.db.close();
    // The page is closed before the network is back: the next start finds out.
    const { db, core } = start();
    tablet.isOnline = true;
    await core.pullOnce();
    await core.write(creation("Dated by the server's own clock"));
    const ages = (await claims(db)).map(({ offsetAge }) => offsetAge !== null);
    expect(ages).toEqual([false, true, true]);
    await settle(core);
    expect(await db.outbox.count()).toBe(0);
  });

  test("[S49] a clock that was set back behind what is known to have passed dates nothing", async () => {
    const { tablet, start, compared } = aTablet();
    compared();
    tablet.skew = -dayMs;
    const { db, core } = start();
    await core.write(creation("Undated"));
    expect(await claims(db)).toMatchObject([{ offset: null, offsetAge: null }]);
  });
});

/** Compared, and then without a network. */
async function aPage() {
  const { server, tablet, start } = aTablet();
  tablet.isOnline = true;
  const { db, core, clock } = start();
  await core.pullOnce();
  tablet.isOnline = false;
  const madeAt = async () => {
    const [claim] = await claims(db);
    return (claim?.wall ?? 0) + (claim?.offset ?? 0) - server.clock();
  };
  return { server, tablet, db, core, clock, madeAt };
}

test("[S13] an accepted command that came late leaves a card that tells what had gone, once", async () => {
  const server = aServer();
  const note = { late: 7, gone: 4, total: 9 };
  const push: Transport["push"] = async (said) => {
    const answer = await server.transport.push(said);
    if (!answer.ok) return answer;
    return ok({
      ...answer.value,
      verdicts: answer.value.verdicts.map((verdict) => ({ ...verdict, note })),
    });
  };
  const { db, core } = aDevice(server, { transport: { ...server.transport, push } });
  await core.write(creation("Late"));
  await settle(core);
  const gone = { since: 7, count: 4, total: 9 };
  expect(await db.inbox.toArray()).toMatchObject([{ kind: "told", gone }]);
  expect(await collectWork(db)).toMatchObject({ commands: [], cards: [] });
});

describe("a page that stays open while the tablet sleeps", () => {
  test("[S49] dates what is typed after it by the time that went by", async () => {
    const { tablet, core, madeAt } = await aPage();
    tablet.asleep = 5 * 60 * minuteMs;
    await core.write(creation("Typed after a long lunch"));
    expect(Math.abs((await madeAt()) - tablet.asleep)).toBeLessThan(minuteMs);
  });

  test("[S49] says of it that nobody knows when it was, once the clock turns out to have been set", async () => {
    const { tablet, db, core } = await aPage();
    await core.write(creation("Dated by a good clock"));
    tablet.skew = 5 * 60 * minuteMs;
    await core.write(creation("Dated by a clock that was set"));
    tablet.isOnline = true;
    await core.pullOnce();
    await core.write(creation("Dated by the server's own clock"));
    const ages = (await claims(db)).map(({ offsetAge }) => offsetAge !== null);
    expect(ages).toEqual([true, false, true]);
  });

  test("[S49] finds that out by an answer to a ping too", async () => {
    const { server, tablet, db, core, clock } = await aPage();
    tablet.skew = 5 * 60 * minuteMs;
    await core.write(creation("Dated by a clock that was set"));
    await core.compare(momentOf(clock), server.clock());
    expect(await claims(db)).toMatchObject([{ offsetAge: null }]);
    expect(core.serverClock.isRecalled()).toBe(false);
  });
});

describe("[S23] a device of another version than the server", () => {
  const older = protocolVersion - 1;

  /** The server as it was before `campaign.edit` came to its newest version. */
  function before({ transport }: Server) {
    const commands = { ...commandVersions, "campaign.edit": commandVersions["campaign.edit"] - 1 };
    const heard: { v: number; names: string[] }[] = [];
    const old: Transport = {
      push: async (request) => {
        if (request.v > older) return behind();
        heard.push({ v: request.v, names: request.commands.map(({ name }) => name) });
        return transport.push(request);
      },
      pull: behind,
      announced: async () => ok({ protocol: older, schema: schemaVersion, commands }),
    };
    return { old, heard };
  }

  test("may not hear, and still says what it has; it never says that all is well", async () => {
    const server = aServer();
    const { db, core } = aDevice(server, { transport: { ...server.transport, pull: outdated } });
    await core.write(creation("Written before the update"));
    await settle(core);
    expect(await server.documents("campaign")).toMatchObject([
      { name: "Written before the update" },
    ]);
    expect([core.status, core.facts.unsent]).toEqual(["update-required", 0]);
    await core.write(creation("And after"));
    await core.pushOnce();
    expect(core.status).toBe("update-required");
    // What the server took stays in sight until its row comes, after the update.
    expect(await namesOf(db)).toEqual(["And after", "Written before the update"]);
    const updated = aDevice(server, { db });
    await settle(updated.core);
    expect([updated.core.status, await db.outbox.count()]).toEqual(["live", 0]);
  });

  test("that is newer says what the server knows, holds the rest with what builds on it, and says how many", async () => {
    const server = aServer();
    const { old, heard } = before(server);
    const { db, core } = aDevice(server, { transport: old });
    const [first, second] = [creation("First"), creation("Second")];
    await core.write(first);
    await core.write(renaming(first.args.id, "First", "Renamed"));
    await core.write({ name: "campaign.delete", args: { id: first.args.id } });
    await core.write(second);
    await settle(core);
    expect(heard).toEqual([{ v: older, names: ["campaign.create", "campaign.create"] }]);
    expect(core.facts).toMatchObject({ held: 2, unsent: 2, reach: "server-error" });
    expect(await namesOf(db)).toEqual(["Second"]);
    // The server's update came: the rest follows, in order, and everything is as it was meant.
    const later = aDevice(server, { db });
    await settle(later.core);
    expect((await server.documents("campaign")).map(({ name }) => name)).toEqual(["Second"]);
    expect([later.core.status, later.core.facts.held, await db.inbox.count()]).toEqual([
      "live",
      0,
      0,
    ]);
  });

  test("that is newer than a server without announcements waits", async () => {
    const server = aServer();
    const { core } = aDevice(server, { transport: { push: behind, pull: behind } });
    await core.write(creation("Patience"));
    expect(await core.pushOnce()).toMatchObject({
      outcome: "failed",
      failure: { kind: "server-behind" },
    });
    expect(core.facts.unsent).toBe(1);
  });

  test("shows and sends what an older app wrote, and what it no longer knows it sends as well", async () => {
    const server = aServer();
    const { db, core } = aDevice(server);
    await core.write(creation("Kept"));
    const [stored] = await db.outbox.toArray();
    if (stored === undefined) throw new Error("it waits");
    const strange = { name: "campaign.paint", args: { id: stored.act.args.id, hue: "red" } };
    // @ts-expect-error -- a command of another build, as the database of a device can hold it
    await db.outbox.add({ ...stored, mid: 2, uid: newId(), act: strange });
    const meta = await db.meta.toCollection().first();
    if (meta !== undefined) await db.meta.put({ ...meta, value: { ...meta.value, lastMid: 2 } });
    await core.write(creation("Behind it"));
    await settle(core);
    expect(await namesOf(db)).toEqual(["Behind it", "Kept"]);
    expect(await db.inbox.toArray()).toMatchObject([
      { act: strange, refusal: { type: "invalid", field: "name" } },
    ]);
  });
});

describe("whatever happens on the way", () => {
  const whole = { timeout: 120_000 };
  test(
    "the rows of a device are its base with what waits replayed, and in the end what the server has",
    whole,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (run) => {
          const server = aServer();
          const noise = lossy(server.transport);
          const devices = [
            aDevice(server, { transport: noise }),
            aDevice(server, { transport: noise }),
          ];
          const ids = Array.from({ length: 3 }, () => newId());
          for (const step of run) {
            const device = devices[step.device % 2];
            if (device === undefined) throw new Error("there are two devices");
            noise.loseNext(step.loss);
            await perform(device, ids, step);
            await expectReplayed(device.db);
          }
          noise.loseNext("nothing");
          for (const { core } of [...devices, ...devices]) await settle(core);
          for (const { db } of devices) {
            expect(await db.outbox.count()).toBe(0);
            expect(await db.shadow.count()).toBe(0);
            const rows = (await db.campaign.toArray()).map(({ doc }) => doc);
            expect(rows).toEqual(await server.documents("campaign"));
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});

interface StepPlan {
  readonly device: number;
  readonly what: "create" | "edit" | "cancel" | "remove" | "push" | "pull" | "discard";
  readonly row: number;
  readonly text: string;
  readonly loss: Loss;
}

type Loss = "nothing" | "request" | "answer";

const steps: fc.Arbitrary<StepPlan> = fc.record({
  device: fc.nat(1),
  what: fc.constantFrom(
    "create",
    "edit",
    "cancel",
    "remove",
    "push",
    "push",
    "pull",
    "pull",
    "discard",
  ),
  row: fc.nat(2),
  text: fc.constantFrom("a", "b", "c"),
  loss: fc.constantFrom("nothing", "nothing", "request", "answer"),
});

async function perform(
  { db, core }: { readonly db: ClientDb; readonly core: SyncCore },
  ids: readonly string[],
  { what, row, text }: StepPlan,
): Promise<void> {
  const id = ids[row] ?? "";
  const known = (await db.campaign.get(id))?.doc.name ?? "?";
  switch (what) {
    case "create":
      await core.write(creation(text, id));
      return;
    case "edit":
      await core.write(renaming(id, known, text));
      return;
    case "cancel":
      await core.write({ name: "campaign.cancel", args: { id } });
      return;
    case "remove":
      await core.write({ name: "campaign.delete", args: { id } });
      return;
    case "push":
      await core.pushOnce();
      return;
    case "pull":
      await core.pullOnce();
      return;
    case "discard":
      await core.discard((await db.outbox.orderBy("mid").last())?.mid ?? 0);
  }
}

/** Rows must be what the pure rule makes of the shadows and the waiting commands. */
async function expectReplayed(db: ClientDb): Promise<void> {
  const rows = new Map<string, Campaign>();
  for (const { id, doc } of await db.campaign.toArray()) rows.set(id, doc);
  const shown = inOrder(rows);
  for (const { id, doc } of await db.shadow.toArray()) {
    if (doc === null) rows.delete(id);
    else if ("content" in doc) rows.set(id, doc);
  }
  for (const { act, now } of await db.outbox.orderBy("mid").toArray()) {
    const view = viewOf([...rows].map(([id, doc]) => ({ kind: "campaign", id, doc })));
    const decision = decide(view, act, { ...actor, now, authority: false });
    if (decision.outcome === "rejected") continue;
    for (const write of decision.writes) {
      if (write.doc === null) rows.delete(write.id);
      else if (write.kind === "campaign") rows.set(write.id, write.doc);
    }
  }
  expect(shown).toEqual(inOrder(rows));
}

function inOrder(rows: ReadonlyMap<string, Campaign>) {
  return [...rows].toSorted(([a], [b]) => a.localeCompare(b));
}

/** A network that loses requests or answers when it is told to. */
function lossy(transport: Transport) {
  let next: Loss = "nothing";
  const lost = err({ kind: "unreachable", retryAfterMs: null } as const);
  async function through<T>(send: () => Promise<T>) {
    const loss = next;
    next = "nothing";
    if (loss === "request") return lost;
    const answer = await send();
    return loss === "answer" ? lost : answer;
  }
  return {
    loseNext: (loss: Loss) => (next = loss),
    push: (request: Parameters<Transport["push"]>[0]) => through(() => transport.push(request)),
    pull: (...said: Parameters<Transport["pull"]>) => through(() => transport.pull(...said)),
  };
}

/** This server answers with one page at a time. */
async function onlyOne(): Promise<never> {
  throw new Error("a page came before the answer");
}
