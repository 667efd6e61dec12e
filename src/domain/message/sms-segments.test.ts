import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { expect, test } from "vitest";
import { smsLength } from "./sms-segments.ts";

test.each([
  ["", "GSM-7", 0],
  ["a", "GSM-7", 1],
  ["a".repeat(160), "GSM-7", 1],
  ["a".repeat(161), "GSM-7", 2],
  ["a".repeat(306), "GSM-7", 2],
  ["a".repeat(307), "GSM-7", 3],
  ["€".repeat(80), "GSM-7", 1],
  ["€".repeat(81), "GSM-7", 2],
  ["ß à é Ñ", "GSM-7", 1],
  ["ç", "UCS-2", 1],
  ["ж".repeat(70), "UCS-2", 1],
  ["ж".repeat(71), "UCS-2", 2],
  ["😀".repeat(35), "UCS-2", 1],
  ["😀".repeat(36), "UCS-2", 2],
] as const)("%j is %s in %i parts", (text, encoding, segments) => {
  expect(smsLength(text)).toMatchObject({ encoding, segments });
});

test("a character of two places is not torn apart between parts", () => {
  const text = `${"a".repeat(152)}€${"a".repeat(151)}`;
  expect(smsLength(text)).toMatchObject({ units: 305, segments: 2 });
  expect(smsLength(`${text}a`)).toMatchObject({ units: 306, segments: 3 });
});

const letters = Array.from("abc XYZ 0123456789 .,!?@£$¥èéùìòÇØøÅåΔ_ΦΓ^{}\\[~]|€\nжçœ漢あ😀👍");
const plainLetters = Array.from("abc XYZ .,^{}\\[~]|€");

test("texts have as many parts as the carriers' calculator counts", () => {
  const text = fc
    .array(fc.constantFrom(...letters), { maxLength: 420 })
    .map((list) => list.join(""));
  const plain = fc
    .array(fc.constantFrom(...plainLetters), { maxLength: 500 })
    .map((list) => list.join(""));
  fc.assert(
    fc.property(fc.oneof(text, plain), (sms) => {
      const theirs = new SegmentedMessage(sms, "auto");
      const ours = smsLength(sms);
      expect(ours.encoding).toBe(theirs.encodingName);
      expect(ours.segments).toBe(sms === "" ? 0 : theirs.segmentsCount);
    }),
    { numRuns: 500 },
  );
});

test("the places that are left are those until the next part begins", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), (length) => {
      const text = "a".repeat(length);
      const { left, segments } = smsLength(text);
      const full = smsLength(text + "a".repeat(left));
      expect(full.segments).toBe(Math.max(1, segments));
      expect(smsLength(`${text}${"a".repeat(left)}a`).segments).toBe(full.segments + 1);
    }),
  );
});
