import { expect, test } from "vitest";
import type { Standing } from "#domain/campaign/account.ts";
import { hourMs } from "#domain/core/time.ts";
import { aCampaign, noon } from "../../../tests/support/campaigns.ts";
import { limitText, pauseOutlook, standingText } from "./pause-words.ts";

const standing: Standing = {
  state: "open",
  pauseReason: "breaker",
  reason: "network_error",
  detail: "",
  since: noon,
  retryAt: noon + hourMs,
};
const paused = aCampaign({ phase: "paused", pauseReason: "breaker", pausedAt: noon });

test("AMB-10 a pause by the system says when it is tried again and when it ends", () => {
  const [retry, end] = pauseOutlook(paused, standing);
  expect(retry).toContain("tried by itself");
  expect(end).toContain("canceled");
  expect(pauseOutlook(paused, { ...standing, retryAt: null })).toHaveLength(1);
  // The account stands still for something else than this campaign does.
  expect(pauseOutlook({ ...paused, pauseReason: "failure_ratio" }, standing)).toHaveLength(1);
  expect(pauseOutlook({ ...paused, pauseReason: "user" }, standing)).toEqual([]);
});

test("an account that stands still says why, and what to do", () => {
  expect(standingText(standing)).toContain("the provider could not be reached");
  expect(standingText({ ...standing, retryAt: null })).toContain("Resume one of its campaigns");
});

test("the limit that people set is told with its number", () => {
  expect(limitText("account", 10)).toBe("limited by the account's 10 a second");
  expect(limitText("provider", 10)).toContain("asked to slow down");
});
