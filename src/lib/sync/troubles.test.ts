import { expect, test } from "vitest";
import { createTroubleLog } from "./troubles.ts";

const failed = { method: "GET", kind: "unreachable", status: 0, requestId: null } as const;

test("S4 sync centre: what failed in a row is one line, without what was searched for, and the last twenty stay", () => {
  const log = createTroubleLog();
  log.add({ ...failed, at: 1, path: "/api/v1/contacts?q=ana%40example.org" });
  log.add({ ...failed, at: 2, path: "/api/v1/contacts?q=ben" });
  expect(log.all).toEqual([
    {
      at: 2,
      request: "GET /api/v1/contacts",
      kind: "unreachable",
      status: 0,
      requestId: null,
      times: 2,
    },
  ]);
  for (let n = 0; n < 30; n++) log.add({ ...failed, at: n, path: `/api/v1/campaigns/${n}` });
  expect(log.all).toHaveLength(20);
  expect(log.all.at(-1)?.request).toBe("GET /api/v1/campaigns/29");
});
