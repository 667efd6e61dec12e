import { dayMs, hourMs } from "#domain/core/time.ts";
import { expect, test } from "vitest";
import { contactText, leaseText, lossText, removalText, unsentText } from "./device-words.ts";

const now = Date.UTC(2026, 10, 22, 12);
const device = {
  seenAt: now - 2 * hourMs,
  unsent: 0,
  leaseUntil: now + 14 * dayMs,
  revokedAt: null,
  wipedAt: null,
};

test("a device says when it was heard of, what is unsent, and when it locks itself", () => {
  expect(contactText(device, now)).toBe("Last contact 2 hours ago");
  expect(unsentText(device)).toBe("nothing unsent");
  expect(unsentText({ ...device, unsent: 1 })).toBe("1 change unsent");
  expect(leaseText(device, now)).toBe("locks itself on Dec 6, 2026 if it does not connect");
  expect(leaseText({ ...device, leaseUntil: now - dayMs }, now)).toBe("locked since Nov 21, 2026");
});

test("signing it out says what is lost: what it told, and what it could not tell", () => {
  expect(lossText({ ...device, unsent: 3 }, now)).toBe(
    "3 changes had not left it at its last contact, 2 hours ago, and will be lost. What was done on it since then and not sent is lost too.",
  );
  expect(lossText(device, now)).toBe(
    "It had sent everything at its last contact, 2 hours ago. What was done on it since then and not sent is lost.",
  );
  expect(removalText(device, now)).toContain("it locks itself on Dec 6, 2026.");
  expect(removalText({ ...device, leaseUntil: now - 1 }, now)).toContain(
    "Until then it is locked.",
  );
});

test("one that was signed out says what was lost and whether its data is gone", () => {
  const revoked = { ...device, revokedAt: now - hourMs, unsent: 2 };
  expect(unsentText(revoked)).toBe("2 changes lost");
  expect(leaseText(revoked, now)).toBe("has not heard of it yet");
  expect(leaseText({ ...revoked, wipedAt: now }, now)).toMatch(/^removed its data Nov 22, 2026/);
});
