import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnswer, parseMoment } from "./answer.ts";
import { parseCountry } from "./country.ts";
import { parseEmail } from "./email.ts";
import { guessMapping, mappingProblem, targets } from "./mapping.ts";
import { createSeen } from "./seen.ts";

describe("the guessed mapping", () => {
  test.each([
    [
      ["email", "phone", "first_name", "last_name", "country", "time_zone", "note"],
      ["email", "phone", "first_name", "last_name", "country", "time_zone", "field"],
    ],
    [
      ["E-Mail-Adresse", "Handy", "Vorname", "Nachname", "Land", "Ort"],
      ["email", "phone", "first_name", "last_name", "country", "city"],
    ],
    [
      ["Correo electrónico", "Móvil", "Nombre", "Apellidos", "País", "Ciudad"],
      ["email", "phone", "first_name", "last_name", "country", "city"],
    ],
    [
      ["Courriel", "Téléphone", "Prénom", "Nom", "Pays", "Ville"],
      ["email", "phone", "first_name", "last_name", "country", "city"],
    ],
    [
      ["メール", "電話番号", "SMS Consent", "Email Opt-In", "Consent date"],
      ["email", "phone", "sms_consent", "email_consent", "consent_at"],
    ],
    [
      ["Mail", "E-mail", ""],
      ["email", "field", "skip"],
    ],
  ])("of %j is %j", (heading, mapping) => {
    expect(guessMapping(heading)).toEqual(mapping);
  });

  test("finds every target by its own name, however it is spelled", () => {
    const own = targets.filter((each) => each !== "field" && each !== "skip");
    const spelling = fc.constantFrom(
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => ` ${name.replaceAll("_", " ")} `,
      (name: string) => name.replaceAll("_", "-"),
      (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(own), spelling, (names, spell) => {
        expect(guessMapping(names.map(spell))).toEqual(names);
      }),
    );
  });

  test("never reads two columns as the same target", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("mail", "email", "tel", "phone", "x")), (heading) => {
        const problem = mappingProblem(guessMapping(heading), heading.length);
        expect(problem === null || problem.type === "no_address").toBe(true);
      }),
    );
  });
});

describe("a mapping has a problem", () => {
  test("without any address", () => {
    expect(mappingProblem(["first_name"], 1)).toEqual({ type: "no_address" });
  });

  test("with one target twice", () => {
    expect(mappingProblem(["email", "email"], 2)).toEqual({ type: "twice", target: "email" });
  });

  test("of another length than the heading", () => {
    expect(mappingProblem(["email"], 2)).toEqual({ type: "length" });
  });
});

test.each([
  ["Ann@Example.ORG ", "ann@example.org"],
  ["o'neil+news@mail.example.co.uk", "o'neil+news@mail.example.co.uk"],
  ["josé@müller.de", "josé@müller.de"],
  ["@example.com", null],
  ["not-an-address", null],
  ["a@b", null],
  ["x y@example.com", null],
  ["a@b@c.de", null],
  ["a..b@c.de", null],
  ["a@-b.de", null],
  ["a@b.de\r\nBcc: c@d.ef", null],
  [`${"a".repeat(65)}@b.de`, null],
])("the text %j is the e-mail address %j", (text, address) => {
  expect(parseEmail(text)).toBe(address);
});

test.each([
  ["us", "US"],
  ["Germany", "DE"],
  ["Deutschland", "DE"],
  ["UK", "GB"],
  ["Việt Nam", "VN"],
  ["日本", "JP"],
  ["Atlantis", null],
  ["EU", null],
  ["", null],
])("the text %j is the country %j", (text, code) => {
  expect(parseCountry(text)).toBe(code);
});

test.each([
  ["Yes", true],
  ["ja", true],
  ["TRUE", true],
  ["1", true],
  ["Nein", false],
  ["0", false],
  ["", null],
  ["maybe", null],
])("the cell %j answers %j", (text, answer) => {
  expect(parseAnswer(text)).toBe(answer);
});

test.each([
  ["2026-06-06T05:38:00Z", Date.UTC(2026, 5, 6, 5, 38)],
  ["2026-06-06T05:38:00+02:00", Date.UTC(2026, 5, 6, 3, 38)],
  ["2026-06-06 05:38", Date.UTC(2026, 5, 6, 5, 38)],
  ["2026-06-06", Date.UTC(2026, 5, 6)],
  ["06/07/2026", null],
  ["2026-13-40", null],
  ["2026-02-30T05:38:00Z", null],
])("the cell %j is the moment %j", (text, moment) => {
  expect(parseMoment(text)).toBe(moment);
});

test("what was met before is known again, however much there is", () => {
  const seen = createSeen();
  const texts = Array.from({ length: 20_000 }, (_, n) => `contact${n}@example.org`);
  expect(texts.every((text) => seen.add(text))).toBe(true);
  expect(texts.some((text) => seen.add(text))).toBe(false);
});
