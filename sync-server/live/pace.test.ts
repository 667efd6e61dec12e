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

const start = opened({ team: 5, roll: 7 });
const last = (roll: number) => ({
  to: { team: 5, roll },
  complete: true,
  empty: false,
  bytes: 100,
});
/** A connection that got and acknowledged a page at 1,000, and was woken again. */
function next(hidden: boolean): Pace {
  const sent = afterSent(paced(woken(start), hidden), last(8), 1_000);
  return woken(afterAck(sent, { isNewChain: false, at: { team: 5, roll: 8 } }, 1_000));
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
      afterAck(paced(hidden, false), { isNewChain: true, at: { team: 5, roll: 8 } }, 1_000),
    );
    expect([1_249, 1_250].map((now) => isReady(back, now, 0))).toEqual([false, true]);
  });

  test("[S27] who goes out of sight and comes back gets no page more for it", () => {
    const sent = afterSent(woken(start), last(8), 1_000);
    const back = paced(paced(paced(sent, true), true), false);
    expect(back).toEqual(sent);
  });

  test("[S26] at most two pages are under way without acknowledgement", () => {
    const one = afterSent(woken(start), part(2_000), 0);
    expect(isReady(one, 0, 0)).toBe(true);
    const two = afterSent(one, part(4_000), 0);
    expect(isReady(two, 5_000, 0)).toBe(false);
    expect(
      isReady(afterAck(two, { isNewChain: false, at: { team: 2_000 } }, 1_000), 5_000, 0),
    ).toBe(true);
  });

  test("[S26] a quick device gets more before it acknowledges, up to 128 KB; one that turned slow does not", () => {
    const known = afterAck(
      afterSent(woken(start), last(8), 0),
      { isNewChain: false, at: { team: 5, roll: 8 } },
      quickWithinMs,
    );
    const sentTo = (from: Pace, pages: number, bytes: number): Pace => {
      let pace = from;
      for (let n = 1; n <= pages; n++) {
        pace = woken(afterSent(pace, { ...last(8 + n), bytes }, n * 250));
      }
      return pace;
    };
    expect([2, 47, 48].map((pages) => isOpen(sentTo(known, pages, 100)))).toEqual([
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
      { isNewChain: false, at: { team: 5, roll: 9 } },
      250 + quickWithinMs + 1,
    );
    expect(isOpen(sentTo(late, 1, 100))).toBe(true);
    expect(isOpen(sentTo(late, 2, 100))).toBe(false);
  });

  test("[S28] a page a little after its beat keeps the beat; one that is later begins it anew", () => {
    const onBeat = { ...woken(start), nextAt: 1_500 };
    expect([1_500, 1_549].map((now) => afterSent(onBeat, last(9), now).nextAt)).toEqual([
      1_750, 1_750,
    ]);
    expect(afterSent(onBeat, last(9), 1_560).nextAt).toBe(1_810);
  });

  test("[S28] the beat of a workspace is that of all of its devices", () => {
    const hidden = paced(woken(start), true);
    expect(afterSent(woken(start), last(8), 1_000, 1_230).nextAt).toBe(1_230);
    expect(afterSent(hidden, last(8), 1_000, 1_230).nextAt).toBe(1_980);
  });

  test("[S27] what is written every quarter of a second is heard at once, wherever the beat began", () => {
    for (const phase of [0, 10, 49, 50, 120, 249]) {
      let pace = start;
      const waits: number[] = [];
      for (let n = 0; n < 8; n++) {
        const writtenAt = 10_000 + n * 251 + phase;
        const at = Math.max(writtenAt, pace.nextAt);
        waits.push(at - writtenAt);
        pace = afterSent(woken(pace), last(8 + n), at);
        pace = afterAck(pace, { isNewChain: false, at: { team: 5, roll: 8 + n } }, at);
      }
      expect(Math.max(...waits.slice(1))).toBeLessThanOrEqual(50);
    }
  });

  test("a full buffer holds the page back", () => {
    expect(isReady(woken(start), 0, maxBufferedBytes)).toBe(false);
  });

  test("[S26] a new chain takes the device at its word and sends again what was dropped", () => {
    const sent = afterSent(woken(start), last(8), 0);
    const dropped = afterAck(sent, { isNewChain: true, at: { team: 5, roll: 7 } }, 1_000);
    expect(dropped).toMatchObject({
      sent: { team: 5, roll: 7 },
      inFlight: [],
      dirty: true,
    });
    const taken = afterAck(sent, { isNewChain: true, at: { team: 5, roll: 8 } }, 1_000);
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
          pace = afterAck(pace, { isNewChain: false, at: { team: 5, roll } }, 1_000);
        }
        // One page may be late by a little, and the next one on time.
        return sentAt.every((at, index) => at - (sentAt[index - 1] ?? 0) > 200);
      },
    );
    expect(() => fc.assert(holds)).not.toThrow();
  });
});
