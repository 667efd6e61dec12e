import { expect, test } from "vitest";
import { clockText, diagnosisText, storageText } from "./diagnosis.ts";

const facts = {
  now: 0,
  version: "abc",
  status: "offline",
  isOnline: false,
  lastContactAt: null,
  clockOffsetMs: 120_000,
  clockComparedAt: 0,
  pending: [
    { mid: 3, name: "campaign.send", subject: ["campaign", "id-1"], at: 0, state: "waiting" },
  ],
  attention: 1,
  storage: { usage: 4_200_000, quota: null, persisted: false },
  place: {
    client: "d",
    epoch: "e",
    cursors: { org: 3, team: 12, roll: 0, user: 1 },
    isStaging: true,
    lastMid: 4,
  },
  troubles: [
    {
      at: 0,
      request: "POST /sync/push",
      kind: "server-error",
      status: 503,
      requestId: "req-7",
      times: 2,
    },
  ],
  workspace: "w",
  user: "u",
  browser: "a browser",
} as const;

test("the diagnosis names the state of everything that waits", () => {
  const text = diagnosisText(facts);
  expect(text).toContain("status: offline (browser says offline)");
  expect(text).toContain("unsent: 1");
  expect(text).toContain("#3 campaign.send campaign/id-1 at 1970-01-01T00:00:00.000Z: waiting");
  expect(text).toContain("cursors: org 3, team 12, roll 0, user 1 (more came");
  expect(text).toContain(
    "1970-01-01T00:00:00.000Z POST /sync/push: server-error (503, request req-7), 2 times",
  );
});

test("a clock that is right within two seconds is called right", () => {
  expect(clockText(1_500, 0)).toBe("right, within two seconds");
  expect(clockText(120_000, 0)).toBe("this device is 2 min behind the server");
  expect(clockText(-120_000, 0)).toBe("this device is 2 min ahead of the server");
  expect(clockText(0, 3 * 3_600_000)).toBe("right, within two seconds, as compared 3 h ago");
  expect(clockText(null, null)).toBe("not compared with the server’s yet");
});

test("storage says whether the browser may clear it", () => {
  expect(storageText(facts.storage)).toBe("4.2 MB used, may be cleared by the browser");
  expect(storageText({ usage: null, quota: 1e9, persisted: true })).toBe(
    "use unknown of 1 GB, protected",
  );
});
