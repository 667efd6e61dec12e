import { expect, test } from "vitest";
import type { Reason } from "../message/reason.ts";
import { repeatedTrouble } from "./repeated-trouble.ts";

function sent(number: number, reason: Reason, accountId = "a") {
  return {
    campaign: { id: `c${number}`, number, accountId, launchedAt: number },
    rollup: { reasons: [{ state: "failed", reason, n: number }] },
  } as const;
}

test("S3-34 the same trouble with an account in three campaigns is told, newest first; in two it is not repeated", () => {
  const rows = [sent(1, "auth_failed"), sent(3, "auth_failed"), sent(2, "provider_error")];
  expect(repeatedTrouble(rows, "a")).toMatchObject({ reason: "auth_failed", isRepeated: false });
  expect(repeatedTrouble([...rows, sent(5, "auth_failed")], "a")).toEqual({
    reason: "auth_failed",
    campaigns: [5, 3, 1].map((n) => ({ campaignId: `c${n}`, number: n, launchedAt: n, n })),
    isRepeated: true,
  });
});

test("what is about recipients or the text, another account's, or long ago is no trouble with the account", () => {
  const others = [1, 2, 3].flatMap((n) => [
    sent(n, "unknown_recipient"),
    sent(n + 10, "content_rejected"),
    sent(n + 20, "auth_failed", "b"),
  ]);
  expect(repeatedTrouble(others, "a")).toBeNull();
  const mended = Array.from({ length: 20 }, (_, n) => sent(n + 100, "no_consent"));
  expect(repeatedTrouble([sent(1, "auth_failed"), ...mended], "a")).toBeNull();
});
