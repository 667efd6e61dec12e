import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ana, anId, ben } from "../../tests/support/campaigns.ts";
import type { Moved } from "../store/store.ts";
import type { Listener } from "./crowds.ts";
import { createHub } from "./hub.ts";
import { maxBufferedBytes, opened, woken } from "./pace.ts";
import type { Puller } from "./pull.ts";

const workspace = anId(0xe);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

function aPace() {
  return woken(opened({ roll: 0 }));
}

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
    bufferedBytes: () => 0,
    send: (shared) => sent.push(shared.naming("")),
  };
  hub.join(listener);
  hub.place(listener, aPace());
  return {
    hub,
    sent,
    reads,
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
  const { hub, sent, move, read } = aHub();
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
  hub.place(listener, woken(opened({ roll: 0 }), true));
  await vi.advanceTimersByTimeAsync(1);
  move(ana);
  await read();
  expect(hub.paceOf(listener)).toMatchObject({ dirty: true, own: true });
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
  const paces = () => crowd.map((each) => hub.paceOf(each));
  for (const each of crowd) {
    hub.join(each);
    hub.place(each, aPace());
  }
  await read();
  move();
  await vi.advanceTimersByTimeAsync((paces()[0]?.nextAt ?? 0) - Date.now());
  await read();
  expect(sent).toHaveLength(6);
  expect(new Set(paces().map((pace) => pace?.nextAt)).size).toBe(1);
  hub.close();
});

test("[S28] what moves four times a second is heard with it, however the two began", async () => {
  const { hub, listener, move, read } = aHub();
  hub.leave(listener);
  const heardAt: number[] = [];
  const device: Listener = {
    ...listener,
    send: () => void heardAt.push(Date.now()),
  };
  hub.join(device);
  hub.place(device, { ...opened({ roll: 0 }), cut: true });
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
        const pace = hub.paceOf(device);
        if (pace !== null) hub.place(device, { ...pace, acked: pace.sent, inFlight: [] });
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

test("[S27] whose line is full gets no page, and one over all of it when it takes more", async () => {
  const { hub, sent, listener, move, read } = aHub();
  const heard: string[] = [];
  let buffered = maxBufferedBytes;
  const slow: Listener = {
    ...listener,
    bufferedBytes: () => buffered,
    send: (shared) => void heard.push(shared.naming("")),
  };
  hub.join(slow);
  hub.place(slow, aPace());
  for (let beat = 0; beat < 2; beat++) {
    await read();
    move();
    await vi.advanceTimersByTimeAsync(300);
  }
  await read();
  expect(sent).toHaveLength(2);
  expect(heard).toEqual([]);
  expect(hub.paceOf(slow)).toMatchObject({ sent: { roll: 0 }, inFlight: [], dirty: true });
  buffered = 0;
  await vi.advanceTimersByTimeAsync(100);
  await read();
  expect(heard.map((text) => JSON.parse(text).feeds.roll)).toMatchObject([{ from: 0, to: 3 }]);
  hub.close();
});

test("[S25] who acknowledges while a page is read gets it with the others", async () => {
  const { hub, sent, listener, move, read } = aHub();
  await read();
  const pace = hub.paceOf(listener);
  move();
  await vi.advanceTimersByTimeAsync(300);
  if (pace !== null) hub.place(listener, { ...pace, dirty: true, acked: pace.sent, inFlight: [] });
  await read();
  expect(sent.map((text) => JSON.parse(text).feeds.roll.to)).toEqual([1, 2]);
  expect(hub.paceOf(listener)).toMatchObject({ acked: { roll: 1 }, dirty: false });
  hub.close();
});

test("[S25] who stands elsewhere while a page is read gets one from there instead", async () => {
  const { hub, sent, listener, move, read } = aHub();
  await read();
  move();
  await vi.advanceTimersByTimeAsync(300);
  hub.place(listener, aPace());
  await read();
  await read();
  const pages = sent.map((text) => JSON.parse(text).feeds.roll);
  expect(pages).toMatchObject([
    { from: 0, to: 1 },
    { from: 0, to: 2 },
  ]);
  hub.close();
});

test("[S25] whose own feed moves while a page is read for all gets that one and then their own", async () => {
  const { hub, sent, listener, move, read } = aHub();
  const others: string[] = [];
  const other: Listener = {
    ...listener,
    user: ben,
    send: (shared) => void others.push(shared.naming("")),
  };
  hub.join(other);
  hub.place(other, aPace());
  await vi.advanceTimersByTimeAsync(1);
  move(ana);
  await read();
  expect(hub.paceOf(listener)).toMatchObject({ dirty: true, own: true });
  expect(hub.paceOf(other)).toMatchObject({ dirty: false, own: false });
  await vi.advanceTimersByTimeAsync(500);
  await read();
  expect([sent.length, others.length]).toEqual([2, 1]);
  hub.close();
});

test("[S28] who got what was theirs alone is read for with the others again", async () => {
  const { hub, sent, listener, move, read, reads } = aHub();
  const other: Listener = { ...listener, user: ben };
  hub.join(other);
  for (const each of [listener, other]) hub.place(each, woken(opened({ roll: 0, user: 0 }), true));
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toHaveLength(2);
  await read();
  move();
  await vi.advanceTimersByTimeAsync(300);
  expect(reads).toHaveLength(1);
  await read();
  expect(sent).toHaveLength(4);
  hub.close();
});

function rethrow(error: unknown): never {
  throw error;
}
