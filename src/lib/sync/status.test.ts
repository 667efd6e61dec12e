import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import {
  firstFacts,
  isAtRisk,
  statusOf,
  syncStatuses,
  type Reach,
  type SyncFacts,
  type SyncStatus,
} from "./status.ts";

const settled: SyncFacts = { ...firstFacts, reach: "reached", isCaughtUp: true };

const table: readonly (readonly [what: string, facts: Partial<SyncFacts>, status: SyncStatus])[] = [
  ["everything came and nothing waits", {}, "live"],
  ["a command waits", { unsent: 1 }, "syncing"],
  ["an act is being stored", { saving: 1 }, "syncing"],
  ["what the server took has not come back", { unseen: 1 }, "syncing"],
  ["what is unsent is not safe here", { unsent: 1, isAtRisk: true }, "storage-risk"],
  ["pages are still coming", { isCaughtUp: false }, "syncing"],
  ["nobody answered yet", { reach: "unknown" }, "syncing"],
  ["the network gives no answer", { reach: "unreachable" }, "offline"],
  ["the browser knows of no network", { isOffline: true }, "offline"],
  ["the last answer is from before the network went", { isOffline: true, unsent: 2 }, "offline"],
  ["somebody else answers", { reach: "captive" }, "captive"],
  ["an answer did not come in time", { reach: "slow" }, "degraded"],
  ["the server has an error", { reach: "server-error" }, "server-error"],
  ["the session ended", { reach: "signed-out" }, "signed-out"],
  [
    "the session ended, and the network is gone",
    { reach: "signed-out", isOffline: true },
    "offline",
  ],
  ["the app is too old", { reach: "update-required", isOffline: true }, "update-required"],
  ["storage refuses to keep", { isStorageFailing: true, isOffline: true }, "storage-risk"],
];

test.each(table)("when %s, the word fits", (_what, facts, status) => {
  expect(statusOf({ ...settled, ...facts })).toBe(status);
});

test("each of the nine is reached by some facts", () => {
  const reached = new Set(table.map(([, , status]) => status));
  expect([...reached].toSorted()).toEqual([...syncStatuses].toSorted());
});

const reaches: readonly Reach[] = [
  "unknown",
  "reached",
  "unreachable",
  "captive",
  "slow",
  "server-error",
  "signed-out",
  "update-required",
];

const some = fc.nat({ max: 3 });

test("it is never live while anything is unsent, being saved, missing, or the server silent", () => {
  const facts = fc.record({
    reach: fc.constantFrom(...reaches),
    unsent: some,
    saving: some,
    unseen: some,
    isCaughtUp: fc.boolean(),
    isOffline: fc.boolean(),
    isStorageFailing: fc.boolean(),
    isAtRisk: fc.boolean(),
  });
  fc.assert(
    fc.property(facts, (each) => {
      const waits = each.unsent + each.saving + each.unseen > 0;
      const isSilent = each.reach !== "reached" || each.isOffline || !each.isCaughtUp;
      const isUnsafe = each.isStorageFailing || each.isAtRisk;
      expect(statusOf(each) === "live").toBe(!waits && !isSilent && !isUnsafe);
    }),
    { numRuns: 2_000 },
  );
});

const safe = { unsent: 1, oldestMs: 0, outboxFill: 0.01, isProtected: true, diskFill: 0.1 };

test.each([
  ["what just waits is safe", {}, false],
  ["an outbox that is four fifths full must meet the server", { outboxFill: 0.8 }, true],
  ["a disk that is nearly full may take no more", { diskFill: 0.95 }, true],
  ["what is not protected is safe for a day", { isProtected: false, oldestMs: dayMs }, false],
  [
    "what is not protected is not safe for longer",
    { isProtected: false, oldestMs: dayMs + 1 },
    true,
  ],
  ["what is protected is", { oldestMs: 30 * dayMs }, false],
  ["who was not asked yet is not blamed", { isProtected: null, oldestMs: 30 * dayMs }, false],
  ["nothing that waits can be lost", { unsent: 0, outboxFill: 1, diskFill: 1 }, false],
])("%s", (_what, storing, risk) => {
  expect(isAtRisk({ ...safe, ...storing })).toBe(risk);
});
