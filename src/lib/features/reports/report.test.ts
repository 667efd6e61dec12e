import { describe, expect, test } from "vitest";
import { minuteMs } from "#domain/core/time.ts";
import { noCounts } from "#domain/message/state.ts";
import { bandsSentence, formatShare } from "./shares.ts";
import {
  costSentence,
  equation,
  overTimeSentence,
  progressSentence,
  sentEquation,
  reasonsSentence,
  unitsToGo,
} from "./summaries.ts";
import { pauseCause } from "./pause-cause.ts";
import { completionTimeMs, stationsOf } from "./timeline.ts";

const counters = { total: 100, sent: 80, delivered: 60, failed: 5, skipped: 5, toGo: 10 };
const time = (at: number) => `minute ${at / minuteMs}`;

describe("sentences", () => {
  test("the progress says how many were sent, confirmed, failed and are to go", () => {
    expect(progressSentence(counters, 84)).toBe(
      "Sent to 80 of 100; 5 failed, 5 skipped, 10 to go. Of 84 submitted, 71.4% are confirmed as delivered.",
    );
    expect(progressSentence(counters, 84, 3)).toMatch(
      /^Sent to 80 of 100, 3 of these of unknown outcome; /,
    );
    expect(progressSentence({ ...counters, total: 0 }, 0)).toBe("Nobody to send to yet.");
  });

  test("what was sent is told as a part of what was submitted, where the two differ", () => {
    expect(sentEquation(counters, 84)).toBe(
      "80 sent = 84 submitted − 4 undelivered, which are among the failed",
    );
    expect(sentEquation(counters, 80)).toBe("");
  });

  test("one failure in a million is not nothing, and all but one is not all", () => {
    expect(formatShare(1, 1_000_000)).toBe("<0.1%");
    expect(formatShare(999_999, 1_000_000)).toBe(">99.9%");
    expect(formatShare(0, 10)).toBe("0%");
    expect(formatShare(10, 10)).toBe("100%");
    expect(formatShare(0, 0)).toBe("–");
  });

  test("the equation of the counters is true as it stands", () => {
    expect(equation(counters)).toBe("Total 100 = 80 sent + 5 failed + 5 skipped + 10 to go");
  });

  test("a bar is told by its parts, and empty parts are left out", () => {
    const bands = { delivered: 2, unconfirmed: 0, failed: 1, skipped: 0, toGo: 0 };
    expect(bandsSentence(bands)).toBe("2 delivered, 1 failed");
  });

  test("the course says when half was sent", () => {
    const empty = { delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: 10 };
    const points = [
      { at: 0, bands: empty },
      { at: minuteMs, bands: { ...empty, delivered: 4, toGo: 6 } },
      { at: 2 * minuteMs, bands: { ...empty, delivered: 8, toGo: 2 } },
    ];
    expect(overTimeSentence(points, time)).toBe(
      "8 sent by minute 2, half of them by minute 1, 2 to go.",
    );
    const rested = { at: 60 * minuteMs, bands: { ...empty, delivered: 8, toGo: 2 } };
    expect(overTimeSentence([...points, rested], time)).toMatch(/^8 sent by minute 2, /);
    expect(overTimeSentence([], time)).toBe("Nothing has happened yet.");
  });

  test("the reasons name the most frequent one", () => {
    expect(
      reasonsSentence([
        { state: "failed", reason: "invalid_address", n: 3 },
        { state: "skipped", reason: "no_consent", n: 9 },
      ]),
    ).toBe("2 reasons; most frequent: the recipient has not consented to this channel (9 of 12).");
  });
});

describe("timeline", () => {
  const dates = {
    createdAt: 0,
    schedule: null,
    phase: "completed",
    launchedAt: 10,
    startedAt: 1000,
    submittedAt: 61_000,
    completedAt: 121_000,
  } as const;

  test("S3-22 S3-24 S3-25 it tells creation, start and completion with their times", () => {
    const stations = stationsOf(dates, "Ana");
    expect(stations.map(({ key, at }) => [key, at])).toEqual([
      ["created", 0],
      ["launched", 10],
      ["started", 1000],
      ["submitted", 61_000],
      ["completed", 121_000],
    ]);
    expect(stations[0]?.note).toBe("by Ana");
  });

  test("S3-23 the scheduled time is shown only if it was scheduled", () => {
    const schedule = { at: 5, zone: "UTC", ifLate: "hold" } as const;
    const keys = (given: typeof schedule | null) =>
      stationsOf({ ...dates, schedule: given }, "Ana").map(({ key }) => key);
    expect(keys(null)).not.toContain("scheduled");
    expect(keys(schedule)).toContain("scheduled");
  });

  test("S3-21 the completion time runs from the first message to the end", () => {
    expect(completionTimeMs(dates)).toBe(120_000);
    expect(completionTimeMs({ ...dates, completedAt: null })).toBeNull();
  });

  test("S2-52 each edit while it was paused is a station, with who had the text before", () => {
    const editions = [
      { n: 1, since: 10, handed: 1_200 },
      { n: 2, since: 30_000, handed: 1 },
      { n: 3, since: 40_000, handed: null },
    ];
    const told = stationsOf({ ...dates, editions }, "Ana").filter(({ key }) =>
      key.includes("edit"),
    );
    expect(told.map(({ at, note }) => [at, note])).toEqual([
      [30_000, "1,200 recipients had the text before"],
      [40_000, "1 recipient had the text before"],
    ]);
  });

  test("a remark stands among the stations at its moment", () => {
    const annotations = [{ id: "r", at: 1, text: "Rain", by: "a", writtenAt: 9 }];
    const told = stationsOf({ ...dates, createdAt: 0, annotations }, "Ana");
    expect(told.slice(0, 2).map(({ label }) => label)).toEqual(["Created", "Rain"]);
  });

  test("a canceled campaign says so instead of completed", () => {
    expect(stationsOf({ ...dates, phase: "canceled" }, "Ana").at(-1)?.label).toBe("Canceled");
  });
});

function pausedBy(detail: string) {
  return { event: "engine.paused", detail: { detail } };
}

describe("a pause by the system", () => {
  test("its cause is what the newest one tells", () => {
    const resumed = { event: "campaign.resume", detail: {} };
    const entries = [pausedBy("connect ECONNREFUSED"), resumed, pausedBy("535 bad login")];
    expect(pauseCause(entries)).toBe("connect ECONNREFUSED");
  });

  test("a cause that nobody told is left out", () => {
    expect(pauseCause([pausedBy("")])).toBeNull();
    expect(pauseCause([])).toBeNull();
  });
});

test("what a campaign costs is told so far, with what it comes to, and once it is over as it is", () => {
  const cost = { currency: "EUR", amount: 1.5, units: 20 };
  expect(costSentence(cost, "sms", 60)).toBe(
    "Cost so far: €1.50 for 20 segments taken by the provider; about €6.00 once all are sent.",
  );
  expect(costSentence(cost, "email", null)).toBe(
    "Cost: €1.50 for 20 messages taken by the provider.",
  );
  expect(costSentence({ ...cost, amount: 0, units: 0 }, "sms", 60)).toBe(
    "Cost so far: €0.00 for 0 segments taken by the provider.",
  );
  const counts = {
    states: { ...noCounts, queued: 10, delivered: 10 },
    segments: { ...noCounts, queued: 20, delivered: 20 },
  };
  expect(unitsToGo(counts, { phase: "active", type: "sms" })).toBe(20);
  expect(unitsToGo(counts, { phase: "paused", type: "email" })).toBe(10);
  expect(unitsToGo(counts, { phase: "completed", type: "sms" })).toBeNull();
});
