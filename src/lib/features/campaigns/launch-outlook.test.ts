import { describe, expect, it } from "vitest";
import type { Audience } from "#domain/audience/audience.ts";
import { countedOutlook, isBeginning, isTyped, numberToType, outlookOf } from "./launch-outlook.ts";

const content = { subject: "", text: "Hello", html: "" };

function anAudience(fields: Partial<Audience> = {}): Audience {
  return {
    id: "a",
    rev: 1,
    name: "Everyone",
    rule: { kind: "all" },
    count: 12_000,
    reachable: { email: 8_412, sms: 3_001 },
    countedAt: 1,
    createdAt: 1,
    updatedAt: 1,
    ...fields,
  };
}

describe("the outlook of a launch", () => {
  it("says how many the channel reaches and how many it skips", () => {
    expect(outlookOf("email", { content }, anAudience())).toEqual({
      count: 12_000,
      reachable: 8_412,
      skipped: 3_588,
      segments: null,
    });
    expect(outlookOf("sms", { content }, anAudience()).segments).toBe(1);
  });

  it("goes by the server's count where there is one, also for the number to type", () => {
    const known = outlookOf("email", { content }, anAudience());
    const counted = countedOutlook(known, { total: 12_000, recipients: 8_400 });
    expect(counted).toEqual({ count: 12_000, reachable: 8_400, skipped: 3_600, segments: null });
    expect(numberToType(counted)).toBe(8_400);
  });

  it("admits what nobody has counted", () => {
    const uncounted = anAudience({ count: null, reachable: null });
    expect(outlookOf("email", { content }, uncounted)).toMatchObject({
      count: null,
      reachable: null,
      skipped: null,
    });
  });

  it("asks for the number only above a thousand recipients", () => {
    const few = anAudience({ reachable: { email: 1_000, sms: 0 } });
    expect(numberToType(outlookOf("email", { content }, few))).toBeNull();
    expect(numberToType(outlookOf("email", { content }, anAudience()))).toBe(8_412);
  });

  it("takes the number with and without separators, and nothing else", () => {
    expect(["8412", "8,412", " 8 412 ", "8.412"].every((text) => isTyped(text, 8_412))).toBe(true);
    expect(["", "841", "8412x", "yes"].some((text) => isTyped(text, 8_412))).toBe(false);
  });
});

it("a number that is only half typed is not called wrong yet", () => {
  expect(["", "12", "12,", "12.0", "12000"].map((text) => isBeginning(text, 12_000))).toEqual(
    Array<boolean>(5).fill(true),
  );
  expect(["13", "120001", "twelve"].map((text) => isBeginning(text, 12_000))).toEqual(
    Array<boolean>(3).fill(false),
  );
});
