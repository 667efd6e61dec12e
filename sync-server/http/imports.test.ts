import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openContactsApp, type ContactsApp } from "../../tests/support/contacts-app.ts";

let contacts: ContactsApp;

beforeEach(async () => {
  contacts = await openContactsApp();
});

afterEach(() => contacts.close());

const asOffice = { authorization: "office" };
const csv = { ...asOffice, "content-type": "text/csv" };

function send(payload: string | Buffer | Readable, query = "", headers: object = csv) {
  return contacts.app.inject({
    method: "POST",
    url: `/api/v1/contacts/import${query}`,
    headers: { ...headers },
    payload,
  });
}

const get = (url: string, headers = asOffice) =>
  contacts.app.inject({ method: "GET", url: `/api/v1${url}`, headers });

async function imported(payload: string | Buffer | Readable, query = "", headers: object = csv) {
  const answer = await send(payload, query, headers);
  expect(answer.statusCode).toBe(202);
  await contacts.imports.idle();
  return (await get(`/imports/${answer.json().id}`)).json();
}

function multipart(parts: readonly { name: string; text: string; fileName?: string }[]) {
  const boundary = "----fieldcast";
  const body = parts.map(({ name, text, fileName }) => {
    const file = fileName === undefined ? "" : `; filename="${fileName}"\r\nContent-Type: text/csv`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${text}\r\n`;
  });
  const headers = { ...asOffice, "content-type": `multipart/form-data; boundary=${boundary}` };
  return [`${body.join("")}--${boundary}--\r\n`, "", headers] as const;
}

const dataFile = (name: string) => readFileSync(`tests/support/data/${name}`);

async function count(rule: object) {
  const answer = await contacts.app.inject({
    method: "POST",
    url: "/api/v1/audiences/count",
    headers: asOffice,
    payload: rule,
  });
  return answer.json();
}

/** A text of which the end does not come for two million characters. */
function* flood(head: string): Generator<string> {
  yield head;
  for (let n = 0; n < 40; n++) yield "x".repeat(50_000);
}

test("the file of 12,000 contacts gives exactly the expected numbers in storage", async () => {
  const expected = JSON.parse(dataFile("contacts-12k.expected.json").toString());
  const job = await imported(dataFile("contacts-12k.csv"), "?fileName=people.csv");
  expect(job).toMatchObject({
    state: "done",
    rows: expected.rows,
    created: expected.valid,
    updated: 0,
    reasons: expected.rejected,
  });
  expect(await count({ all: true })).toEqual({
    count: expected.valid,
    reachable: { email: expected.email_consent_yes, sms: expected.sms_consent_yes },
  });
  expect((await count({ filter: { consent: "email" } })).count).toBe(expected.email_consent_yes);
  expect((await count({ list: job.listId })).count).toBe(expected.valid);
  const phones = new Set<string>();
  let withPhone = 0;
  let before: number | null = null;
  do {
    const args = { workspace: "w1", q: "", seesAddresses: true, before, limit: 1_000 };
    const page = await contacts.store.contacts.contacts(args);
    for (const { contact } of page.items) {
      if (contact.phone === null) continue;
      withPhone += 1;
      phones.add(contact.phone);
    }
    before = page.next;
  } while (before !== null);
  expect([withPhone, phones.size]).toEqual([
    expected.valid_with_phone,
    expected.distinct_valid_phones,
  ]);
});

describe("an import", () => {
  test("answers with the list that it makes, named after the file", async () => {
    const job = await imported("email\na@b.cd\n", "?fileName=Trade+fair.csv");
    const [list] = await contacts.store.sync.read({
      workspace: "w1",
      keys: [["list", job.listId]],
    });
    expect(list?.doc).toMatchObject({ name: "Trade fair", count: 1 });
  });

  test("tells what it did not understand of the rows that it took", async () => {
    const head = "email,email_consent,consent_at\n";
    const rows = ["a@b.cd,maybe,", "b@b.cd,perhaps,", "c@b.cd,yes,last summer", "d@b.cd,yes,"];
    const job = await imported(head + rows.join("\n"), "?fileName=x.csv");
    expect(job).toMatchObject({
      created: 4,
      rejected: 0,
      notes: { unknown_consent: 2, bad_consent_time: 1 },
    });
    expect((await count({ filter: { consent: "email" } })).count).toBe(2);
  });

  test("names each line of which an address was left out", async () => {
    const rows = ["a@b.cd,12", "b@b.cd,", "no,+14155550123", "c@b.cd,+1"];
    const job = await imported(`email,phone\n${rows.join("\n")}\n`, "?fileName=x.csv");
    expect(job).toMatchObject({ created: 4, rejected: 0, notes: { bad_phone: 2, bad_email: 1 } });
    const file = await get(`/imports/${job.id}/noted.csv`);
    expect(file.body.trim().split("\r\n")).toEqual([
      "line,note,explanation",
      '2,bad_phone,"Phone number is not one: left out, the e-mail address is kept"',
      '4,bad_email,"E-mail address is not one: left out, the phone number is kept"',
      '5,bad_phone,"Phone number is not one: left out, the e-mail address is kept"',
    ]);
  });

  test("takes a mapping by heading beside the file", async () => {
    await imported(
      ...multipart([
        { name: "mapping", text: JSON.stringify({ Address: "email", Town: "city" }) },
        { name: "file", text: "Address,Town\na@b.cd,Ulm\n", fileName: "x.csv" },
      ]),
    );
    const { items } = (await get("/contacts")).json();
    expect(items).toMatchObject([{ email: "a@b.cd", city: "Ulm" }]);
  });

  test.each([
    ['{"Nope":"email"}', "mapping.Nope"],
    ['["first_name"]', "mapping"],
    ['["email","email"]', "mapping"],
    ['{"Address":"hat"}', "mapping"],
    ["{", "mapping"],
  ])("refuses the mapping %s with its field", async (text, field) => {
    const answer = await send(
      ...multipart([
        { name: "file", text: "Address\na@b.cd\n", fileName: "x.csv" },
        { name: "mapping", text },
      ]),
    );
    expect([answer.statusCode, answer.json().field]).toEqual([422, field]);
    expect(readdirSync(contacts.uploads)).toEqual([]);
  });

  test.each([
    ["that ends in the middle", "------fieldcast\r\nContent-Disposition: form-data"],
    ["without any part", "no part at all"],
  ])("refuses a form %s as one that cannot be read", async (_, payload) => {
    const [, , headers] = multipart([]);
    const answer = await send(payload, "", headers);
    expect(answer.json()).toMatchObject({ status: 400, type: "/docs/errors#malformed" });
    expect(readdirSync(contacts.uploads)).toEqual([]);
  });

  test.each([
    ["", /empty/],
    ['email,"phone\na@b.cd,1\n', /quotation marks/],
    ["name,city\nAnn,Ulm\n", /No column is read as e-mail/],
    [Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), /workbook/],
  ])("refuses what is no table before anything is stored (%#)", async (payload, words) => {
    const answer = await send(payload);
    expect(answer.json()).toMatchObject({ status: 422, type: "/docs/errors#import_broken" });
    expect(answer.json().detail).toMatch(words);
    expect((await get("/imports")).json().items).toEqual([]);
    expect(readdirSync(contacts.uploads)).toEqual([]);
  });

  test("refuses an endless line as a heading, and keeps what came before one further down", async () => {
    const heading = await send(Readable.from(flood("email")));
    expect(heading.json().detail).toMatch(/Line 1 is longer/);
    const job = await imported(Readable.from(flood("email\na@b.cd\n")));
    expect(job).toMatchObject({ state: "failed", created: 1 });
    expect(job.problem).toMatch(/Line 3 is longer.*were imported/);
  });

  test("reads semicolons and Windows-1252 without being told", async () => {
    const text = Buffer.from("E-Mail;Ort\na@b.cd;Zürich\n", "latin1");
    await imported(text);
    expect((await get("/contacts")).json().items).toMatchObject([{ city: "Zürich" }]);
  });

  test("keeps the names of a UTF-8 file that holds a strange byte, and tells its line", async () => {
    const start = Buffer.from("email,city\na@b.cd,Überlingen\nb@b.cd,Orl");
    const rest = Buffer.from("ans\nc@b.cd,Łódź\n");
    const job = await imported(Buffer.concat([start, Buffer.from([0xe9]), rest]));
    expect(job).toMatchObject({ created: 2, rejected: 1, reasons: { broken_encoding: 1 } });
    const cities = (await get("/contacts")).json().items.map((each: { city: string }) => each.city);
    expect(cities).toEqual(["Łódź", "Überlingen"]);
    expect((await get(`/imports/${job.id}/rejects.csv`)).body).toContain("\r\n3,broken_encoding,");
  });

  test("refuses other content types and roles that may not import", async () => {
    const json = await send("{}", "", { ...asOffice, "content-type": "application/json" });
    const manager = await send("email\n", "", { ...csv, authorization: "manager" });
    expect([json.statusCode, manager.statusCode]).toEqual([415, 403]);
  });

  test("of another workspace answers as one that does not exist", async () => {
    const job = await imported("email\na@b.cd\n");
    const other = { authorization: "office/w2" };
    for (const url of [`/imports/${job.id}`, `/imports/${job.id}/rejects.csv`])
      expect((await get(url, other)).statusCode).toBe(404);
  });

  test("that a stopped server left open is ended at the start, with words", async () => {
    const id = "0193a000-0000-7000-8000-000000000001";
    await contacts.store.contacts.startImport({
      workspace: "w1",
      id,
      fileName: "x.csv",
      listId: "0193a000-0000-7000-8000-000000000002",
      listName: "x",
      heading: ["email"],
      now: 1,
    });
    await contacts.imports.recover();
    expect((await get(`/imports/${id}`)).json()).toMatchObject({
      state: "failed",
      problem: expect.stringContaining("nothing is doubled"),
    });
  });

  test("lets new counts of the audiences follow", async () => {
    const made = await contacts.app.inject({
      method: "POST",
      url: "/api/v1/audiences",
      headers: asOffice,
      payload: { name: "All", rule: { all: true } },
    });
    expect(made.json()).toMatchObject({ count: 0 });
    const isCounted = async () => (await get(`/audiences/${made.json().id}`)).json().count === 2;
    const counted = new Promise<void>((resolve, reject) => {
      const look = async () => {
        if (await isCounted()) resolve();
      };
      contacts.store.onMove(() => void look().catch(reject));
    });
    await imported("email\na@b.cd\nb@b.cd\n");
    await counted;
  });
});

test("the rejected rows come with line, reason and cells, and run no formula", async () => {
  const job = await imported('email,note\n=1+1,"=SUM(A1)"\nok@b.cd,x\n,\na@b.cd\n,+33639980000\n');
  const answer = await get(`/imports/${job.id}/rejects.csv`);
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.body.split("\r\n")).toEqual([
    "line,reason,field,explanation,email,note",
    `2,bad_email,email,"The e-mail address is not one, and there is no phone number.",'=1+1,'=SUM(A1)`,
    "4,no_address,email,It has neither an e-mail address nor a phone number.,,",
    "5,column_count,,It has more or fewer columns than the heading.,a@b.cd",
    "6,no_address,email,It has neither an e-mail address nor a phone number.,,+33639980000",
    "",
  ]);
});
