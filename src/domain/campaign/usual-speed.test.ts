import { expect, test } from "vitest";
import { usualPerSecond, usualSpeedOf } from "./usual-speed.ts";

test("S2-D8 250 messages a second by SMS and RCS, 160 by e-mail, and at most 15 by WhatsApp", () => {
  expect(usualPerSecond).toMatchObject({ sms: 250, rcs: 250, email: 160 });
  expect(usualPerSecond.whatsapp).toBeLessThanOrEqual(15);
  expect(usualSpeedOf("smtp", "email")).toBe(160);
  expect(usualSpeedOf("webhook", "sms")).toBe(250);
});

test("a sandbox writes to nobody, and has no usual speed", () => {
  expect(usualSpeedOf("sandbox", "sms")).toBeNull();
});
