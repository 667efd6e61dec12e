import fc from "fast-check";
import { expect, test } from "vitest";
import { signOf, type Clicked, type Neighbour } from "./click.ts";

const delivered: Clicked = { channel: "email", state: "delivered", at: 1_000 };
const later: Neighbour = { link: 1, at: 60_000 };

test("what a request says of itself makes it a scanner's, whatever else there is", () => {
  expect(signOf({ ...later, sign: "robot" }, delivered, [])).toBe("robot");
  expect(signOf({ ...later, sign: "prefetch" }, delivered, [])).toBe("prefetch");
  expect(signOf({ ...later, sign: null }, delivered, [])).toBeNull();
});

test("several links of one message within a second are a scanner's; the same link twice is not", () => {
  const click = { ...later, sign: null };
  expect(signOf(click, delivered, [{ link: 2, at: later.at + 999 }])).toBe("several");
  expect(signOf(click, delivered, [{ link: 2, at: later.at - 999 }])).toBe("several");
  expect(signOf(click, delivered, [{ link: 2, at: later.at + 1_000 }])).toBeNull();
  expect(signOf(click, delivered, [{ link: 1, at: later.at + 10 }])).toBeNull();
});

test("an e-mail that is opened before it can be read was opened by a scanner; an SMS was not", () => {
  const submitted: Clicked = { channel: "email", state: "submitted", at: 1_000 };
  expect(signOf({ link: 1, at: 2_999, sign: null }, submitted, [])).toBe("too_soon");
  expect(signOf({ link: 1, at: 3_000, sign: null }, submitted, [])).toBeNull();
  expect(signOf({ link: 1, at: 900, sign: null }, { ...submitted, state: "sending" }, [])).toBe(
    "too_soon",
  );
  const sms: Clicked = { ...submitted, channel: "sms" };
  expect(signOf({ link: 1, at: 1_001, sign: null }, sms, [])).toBeNull();
});

function judged(one: Neighbour, other: Neighbour) {
  return signOf({ ...one, sign: null }, delivered, [other]);
}

test("two clicks of one message are judged alike, whichever came first", () => {
  const click = fc.record({ link: fc.integer({ min: 1, max: 3 }), at: fc.nat(5_000) });
  fc.assert(
    fc.property(click, click, (a, b) => {
      expect(judged(a, b)).toBe(judged(b, a));
    }),
  );
});
