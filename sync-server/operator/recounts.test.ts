// The doctor inside the server: when it looks, and that what it finds is told.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Finding } from "../store/admin-store.ts";
import { createRecounts, type Recounts } from "./recounts.ts";

const evening = new Date(2026, 10, 21, 20).getTime();
const finding: Finding = { check: "tally", detail: "campaign x: differs" };

let all: number;
let some: (readonly number[] | undefined)[];
let wrong: readonly Finding[];
let told: object[];
let closed: number;
let recounts: Recounts;

beforeEach(() => {
  vi.useFakeTimers({ now: evening });
  [all, some, wrong, told, closed] = [0, [], [], [], 0];
  recounts = createRecounts({
    clock: Date.now,
    log: { info: () => undefined, error: (facts) => void told.push(facts) },
    openReader: async () => reader(),
  });
  recounts.start();
});

afterEach(async () => {
  await recounts.stop();
  vi.useRealTimers();
});

/** Only what a recount asks of a store. */
function reader(): Awaited<ReturnType<Parameters<typeof createRecounts>[0]["openReader"]>> {
  return {
    doctor: async () => {
      all += 1;
      return wrong;
    },
    findings: async (distributions) => {
      some.push(distributions);
      return wrong;
    },
    close: async () => {
      closed += 1;
    },
  };
}

test("recounts campaigns that are complete, together and once", async () => {
  recounts.completed(4);
  recounts.completed(4);
  recounts.completed(5);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(some).toEqual([[4, 5]]);
  expect([all, closed, told]).toEqual([0, 1, []]);
  expect(recounts.last()).toBeNull();
});

test("recounts everything once a night, and tells what differs until all is well again", async () => {
  wrong = [finding];
  recounts.completed(4);
  await vi.advanceTimersByTimeAsync(6 * 3_600_000);
  expect(all).toBe(0);
  expect(recounts.sinceThen()).toEqual([finding]);
  await vi.advanceTimersByTimeAsync(4 * 3_600_000);
  expect(all).toBe(1);
  expect(recounts.last()?.findings).toEqual([finding]);
  expect(recounts.sinceThen()).toEqual([]);
  expect(told).toEqual([
    { n: 1, findings: [finding] },
    { n: 1, findings: [finding] },
  ]);
  wrong = [];
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect([all, recounts.last()?.findings]).toEqual([2, []]);
});

test("a recount that fails is told, and the next one comes all the same", async () => {
  const failing = createRecounts({
    clock: Date.now,
    log: { info: () => undefined, error: (facts) => void told.push(facts) },
    openReader: async () => {
      throw new Error("no thread");
    },
  });
  failing.completed(1);
  await vi.advanceTimersByTimeAsync(15_000);
  failing.completed(2);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(told).toHaveLength(2);
  await failing.stop();
});
