import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ana, anId } from "../../tests/support/campaigns.ts";
import type { Moved } from "../store/store.ts";
import { createHub, type Listener } from "./hub.ts";
import { opened, woken } from "./pace.ts";
import type { Puller } from "./pull.ts";

const workspace = anId(0xe);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A hub with one listener, whose pages are read when the test says so. */
function aHub() {
  let head = 1;
  const reads: (() => void)[] = [];
  const hears: ((moved: readonly Moved[]) => void)[] = [];
  const puller: Puller = {
    epoch: async () => "one",
    pull: async ({ ch, feeds }) => {
      const from = feeds.roll?.from ?? 0;
      const to = head;
      await new Promise<void>((resolve) => {
        reads.push(resolve);
      });
      const rows = { ver: [], kind: [], id: [], doc: [] };
      const roll = { from, to, more: false, rows };
      return { t: "page", epoch: "one", ch, feeds: { roll }, time: 0 };
    },
  };
  const store = {
    onMove: (hear: (moved: readonly Moved[]) => void) => {
      hears.push(hear);
      return () => undefined;
    },
  };
  const hub = createHub({ store, puller, clock: () => Date.now(), onError: rethrow });
  const sent: string[] = [];
  const listener: Listener = {
    workspace,
    user: ana,
    ch: "c1",
    pace: woken(opened({ roll: 0 })),
    bufferedBytes: () => 0,
    send: (shared) => sent.push(shared.naming("")),
  };
  hub.join(listener);
  return {
    hub,
    sent,
    listener,
    move: (user: string | null = null) => {
      head += 1;
      for (const hear of hears) hear([{ workspace, feed: user === null ? "roll" : "user", user }]);
    },
    /** What is being read has been. */
    read: async () => {
      await vi.advanceTimersByTimeAsync(1);
      for (const resolve of reads.splice(0)) resolve();
      await vi.advanceTimersByTimeAsync(1);
    },
  };
}

test("[S25] what moves while a page is read goes out with the next page", async () => {
  const { hub, sent, listener, move, read } = aHub();
  hub.nudge(listener);
  await vi.advanceTimersByTimeAsync(1);
  move();
  await read();
  expect(sent.length).toBe(1);
  await vi.advanceTimersByTimeAsync(500);
  await read();
  expect(sent.map((text) => JSON.parse(text).feeds.roll.to)).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(1_000);
  await read();
  expect(sent.length).toBe(2);
  hub.close();
});

test("[S25] what moves of a person's own while their page is read goes out with the next page", async () => {
  const { hub, sent, listener, move, read } = aHub();
  if (listener.pace !== null) listener.pace = woken(listener.pace, true);
  hub.nudge(listener);
  await vi.advanceTimersByTimeAsync(1);
  move(ana);
  await read();
  expect(listener.pace).toMatchObject({ dirty: true, own: true });
  await vi.advanceTimersByTimeAsync(500);
  await read();
  expect(sent.length).toBe(2);
  hub.close();
});

test("[S28] who hears a page last hears the next one with the others", async () => {
  const { hub, sent, listener, move, read } = aHub();
  // Each write takes a moment: with many listeners the last ones come much later.
  const send = (): void => {
    sent.push("");
    vi.setSystemTime(Date.now() + 40);
  };
  hub.leave(listener);
  const crowd = [1, 2, 3].map((): Listener => ({ ...listener, send }));
  for (const each of crowd) {
    hub.join(each);
    hub.nudge(each);
  }
  await read();
  move();
  await vi.advanceTimersByTimeAsync((crowd[0]?.pace?.nextAt ?? 0) - Date.now());
  await read();
  expect(sent).toHaveLength(6);
  expect(new Set(crowd.map(({ pace }) => pace?.nextAt)).size).toBe(1);
  hub.close();
});

test("[S28] what moves four times a second is heard with it, however the two began", async () => {
  const { hub, listener, move, read } = aHub();
  hub.leave(listener);
  const heardAt: number[] = [];
  const device: Listener = {
    ...listener,
    pace: { ...opened({ roll: 0 }), cut: true },
    send: () => void heardAt.push(Date.now()),
  };
  hub.join(device);
  const waits: number[] = [];
  for (let beat = 0; beat < 40; beat++) {
    const movedAt = Date.now();
    move();
    // Once it begins out of step: what moves a tenth of a second later.
    const nextAt = movedAt + (beat === 20 ? 350 : 250);
    const before = heardAt.length;
    while (Date.now() < nextAt) {
      await read();
      if (heardAt.length > before && waits.length === beat) {
        waits.push((heardAt.at(-1) ?? 0) - movedAt);
        const { pace } = device;
        if (pace !== null) device.pace = { ...pace, acked: pace.sent, inFlight: [] };
      }
    }
    if (waits.length === beat) waits.push(Infinity);
  }
  const settled = [...waits.slice(5, 20), ...waits.slice(33)];
  expect(Math.max(...settled)).toBeLessThanOrEqual(30);
  const gaps = heardAt.slice(4).map((at, n) => at - (heardAt[n] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(950);
  hub.close();
});

function rethrow(error: unknown): never {
  throw error;
}
