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
    pace: woken(opened("c1", { roll: 0 })),
    bufferedBytes: () => 0,
    send: (_ch, shared) => sent.push(shared.toString()),
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
  const { hub, sent, move, read } = aHub();
  hub.nudge();
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
  hub.nudge();
  await vi.advanceTimersByTimeAsync(1);
  move(ana);
  await read();
  expect(listener.pace).toMatchObject({ dirty: true, own: true });
  await vi.advanceTimersByTimeAsync(500);
  await read();
  expect(sent.length).toBe(2);
  hub.close();
});

function rethrow(error: unknown): never {
  throw error;
}
