import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { guessMapping } from "#domain/audience/mapping.ts";
import { checkFile, lookAt, type Check } from "./file-check.ts";
import { parsePhone } from "./phone.ts";

const now = Date.UTC(2026, 10, 21);

function aFile(content: string | Uint8Array<ArrayBuffer>, name = "people.csv"): File {
  return new File([content], name);
}

async function checked(file: File) {
  const look = await lookAt(file);
  if (!look.ok) throw new Error(look.error);
  const steps: Check[] = [];
  const { mapping } = look.value;
  const onProgress = (check: Check) => steps.push(check);
  const result = await checkFile(file, { mapping, now, parsePhone, onProgress });
  if (!result.ok) throw new Error(result.error);
  return { ...result.value, steps };
}

const dataFile = (name: string) => readFileSync(`tests/support/data/${name}`);
const onProgress = () => undefined;

test("the check of a file on the device gives the server's numbers", async () => {
  const expected = JSON.parse(dataFile("contacts-12k.expected.json").toString());
  const bytes = new Uint8Array(dataFile("contacts-12k.csv"));
  const { check, rejectedRows, steps } = await checked(aFile(bytes));
  expect(check).toMatchObject({
    rows: expected.rows,
    valid: expected.valid,
    withEmail: expected.valid_with_email,
    withPhone: expected.valid_with_phone,
    emailConsents: expected.email_consent_yes,
    smsConsents: expected.sms_consent_yes,
    reasons: expected.rejected,
  });
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.map((step) => step.readBytes)).toEqual(
    steps.map((step) => step.readBytes).toSorted((a, b) => a - b),
  );
  const lines = (await rejectedRows.text()).split("\r\n");
  expect(lines[0]).toMatch(/^line,reason,field,explanation,email,phone/);
  expect(lines.filter((line) => /^\d+,(bad|no|dup|col)/.test(line))).toHaveLength(503);
});

test("the first look shows the columns with guesses and some rows", async () => {
  const look = await lookAt(aFile("Mail;Ort;Hat\na@b.cd;Ulm;red\n"));
  expect(look).toEqual({
    ok: true,
    value: {
      heading: ["Mail", "Ort", "Hat"],
      mapping: ["email", "city", "field"],
      samples: [["a@b.cd", "Ulm", "red"]],
    },
  });
});

test("the first rows are shown as they will be, with those that will be turned away", async () => {
  const { check } = await checked(aFile("mail,tel,country\nA@B.cd,12,US\nbad,,\n"));
  expect(check).toMatchObject({
    dropped: 1,
    contacts: [{ line: 2, email: "a@b.cd", phone: null }],
    rejects: [{ line: 3, reason: "bad_email" }],
  });
});

test("a file that is no table is refused in words", async () => {
  expect(await lookAt(aFile(""))).toEqual({ ok: false, error: expect.stringMatching(/empty/) });
  const broken = aFile(`email\n${"x".repeat(1_100_000)}`);
  const mapping = guessMapping(["email"]);
  expect(await checkFile(broken, { mapping, now, parsePhone, onProgress })).toEqual({
    ok: false,
    error: expect.stringMatching(/Line 2 is longer/),
  });
});
