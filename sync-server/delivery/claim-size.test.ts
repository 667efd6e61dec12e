// How fast a way is, is not known in its first moments: what is made of them.
import { expect, test } from "vitest";
import type { Limits } from "#domain/campaign/account.ts";
import { defaultGuards } from "#domain/message/breaker.ts";
import { cold } from "#domain/message/warm-up.ts";
import { createFakeCarrier, openFake } from "../../tests/support/delivery/fake-carrier.ts";
import { claimSize } from "./claim-size.ts";
import { createGate } from "./gate.ts";
import { createPace } from "./pace.ts";
import { sharedWarmth, warmthOf } from "./sender-warmth.ts";
import type { Seat } from "./turns.ts";

const limits: Partial<Limits> = { perSecond: null, concurrency: 100 };

interface Moment {
  /** Messages handed over since the sending began, a thousandth of a second ago. */
  readonly begun: number;
  /** Of these, those that were not answered yet. */
  readonly calls: number;
  readonly held?: number;
  readonly isProbe?: boolean;
}

/** What a lane that is alone claims in such a moment. */
function claimed({ begun, calls, held = 0, isProbe = false }: Moment): number {
  const account = openFake(createFakeCarrier().carrier, { limits });
  const gate = createGate(null, 0);
  const { turns } = gate;
  const warmth = warmthOf(sharedWarmth("", cold), null);
  gate.set(account.limits, defaultGuards, { pace: null, warmth, turns });
  const seat: Seat = {
    gate,
    size: held,
    reserved: 0,
    send: () => false,
    wants: () => true,
    lookAgain: () => undefined,
  };
  gate.turns.join(seat);
  const pace = createPace();
  for (let n = 0; n < begun; n += 1) pace.note(0);
  const now = 1;
  return claimSize(account, {
    gate,
    isProbe,
    held,
    calls,
    seat,
    now,
    rate: (leastMs) => pace.rate(now, leastMs),
  });
}

test("of a way that has not answered yet, no more is held than fills it twice", () => {
  expect(claimed({ begun: 100, calls: 100 })).toBe(100);
  expect(claimed({ begun: 100, calls: 50 })).toBe(100);
  expect(claimed({ begun: 100, calls: 100, held: 100 })).toBe(100);
  expect(claimed({ begun: 100, calls: 100, held: 101 })).toBe(0);
});

test("a way that has answered at once is fed by what it took in its first moments", () => {
  expect(claimed({ begun: 100, calls: 0 })).toBe(500);
  expect(claimed({ begun: 100, calls: 49 })).toBe(500);
});

test("a campaign that is paused gives no more when its one message found the way mended", () => {
  expect(claimed({ begun: 1, calls: 0 })).toBeGreaterThan(1);
  expect(claimed({ begun: 1, calls: 0, isProbe: true })).toBe(0);
});
