import { expect, test } from "vitest";
import { hourMs } from "../core/time.ts";
import { pauseReasons } from "./lifecycle.ts";
import { pauseEndsAt } from "./pause.ts";

const paused = { phase: "paused", pausedAt: 1_000, updatedAt: 5_000 } as const;

test("S1-D4 what the system paused ends after 72 hours, unless the cause ends by itself or a person's decision is awaited", () => {
  const ending = pauseReasons.filter(
    (pauseReason) => pauseEndsAt({ ...paused, pauseReason }) !== null,
  );
  expect(ending).toEqual([
    "breaker",
    "failure_ratio",
    "provider_auth",
    "quota",
    "clock",
    "codes",
    "not_ready",
  ]);
  expect(pauseEndsAt({ ...paused, pauseReason: "breaker" })).toBe(1_000 + 72 * hourMs);
});

test("a campaign that is not paused never ends for it", () => {
  expect(pauseEndsAt({ ...paused, phase: "active", pauseReason: null })).toBeNull();
});
