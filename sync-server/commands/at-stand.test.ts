/** Contacts and consents of the stand, from a device's command to the contact store. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ana, anId, ben, noon } from "../../tests/support/campaigns.ts";
import {
  openTestStore,
  seedContacts,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import type { CommandArgs } from "#domain/sync/command.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import type { Verdict } from "#protocol/down.ts";
import { createCommands, type Commands } from "./apply.ts";

const signature = "M10 10L20 30";
let world: OpenStore;
let commands: Commands;
let now = noon;
const mids = new Map<string, number>();
let uids = 0;

beforeEach(() => start());
afterEach(() => world.store.close());

const checkContent = () => ({ unknown: [], problems: [] });

function start(): void {
  now = noon;
  mids.clear();
  world = openTestStore();
  commands = createCommands({ store: world.store, clock: () => now, checkContent });
}

interface How {
  readonly client?: number;
  readonly user?: string;
  readonly at?: {
    readonly wall: number;
    readonly offset: number | null;
    readonly offsetAge: number | null;
  };
}

type Standing = "contact.add" | "contact.edit" | "consent.in" | "consent.out";

async function say<N extends Standing>(
  name: N,
  args: CommandArgs[N],
  how: How = {},
): Promise<Verdict> {
  const client = anId(how.client ?? 0xc1);
  const mid = (mids.get(client) ?? 0) + 1;
  mids.set(client, mid);
  uids += 1;
  const at = how.at ?? { wall: now, offset: 0, offsetAge: minuteMs };
  const done = await commands.apply({
    workspace,
    user: how.user ?? ana,
    role: "field",
    access: { fieldMaySend: false },
    client,
    instance: anId(0xd1),
    schema: 1,
    command: { mid, uid: anId(0x10_000 + uids), name, v: 1, args, at },
  });
  if (done.outcome !== "verdict") throw new Error(`not the next: ${done.expected}`);
  return done.verdict;
}

const id = anId(0x600);

function ann(over: Partial<CommandArgs["contact.add"]> = {}): CommandArgs["contact.add"] {
  return {
    id,
    firstName: "Ann",
    lastName: "",
    email: "person1@example.org",
    phone: null,
    country: "PT",
    place: "Lisbon fair",
    consents: [{ channel: "email", text: null, how: "signature", signature }],
    ...over,
  };
}

const agree = { id, channel: "email", text: null, how: "tick", place: "" } as const;
const leave = { id, channel: "email", place: "" } as const;

async function contacts() {
  const { items } = await world.store.contacts.contacts({
    workspace,
    q: "",
    seesAddresses: true,
    before: null,
    limit: 10,
  });
  return items;
}

async function isGranted(): Promise<boolean> {
  const [one] = await contacts();
  return one?.consents.find(({ channel }) => channel === "email")?.granted ?? false;
}

describe("[S41] a contact of the stand", () => {
  test("[S37] is stored with its consent and the whole proof, in one transaction with the verdict", async () => {
    const text = { workspace, id: anId(0x501), channel: "email" as const, by: ben, now };
    await world.store.signUps.publishText({ ...text, text: "Write to me." });
    await world.store.signUps.publishText({ ...text, id: anId(0x502), text: "Write to me often." });
    const consents = [
      { channel: "email", text: anId(0x501), how: "signature", signature },
    ] as const;
    const wall = now - 90 * minuteMs;
    const at = { wall, offset: 30 * minuteMs, offsetAge: hourMs };
    expect(await say("contact.add", ann({ consents }), { at })).toMatchObject({
      outcome: "ok",
      seqs: {},
    });

    const [one] = await contacts();
    const saidAt = wall + 30 * minuteMs;
    expect(one).toMatchObject({
      contact: { id, email: "person1@example.org", firstName: "Ann", country: "PT" },
      consents: [{ channel: "email", granted: true, at: saidAt, source: "stand: Lisbon fair" }],
    });
    expect(await world.store.signUps.evidenceOf({ workspace, contactId: id })).toEqual([
      expect.objectContaining({
        channel: "email",
        granted: true,
        at: saidAt,
        wall,
        isTrusted: true,
        heardAt: now,
        source: "stand: Lisbon fair",
        textVersion: 1,
        words: "Write to me.",
        how: "signature",
        signature,
        client: anId(0xc1),
        by: ana,
        state: "counts",
      }),
    ]);
  });

  test("whose address is known merges: what was typed counts, where it is silent the known stays", async () => {
    seedContacts(world.db, [{ firstName: "Anna", consents: false }]);
    const verdict = await say("contact.add", ann({ firstName: "", country: "PT" }));
    expect(verdict.note).toEqual({ known: true });
    const all = await contacts();
    expect(all).toHaveLength(1);
    expect(all[0]?.contact).toMatchObject({
      firstName: "Anna",
      country: "PT",
      phone: "+491510000001",
    });
    expect(await isGranted()).toBe(true);
    // Later commands name it by the device's own id.
    const edited = await say("contact.edit", { id, firstName: { was: "", set: "Annie" } });
    expect(edited).toMatchObject({
      outcome: "merged",
      lost: [{ field: "firstName", theirs: "Anna" }],
    });
    expect((await contacts())[0]?.contact.firstName).toBe("Annie");
  });

  test("that two devices add is one contact", async () => {
    await say("contact.add", ann());
    await say("contact.add", ann({ id: anId(0x601), lastName: "Lee" }), {
      client: 0xc2,
      user: ben,
    });
    expect((await contacts()).map(({ contact }) => contact)).toMatchObject([
      { id, firstName: "Ann", lastName: "Lee" },
    ]);
  });

  test("is edited by who added it; an address of somebody else is refused", async () => {
    seedContacts(world.db, [{ email: "taken@example.org" }]);
    await say("contact.add", ann());
    const email = { was: "person1@example.org", set: "taken@example.org" };
    expect(await say("contact.edit", { id, email })).toMatchObject({
      refusal: { type: "exists", field: "email" },
    });
    const mended = { was: "person1@example.org", set: "ann@example.org" };
    expect(
      await say("contact.edit", { id, email: mended }, { client: 0xc2, user: ben }),
    ).toMatchObject({
      refusal: { type: "forbidden" },
    });
    expect(await say("contact.edit", { id, email: mended })).toMatchObject({ outcome: "ok" });
    expect((await contacts())[0]?.contact.email).toBe("ann@example.org");
  });

  test("cannot take the id of a contact that is somebody else's", async () => {
    seedContacts(world.db, [{ email: "other@example.org" }]);
    const [other] = await contacts();
    const stolen = other?.contact.id ?? "";
    expect(await say("contact.add", ann({ id: stolen }))).toMatchObject({
      refusal: { type: "exists" },
    });
    expect(
      await say("contact.edit", { id: stolen, firstName: { was: "", set: "X" } }),
    ).toMatchObject({ refusal: { type: "forbidden" } });
  });

  test("that was refused takes what builds on it along", async () => {
    await say("contact.add", ann({ email: "a•••@example.org" }));
    expect(await say("consent.out", leave)).toMatchObject({ refusal: { type: "parent" } });
  });

  test("whose contact was deleted leaves its proof without the drawing", async () => {
    await say("contact.add", ann());
    await world.store.contacts.removeContact({ workspace, id, now });
    expect(await say("contact.edit", { id, firstName: { was: "Ann", set: "X" } })).toMatchObject({
      refusal: { type: "gone" },
    });
    const kept = world.db.all("select words, signature, source from consent_evidence");
    expect(kept).toMatchObject([{ signature: null, source: "stand: Lisbon fair" }]);
  });
});

describe("[S39] I5 a withdrawal", () => {
  test("counts over a consent that is dated later, and nothing of before brings it back", async () => {
    await say("contact.add", ann(), { at: { wall: now, offset: 0, offsetAge: 0 } });
    now += hourMs;
    // Said before the consent by its clock, heard after it.
    const early = { wall: noon - dayMs, offset: 0, offsetAge: 0 };
    await say("consent.out", leave, { client: 0xc2, at: early });
    expect(await isGranted()).toBe(false);
    const late = { wall: noon, offset: 0, offsetAge: 0 };
    const heard = await say("consent.in", agree, { client: 0xc3, at: late });
    expect(heard.note).toEqual({ review: "email" });
    expect(await isGranted()).toBe(false);
  });

  test("holds for everybody with the address: a number may be a family's", async () => {
    const phone = "+351912345678";
    seedContacts(world.db, [{ email: "mum@example.org", phone }]);
    await say(
      "contact.add",
      ann({ phone, consents: [{ channel: "sms", text: null, how: "tick" }] }),
    );
    await say("consent.out", { id, channel: "sms", place: "" });
    const allowed = (await contacts()).map(
      ({ consents }) => consents.find(({ channel }) => channel === "sms")?.granted,
    );
    expect(allowed).toEqual([false, false]);
  });

  test("is taken by another person, and in a role that may change nothing", async () => {
    await say("contact.add", ann());
    await say("consent.out", leave, { client: 0xc2, user: ben });
    expect(await isGranted()).toBe(false);
  });

  test("wins in whatever order everything arrives, whatever the clocks say", async () => {
    const clock = fc.constantFrom(0, 3 * 365 * dayMs, -9 * 365 * dayMs);
    const word = fc.record({
      after: fc.integer({ min: 1, max: 5 }),
      skew: clock,
      known: fc.boolean(),
      order: fc.nat(100),
      grants: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        fc.nat(100),
        async (words, lastOrder) => {
          await world.store.close();
          start();
          seedContacts(world.db, [{}]);
          await say("contact.add", ann({ consents: [] }));
          const said = words.map((each, i) => ({
            ...each,
            at: noon + i * hourMs,
            client: 0xe0 + i,
          }));
          // The last word is that they want no more.
          const last = {
            skew: 0,
            known: true,
            order: lastOrder,
            grants: false,
            at: noon + dayMs,
            client: 0xef,
          };
          now = noon + 2 * dayMs;
          for (const each of [...said, last].toSorted((a, b) => a.order - b.order)) {
            now += minuteMs;
            const at = {
              wall: each.at + each.skew,
              offset: each.known ? -each.skew : null,
              offsetAge: each.known ? 0 : null,
            };
            const how = { client: each.client, at };
            await (each.grants ? say("consent.in", agree, how) : say("consent.out", leave, how));
          }
          expect(await isGranted()).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("[S39] a consent that may come too late", () => {
  const unknown = { wall: noon + 5 * 365 * dayMs, offset: null, offsetAge: null };

  test("by a clock that nobody compared waits for a person to look, who lets it count", async () => {
    await say("contact.add", ann(), { at: unknown });
    expect(await isGranted()).toBe(false);
    const [review] = await world.store.signUps.reviews({ workspace });
    expect(review).toMatchObject({
      contactId: id,
      evidence: { why: "clock", at: noon, state: "review" },
    });
    const decided = {
      workspace,
      id: review?.evidence.id ?? "",
      channel: "email",
      by: ben,
      now,
    } as const;
    expect(await world.store.signUps.decideReview({ ...decided, accept: true })).toBe("done");
    expect(await isGranted()).toBe(true);
    expect(await world.store.signUps.reviews({ workspace })).toEqual([]);
    expect(await world.store.signUps.decideReview({ ...decided, accept: true })).toBe("gone");
  });

  test("counts no more when the person left since it was heard", async () => {
    await say("contact.add", ann(), { at: unknown });
    const [review] = await world.store.signUps.reviews({ workspace });
    now += hourMs;
    await say("consent.out", leave);
    const decided = {
      workspace,
      id: review?.evidence.id ?? "",
      channel: "email",
      by: ben,
      now,
    } as const;
    expect(await world.store.signUps.decideReview({ ...decided, accept: true })).toBe("withdrawn");
    expect(await isGranted()).toBe(false);
  });

  test("declined it never counts", async () => {
    await say("contact.add", ann(), { at: unknown });
    const [review] = await world.store.signUps.reviews({ workspace });
    const decided = {
      workspace,
      id: review?.evidence.id ?? "",
      channel: "email",
      by: ben,
      now,
    } as const;
    expect(await world.store.signUps.decideReview({ ...decided, accept: false })).toBe("done");
    expect(await isGranted()).toBe(false);
  });

  test("given after the withdrawal by a good clock counts at once, and the address may be used again", async () => {
    await say("contact.add", ann());
    await say("consent.out", leave);
    now += hourMs;
    expect((await say("consent.in", agree)).note).toBeUndefined();
    expect(await isGranted()).toBe(true);
  });
});

test("[S40] what a device says is never dated before its own last word, nor later than now", async () => {
  await say("contact.add", ann());
  now += hourMs;
  await say("consent.out", leave, { at: { wall: noon - 9 * dayMs, offset: 0, offsetAge: 0 } });
  now += hourMs;
  await say("consent.in", agree, { at: { wall: noon + 9 * dayMs, offset: 0, offsetAge: 0 } });
  const log = await world.store.signUps.evidenceOf({ workspace, contactId: id });
  expect(log.map(({ at }) => at)).toEqual([noon + 2 * hourMs, noon, noon]);
});
