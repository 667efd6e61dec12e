import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Audience, AudienceRule } from "#domain/audience/audience.ts";
import type { ConsentChannel, Contact } from "#domain/audience/contact.ts";
import { aSuppression } from "../../../tests/support/suppression.ts";
import { isMeant } from "#domain/audience/filter.ts";
import type { ImportJob } from "#domain/sync/document.ts";
import type { ImportedRow } from "../contact-store.ts";
import type { Store } from "../store.ts";
import { openInlineStore } from "./inline.ts";

const workspace = "w1";
const now = 1_800_000_000_000;
const opened: Store[] = [];

function anEmptyStore(): Store {
  const store = openInlineStore(":memory:");
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

function aContact(set: Partial<Contact> = {}): Contact {
  return {
    id: randomUUID(),
    email: null,
    phone: null,
    firstName: "",
    lastName: "",
    country: "",
    city: "",
    timeZone: "",
    fields: {},
    createdAt: now,
    updatedAt: now,
    ...set,
  };
}

function aRow(set: Partial<ImportedRow> = {}): ImportedRow {
  const { createdAt: _, updatedAt: __, ...contact } = aContact();
  return { ...contact, line: 2, consents: [], dropped: null, notes: [], ...set };
}

async function importRows(store: Store, rows: readonly ImportedRow[], id = randomUUID()) {
  const listId = randomUUID();
  const start = {
    workspace,
    id,
    listId,
    fileName: "f.csv",
    listName: "f",
    heading: ["email"],
    now,
  };
  await store.contacts.startImport(start);
  await store.contacts.importRows({
    workspace,
    importId: id,
    contacts: rows,
    rejects: [],
    show: true,
    now,
  });
  const job = await store.contacts.endImport({ workspace, id, problem: null, by: null, now });
  return { job, listId };
}

const all = { workspace, q: "", seesAddresses: true, before: null, limit: 100 };

describe("an import", () => {
  test("sent twice doubles nothing", async () => {
    const store = anEmptyStore();
    const consents = [{ channel: "email", granted: true, at: 5, source: "import:f.csv" }] as const;
    const rows = () => [aRow({ email: "a@b.cd", consents }), aRow({ phone: "+14085550188" })];
    const first = await importRows(store, rows());
    const second = await importRows(store, rows());
    expect(first.job).toMatchObject({ created: 2, updated: 0, rows: 2, state: "done" });
    expect(second.job).toMatchObject({ created: 0, updated: 2, rows: 2 });
    const { items } = await store.contacts.contacts(all);
    expect(items).toHaveLength(2);
    const id = items.find((each) => each.contact.email !== null)?.contact.id ?? "";
    expect(await store.contacts.consentLog({ workspace, id })).toHaveLength(1);
  });

  test("adds what the file says and keeps what it is silent about", async () => {
    const store = anEmptyStore();
    await importRows(store, [
      aRow({ email: "a@b.cd", firstName: "Ann", city: "Ulm", fields: { vip: "1" } }),
    ]);
    await importRows(store, [aRow({ email: "a@b.cd", city: "Bonn", fields: { note: "n" } })]);
    const { items } = await store.contacts.contacts(all);
    expect(items[0]?.contact).toMatchObject({
      firstName: "Ann",
      city: "Bonn",
      fields: { vip: "1", note: "n" },
    });
  });

  test("never finds a person who has an e-mail address by a shared number", async () => {
    const store = anEmptyStore();
    await importRows(store, [aRow({ email: "a@b.cd", phone: "+14085550188" })]);
    const { job } = await importRows(store, [aRow({ phone: "+14085550188" })]);
    expect(job).toMatchObject({ created: 1, updated: 0 });
  });

  test("puts its contacts on a list of its own, which is counted", async () => {
    const store = anEmptyStore();
    const { listId } = await importRows(store, [aRow({ email: "a@b.cd" }), aRow({ phone: "+1" })]);
    const [list] = await store.sync.read({ workspace, keys: [["list", listId]] });
    expect(list?.doc).toMatchObject({ count: 2 });
    const { items } = await store.contacts.contacts(all);
    await store.contacts.removeContact({ workspace, id: items[0]?.contact.id ?? "", now });
    const [shorter] = await store.sync.read({ workspace, keys: [["list", listId]] });
    expect(shorter?.doc).toMatchObject({ count: 1 });
  });

  test("left open by a stopped server ends with words and its counts", async () => {
    const store = anEmptyStore();
    const id = randomUUID();
    const args = { workspace, id, listId: randomUUID(), fileName: "f.csv", listName: "f", now };
    await store.contacts.startImport({ ...args, heading: ["email", "x"] });
    await store.contacts.importRows({
      workspace,
      importId: id,
      contacts: [aRow({ email: "a@b.cd" })],
      rejects: [{ line: 3, reason: "column_count", field: "", cells: ["=1"] }],
      show: false,
      now,
    });
    expect(await store.contacts.failOpenImports({ problem: "It stopped.", now })).toBe(1);
    expect(await store.contacts.failOpenImports({ problem: "It stopped.", now })).toBe(0);
    const [found] = await store.sync.read({ workspace, keys: [["import", id]] });
    const expected: Partial<ImportJob> = {
      state: "failed",
      problem: "It stopped.",
      rows: 2,
      created: 1,
      rejected: 1,
      reasons: { column_count: 1 },
    };
    expect(found?.doc).toMatchObject(expected);
    const rejects = await store.contacts.rejects({ workspace, id, afterLine: 0, limit: 10 });
    expect(rejects).toEqual({
      heading: ["email", "x"],
      rows: [{ line: 3, reason: "column_count", field: "", cells: ["=1"] }],
    });
  });

  test("of another workspace is not there", async () => {
    const store = anEmptyStore();
    await importRows(store, [aRow({ email: "a@b.cd" })]);
    expect((await store.contacts.contacts({ ...all, workspace: "w2" })).items).toEqual([]);
  });
});

function said(granted: boolean, at: number, source = "api") {
  return { channel: "email", granted, at, source } as const;
}

function yes(channel: ConsentChannel) {
  return { channel, granted: true, at: 1, source: "t" };
}

describe("consent", () => {
  test("counts by its latest word, and every word is logged", async () => {
    const store = anEmptyStore();
    const contact = aContact({ email: "a@b.cd" });
    const { id } = contact;
    await store.contacts.addContact({ workspace, contact, consents: [said(true, 10)], now });
    await store.contacts.addConsent({ workspace, id, consent: said(false, 20), now });
    await store.contacts.addConsent({ workspace, id, consent: said(true, 15), now });
    const record = await store.contacts.contact({ workspace, id });
    expect(record?.consents).toEqual([{ contactId: id, ...said(false, 20) }]);
    expect((await store.contacts.consentLog({ workspace, id })).map((each) => each.at)).toEqual([
      20, 15, 10,
    ]);
  });

  test("withdrawn at the same moment is withdrawn, in either order", async () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const store = anEmptyStore();
      const contact = aContact({ email: "a@b.cd" });
      const consents = order.map((granted) => said(granted, 10));
      await store.contacts.addContact({ workspace, contact, consents, now });
      const record = await store.contacts.contact({ workspace, id: contact.id });
      expect(record?.consents[0]?.granted).toBe(false);
    }
  });
});

describe("contacts", () => {
  test("are found by part of a name without case, page by page", async () => {
    const store = anEmptyStore();
    for (const n of [1, 2, 3])
      await store.contacts.addContact({
        workspace,
        contact: aContact({ email: `c${n}@b.cd`, lastName: "Šimek" }),
        consents: [],
        now,
      });
    const first = await store.contacts.contacts({ ...all, q: "šIM", limit: 2 });
    expect(first.items.map((each) => each.contact.email)).toEqual(["c3@b.cd", "c2@b.cd"]);
    const rest = await store.contacts.contacts({ ...all, q: "šim", before: first.next, limit: 2 });
    expect(rest.items.map((each) => each.contact.email)).toEqual(["c1@b.cd"]);
    expect(rest.next).toBeNull();
  });

  test("cannot take the e-mail address of another", async () => {
    const store = anEmptyStore();
    const [a, b] = [aContact({ email: "a@b.cd" }), aContact({ email: "b@b.cd" })];
    const add = (contact: Contact) =>
      store.contacts.addContact({ workspace, contact, consents: [], now });
    expect([await add(a), await add(b), await add(aContact({ email: "a@b.cd" }))]).toEqual([
      true,
      true,
      false,
    ]);
    const change = (email: string) =>
      store.contacts.changeContact({ workspace, id: b.id, change: { email }, now });
    expect([await change("a@b.cd"), await change("c@b.cd")]).toEqual(["taken", "changed"]);
  });
});

describe("an audience", () => {
  test("means in SQL exactly whom its rule means", async () => {
    const store = anEmptyStore();
    const listed = await importRows(store, [
      aRow({ email: "l@b.cd", country: "US", city: "ZÜRICH" }),
    ]);
    const second = await importRows(store, [
      aRow({ email: "l@b.cd", country: "US", city: "ZÜRICH" }),
      aRow({ email: "m@b.cd", country: "CA", city: "Rome" }),
    ]);
    const places = ["US", "CA", ""].flatMap((country) =>
      ["Zürich", "zürich ", "東京", ""].map((city) => ({ country, city })),
    );
    const consents: readonly (readonly ConsentChannel[])[] = [[], ["email"], ["email", "sms"]];
    const candidates = [
      {
        contact: { country: "US", city: "ZÜRICH" },
        allows: [],
        lists: [listed.listId, second.listId],
      },
      { contact: { country: "CA", city: "Rome" }, allows: [], lists: [second.listId] },
      ...places.flatMap((contact) => consents.map((allows) => ({ contact, allows, lists: [] }))),
    ];
    for (const { contact, allows } of candidates.slice(2))
      await store.contacts.addContact({
        workspace,
        contact: aContact({ ...contact, phone: "+1" }),
        consents: [
          ...allows.map((channel) => ({ channel, granted: true, at: 1, source: "t" })),
          ...(allows.length === 0
            ? [{ channel: "sms", granted: false, at: 1, source: "t" } as const]
            : []),
        ],
        now,
      });
    const rules: fc.Arbitrary<AudienceRule> = fc.oneof(
      fc.constant<AudienceRule>({ kind: "all" }),
      fc
        .constantFrom(listed.listId, randomUUID())
        .map((listId) => ({ kind: "list", listId }) as const),
      fc
        .record(
          {
            countries: fc.subarray(["US", "ca", "DE"]),
            cities: fc.subarray(["zÜrich", "東京", "Rome"]),
            lists: fc.subarray([listed.listId, second.listId, randomUUID()]),
            consent: fc.constantFrom<ConsentChannel>("email", "sms"),
          },
          { requiredKeys: [] },
        )
        .map((filter) => ({ kind: "filter", filter }) as const),
    );
    await fc.assert(
      fc.asyncProperty(rules, async (rule) => {
        const { count } = await store.contacts.countAudience({ workspace, rule, now });
        expect(count).toBe(candidates.filter((each) => isMeant(each, rule)).length);
      }),
    );
  });

  test("is reached where address, consent and no suppression come together", async () => {
    const store = anEmptyStore();
    for (const [email, phone] of [
      ["a@b.cd", null],
      ["b@b.cd", "+1"],
      [null, "+2"],
    ] as const)
      await store.contacts.addContact({
        workspace,
        contact: aContact({ email, phone }),
        consents: [yes("email"), yes("sms")],
        now,
      });
    const bounced = aSuppression({ address: "a@b.cd", until: now + 1 });
    await store.limits.suppress({ workspace, suppressions: [bounced], now });
    const count = (at: number) =>
      store.contacts.countAudience({ workspace, rule: { kind: "all" }, now: at });
    expect(await count(now)).toEqual({ count: 3, reachable: { email: 1, sms: 2 } });
    expect(await count(now + 1)).toEqual({ count: 3, reachable: { email: 2, sms: 2 } });
  });

  test("gets its count without a new revision, and only for the rule that was counted", async () => {
    const store = anEmptyStore();
    const doc: Audience = {
      id: randomUUID(),
      rev: 3,
      name: "All",
      rule: { kind: "all" },
      count: null,
      reachable: null,
      countedAt: null,
      createdAt: 1,
      updatedAt: 1,
    };
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes: [{ kind: "audience", id: doc.id, doc }],
      activity: null,
      now,
    });
    const counted = { id: doc.id, count: 5, reachable: { email: 1, sms: 2 } };
    const note = (rule: AudienceRule) =>
      store.contacts.noteCounts({ workspace, counted: [{ ...counted, rule }], now });
    expect(await note({ kind: "list", listId: "x" })).toEqual([]);
    expect(await note({ kind: "all" })).toMatchObject([{ rev: 3, count: 5, countedAt: now }]);
  });
});
