import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ackWithinMs,
  afterAck,
  afterSent,
  afterWaiting,
  isReady,
  maxBufferedBytes,
  maxBytesInFlight,
  opened,
  paced,
  quickWithinMs,
  woken,
  type Pace,
} from "./pace.ts";

const start = opened("c1", { team: 5, roll: 7 });
const last = (roll: number) => ({
  to: { team: 5, roll },
  complete: true,
  empty: false,
  bytes: 100,
});
/** A connection that got and acknowledged a page at 1,000, and was woken again. */
function next(hidden: boolean): Pace {
  const sent = afterSent(paced(woken(start), hidden), last(8), 1_000);
  return woken(afterAck(sent, { ch: "c1", at: { team: 5, roll: 8 } }, 1_000));
}

const isOpen = (pace: Pace): boolean => isReady(pace, 20_000, 0);

const part = (team: number) => ({
  to: { team, roll: 7 },
  complete: false,
  empty: false,
  bytes: 100,
});

describe("[S27] the pace of a connection", () => {
  test("a quiet connection gets nothing, a woken one gets its page at once", () => {
    expect(isReady(start, 1_000, 0)).toBe(false);
    expect(isReady(woken(start), 1_000, 0)).toBe(true);
  });

  test("an acknowledged connection waits a quarter of a second for its next page, a hidden one a second", () => {
    expect([1_249, 1_250].map((now) => isReady(next(false), now, 0))).toEqual([false, true]);
    expect([1_999, 2_000].map((now) => isReady(next(true), now, 0))).toEqual([false, true]);
  });

  test("a device that comes back into sight does not wait out the long pause", () => {
    const hidden = afterSent(paced(woken(start), true), last(8), 1_000);
    const back = woken(
      afterAck(paced(hidden, false), { ch: "c2", at: { team: 5, roll: 8 } }, 1_000),
    );
    expect(isReady(back, 1_001, 0)).toBe(true);
  });

  test("[S26] at most two pages are under way without acknowledgement", () => {
    const one = afterSent(woken(start), part(2_000), 0);
    expect(isReady(one, 0, 0)).toBe(true);
    const two = afterSent(one, part(4_000), 0);
    expect(isReady(two, 5_000, 0)).toBe(false);
    expect(isReady(afterAck(two, { ch: "c1", at: { team: 2_000 } }, 1_000), 5_000, 0)).toBe(true);
  });

  test("[S26] a quick device gets more before it acknowledges, up to 128 KB; one that turned slow does not", () => {
    const known = afterAck(
      afterSent(woken(start), last(8), 0),
      { ch: "c1", at: { team: 5, roll: 8 } },
      quickWithinMs,
    );
    const sentTo = (from: Pace, pages: number, bytes: number): Pace => {
      let pace = from;
      for (let n = 1; n <= pages; n++) {
        pace = woken(afterSent(pace, { ...last(8 + n), bytes }, n * 250));
      }
      return pace;
    };
    expect([2, 15, 16].map((pages) => isOpen(sentTo(known, pages, 100)))).toEqual([
      true,
      true,
      false,
    ]);
    expect([2, 3].map((pages) => isOpen(sentTo(known, pages, maxBytesInFlight / 3)))).toEqual([
      true,
      false,
    ]);
    const late = afterAck(
      sentTo(known, 1, 100),
      { ch: "c1", at: { team: 5, roll: 9 } },
      250 + quickWithinMs + 1,
    );
    expect(isOpen(sentTo(late, 1, 100))).toBe(true);
    expect(isOpen(sentTo(late, 2, 100))).toBe(false);
  });

  test("[S28] pages go out at one beat for all, so that who stands alike stays alike", () => {
    const at = (now: number): number => afterSent(woken(start), last(8), now).nextAt;
    expect([1_001, 1_100, 1_249].map(at)).toEqual([1_500, 1_500, 1_500]);
    const onBeat = { ...woken(start), nextAt: 1_500 };
    expect([1_500, 1_549].map((now) => afterSent(onBeat, last(9), now).nextAt)).toEqual([
      1_750, 1_750,
    ]);
    expect(afterSent(onBeat, last(9), 1_560).nextAt).toBe(2_000);
  });

  test("a full buffer holds the page back", () => {
    expect(isReady(woken(start), 0, maxBufferedBytes)).toBe(false);
  });

  test("[S26] a new chain takes the device at its word and sends again what was dropped", () => {
    const sent = afterSent(woken(start), last(8), 0);
    const dropped = afterAck(sent, { ch: "c9", at: { team: 5, roll: 7 } }, 1_000);
    expect(dropped).toMatchObject({
      ch: "c9",
      sent: { team: 5, roll: 7 },
      inFlight: [],
      dirty: true,
    });
    const taken = afterAck(sent, { ch: "c9", at: { team: 5, roll: 8 } }, 1_000);
    expect(taken).toMatchObject({ sent: { team: 5, roll: 8 }, dirty: false });
  });

  test("[S26] a page that nobody acknowledges goes out again from the last known place", () => {
    const sent = afterSent(woken(start), last(8), 0);
    expect(afterWaiting(sent, ackWithinMs - 1)).toBe(sent);
    expect(afterWaiting(sent, ackWithinMs)).toMatchObject({
      sent: { team: 5, roll: 7 },
      inFlight: [],
      dirty: true,
    });
  });

  test("an empty page is not waited for", () => {
    const quiet = afterSent(woken(start), { to: {}, complete: true, empty: true, bytes: 0 }, 0);
    expect(quiet).toMatchObject({ dirty: false, inFlight: [] });
  });

  test("[S27] however often feeds move, a device that acknowledges at once gets four pages a second", () => {
    const holds = fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 200 }),
      (steps) => {
        let pace = start;
        let now = 10_000;
        let roll = 7;
        const sentAt: number[] = [];
        for (const step of steps) {
          now += step;
          pace = woken(pace);
          if (!isReady(pace, now, 0)) continue;
          roll += 1;
          sentAt.push(now);
          pace = afterSent(pace, last(roll), now);
          pace = afterAck(pace, { ch: "c1", at: { team: 5, roll } }, 1_000);
        }
        // One page may be late by a little, and the next one on time.
        return sentAt.every((at, index) => at - (sentAt[index - 1] ?? 0) > 200);
      },
    );
    expect(() => fc.assert(holds)).not.toThrow();
  });
});
