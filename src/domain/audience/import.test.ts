import { readFileSync } from "node:fs";
import fc from "fast-check";
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { describe, expect, test } from "vitest";
import { guessDelimiter } from "./csv-dialect.ts";
import { createCsvReader, type CsvRow } from "./csv-reader.ts";
import { createImporter, type Imported, type ImportedContact } from "./import.ts";
import { guessMapping } from "./mapping.ts";
import type { Reject } from "./reject.ts";

const now = Date.UTC(2026, 10, 21);

function parsePhone(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(
    text,
    isSupportedCountry(country) ? country : undefined,
  );
  return parsed?.isValid() === true ? parsed.number : null;
}

function importText(text: string): readonly Imported[] {
  const reader = createCsvReader(guessDelimiter(text));
  const [first, ...rows] = [...reader.push(text), ...reader.end()];
  const heading = first?.cells ?? [];
  const mapping = guessMapping(heading);
  const importer = createImporter({ heading, mapping, fileName: "people.csv", now, parsePhone });
  return rows.map((row: CsvRow) => importer.take(row));
}

const accepted = (all: readonly Imported[]): readonly ImportedContact[] =>
  all.flatMap((each) => (each.ok ? [each.contact] : []));
const rejected = (all: readonly Imported[]): readonly Reject[] =>
  all.flatMap((each) => (each.ok ? [] : [each.reject]));

const consented = (contact: ImportedContact, channel: string) =>
  contact.consents.some((each) => each.channel === channel && each.granted);

function summary(all: readonly Imported[]) {
  const valid = accepted(all);
  const reasons: Record<string, number> = {};
  for (const { reason } of rejected(all)) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const phones = valid.filter((each) => each.phone !== null);
  return {
    rows: all.length,
    valid: valid.length,
    valid_with_email: valid.filter((each) => each.email !== null).length,
    valid_with_phone: phones.length,
    email_consent_yes: valid.filter((each) => consented(each, "email")).length,
    sms_consent_yes: valid.filter((each) => consented(each, "sms")).length,
    rejected: reasons,
    distinct_valid_phones: new Set(phones.map((each) => each.phone)).size,
    distinct_phones_sms_consent_yes: new Set(
      phones.filter((each) => consented(each, "sms")).map((each) => each.phone),
    ).size,
  };
}

const dataFile = (name: string) => readFileSync(`tests/support/data/${name}`, "utf8");

test("a name is one line: what does not belong into one becomes a space", () => {
  const [row] = importText(
    'email,first_name,city,note\na@b.cd,"Ann\nMarie\u202E","St.\tGallen","two\nlines"\n',
  );
  expect(row).toMatchObject({
    contact: { firstName: "Ann Marie", city: "St. Gallen", fields: { note: "two\nlines" } },
  });
});

test("the file of 12,000 contacts gives exactly the expected numbers", () => {
  const all = importText(dataFile("contacts-12k.csv").replace(/^\uFEFF/, ""));
  expect(summary(all)).toEqual(JSON.parse(dataFile("contacts-12k.expected.json")));
});

describe("a row", () => {
  test("is trimmed, its e-mail put in lower case, its phone read in its country", () => {
    const [contact] = accepted(
      importText("E-Mail,Mobile,Country,Vorname\n  Ann@Example.ORG , (408) 555-0188 ,us, Ann \n"),
    );
    expect(contact).toMatchObject({
      email: "ann@example.org",
      phone: "+14085550188",
      country: "US",
      firstName: "Ann",
    });
  });

  test("with one good address is accepted without the bad one", () => {
    const all = importText("email,phone,country\nann@example.org,12,US\nnope,(408) 555-0188,US\n");
    expect(accepted(all).map(({ email, phone, dropped }) => [email, phone, dropped])).toEqual([
      ["ann@example.org", null, "phone"],
      [null, "+14085550188", "email"],
    ]);
  });

  test("of whom an address was left out is noted", () => {
    const all = accepted(importText("email,phone,country\na@b.cd,12,US\nnope,(408) 555-0188,US\n"));
    expect(all.map(({ line, notes }) => [line, notes])).toEqual([
      [2, ["bad_phone"]],
      [3, ["bad_email"]],
    ]);
  });

  test("is turned away with its line, a reason and a field", () => {
    const text =
      'email,phone\n,\n"x\ny@z",\n,12\nbad,12\na@b.cd\nb@b.cd,\nB@B.CD,\n"q"x,\nJos\uFFFD@b.cd,\n';
    expect(
      rejected(importText(text)).map(({ line, reason, field }) => [line, reason, field]),
    ).toEqual([
      [2, "no_address", "email"],
      [3, "bad_email", "email"],
      [5, "bad_phone", "phone"],
      [6, "bad_email_and_phone", "email"],
      [7, "column_count", ""],
      [9, "duplicate_email", "email"],
      [10, "broken_quotes", ""],
      [11, "broken_encoding", ""],
    ]);
  });

  test("keeps formula-like text and unknown columns as text", () => {
    const [contact] = accepted(importText('email,note\na@b.cd,"=SUM(A1:A9)"\n'));
    expect(contact?.fields).toEqual({ note: "=SUM(A1:A9)" });
  });

  test("keeps columns of the same heading apart, whatever they are called", () => {
    const [contact] = accepted(importText("email,note,note,__proto__\na@b.cd,x,y,z\n"));
    expect(Object.entries(contact?.fields ?? {})).toEqual([
      ["note", "x"],
      ["note (3)", "y"],
      ["__proto__", "z"],
    ]);
  });

  test("keeps a country that nobody knows as it was written", () => {
    const [contact] = accepted(importText("email,country\na@b.cd,Atlantis\n"));
    expect([contact?.country, contact?.fields]).toEqual(["", { country: "Atlantis" }]);
  });
});

describe("what is not understood of a consent is noted, and the row is taken", () => {
  const head = "email,phone,email_consent,sms_consent,consent_at\n";
  const notes = (row: string) => accepted(importText(head + row))[0]?.notes;

  test.each([
    ["a@b.cd,,maybe,,", ["unknown_consent"]],
    ["a@b.cd,+14155550123,maybe,perhaps,", ["unknown_consent"]],
    ["a@b.cd,,yes,,last summer", ["bad_consent_time"]],
    ["a@b.cd,,yes,,2030-01-01", ["future_consent_time"]],
    ["a@b.cd,+14155550123,maybe,no,31.12.2025", ["unknown_consent", "bad_consent_time"]],
  ])("%s", (row, expected) => {
    expect(notes(`${row}\n`)).toEqual(expected);
  });

  test.each(["a@b.cd,,yes,,2026-06-06", "a@b.cd,,,,", "a@b.cd,,no,,", "a@b.cd,,yes,maybe,"])(
    "but nothing of %s",
    (row) => {
      expect(notes(`${row}\n`)).toEqual([]);
    },
  );
});

describe("a consent", () => {
  const head = "email,phone,email_consent,sms_consent,consent_at\n";
  const consents = (row: string) => accepted(importText(head + row))[0]?.consents;

  test("has the row's time and the file as its source", () => {
    expect(consents("a@b.cd,,ja,,2026-06-06T05:38:00Z\n")).toEqual([
      {
        channel: "email",
        granted: true,
        at: Date.UTC(2026, 5, 6, 5, 38),
        source: "import:people.csv",
      },
    ]);
  });

  test("has the source that its row states, for all channels or for one", () => {
    const sourced = "email,phone,email_consent,sms_consent,consent_source,sms_consent_source\n";
    const row = "a@b.cd,+14155550123,yes,yes,Fair in Lyon,Text to 4711\n";
    expect(accepted(importText(sourced + row))[0]?.consents).toMatchObject([
      { channel: "email", source: "Fair in Lyon" },
      { channel: "sms", source: "Text to 4711" },
    ]);
    const silent = "a@b.cd,,yes,,,\n";
    expect(accepted(importText(sourced + silent))[0]?.consents).toMatchObject([
      { source: "import:people.csv" },
    ]);
  });

  test("does not count without an address of its channel", () => {
    expect(consents("a@b.cd,,yes,yes,\n")?.map((each) => each.channel)).toEqual(["email"]);
  });

  test("is never assumed from words that nobody knows", () => {
    expect(consents("a@b.cd,,perhaps,,\n")).toEqual([]);
  });

  test("said in the future is taken as said now", () => {
    expect(consents("a@b.cd,,no,,2030-01-01\n")).toMatchObject([{ granted: false, at: now }]);
  });
});

test("a time zone that nobody knows is kept as it was written, and noted", () => {
  const all = importText("email,time_zone\na@b.cd,Europe/Lisbon\nc@d.ef,Lisbon time\ng@h.ij,\n");
  expect(accepted(all)).toMatchObject([
    { timeZone: "Europe/Lisbon", fields: {}, notes: [] },
    { timeZone: "", fields: { time_zone: "Lisbon time" }, notes: ["unknown_zone"] },
    { timeZone: "", fields: {}, notes: [] },
  ]);
});

test("no row is lost: each is accepted or turned away, whatever it holds", () => {
  const cell = fc.constantFrom(
    "",
    "a@b.cd",
    "c@d.ef",
    "+14085550188",
    "12",
    "x",
    '"',
    "\uFFFD",
    "=1",
  );
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }));
  fc.assert(
    fc.property(rows, (table) => {
      const quoted = table.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`));
      const all = importText(`email,phone,note\n${quoted.map((row) => row.join(",")).join("\n")}`);
      expect(all).toHaveLength(table.length);
      const emails = accepted(all).flatMap(({ email }) => (email === null ? [] : [email]));
      expect(new Set(emails).size).toBe(emails.length);
    }),
  );
});
