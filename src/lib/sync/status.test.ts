import { expect, test } from "vitest";
import { firstFacts, statusOf, type Reach, type SyncFacts, type SyncStatus } from "./status.ts";

const settled: SyncFacts = { ...firstFacts, reach: "reached", isCaughtUp: true };

const table: readonly (readonly [what: string, facts: Partial<SyncFacts>, status: SyncStatus])[] = [
  ["everything came and nothing waits", {}, "live"],
  ["a command waits", { unsent: 1 }, "syncing"],
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

test("it is never live while anything is unsent, missing, or the server silent", () => {
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
  for (const reach of reaches) {
    for (const unsent of [0, 1]) {
      for (const [isCaughtUp, isOffline] of [
        [true, false],
        [true, true],
        [false, false],
      ] as const) {
        const isFine = reach === "reached" && unsent === 0 && isCaughtUp && !isOffline;
        const status = statusOf({ reach, unsent, isCaughtUp, isOffline, isStorageFailing: false });
        expect(status === "live").toBe(isFine);
      }
    }
  }
});
