import { describe, expect, test } from "vitest";
import type { Phase } from "#domain/campaign/lifecycle.ts";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { noCounts, type StateCounts } from "#domain/message/state.ts";
import { funnelOf } from "#domain/report/funnel.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { weekHours } from "#domain/report/hours.ts";
import { clockIn, hoursSentence } from "./clock-hours.ts";
import { figuresOf } from "./figures.ts";
import { funnelSentence, gapText, lossText } from "./funnel-words.ts";

const now = Date.parse("2026-03-02T10:00:00Z");

function rollupOf(counts: Partial<StateCounts>, more: Partial<Rollup> = {}): Rollup {
  const states = { ...noCounts, ...counts };
  const total = Object.values(states).reduce((sum, n) => sum + n, 0);
  const base = { id: "r", total, states, segments: states, reasons: [], series: [] };
  return { ...base, spanMs: 60_000, rate: 0, at: now, ...more };
}

function rowOf(id: string, launchedAt: number, rollup: Rollup, phase: Phase = "completed") {
  return { campaign: { id, type: "email" as const, launchedAt, phase }, rollup };
}

describe("key figures", () => {
  const past = [90, 94, 96].map((delivered, n) =>
    rowOf(`past ${n}`, n, rollupOf({ delivered, undelivered: 100 - delivered })),
  );

  test("rate first, then the count, and the change against the median of the last ones in words", () => {
    const mine = rowOf("mine", 9, rollupOf({ delivered: 95, undelivered: 5, skipped: 20 }));
    const [first] = figuresOf(mine, [mine, ...past], now);
    expect(first).toMatchObject({
      key: "delivered",
      value: "95%",
      count: "95 of 100 submitted",
      change: "1 point above usual",
      mood: "good",
    });
    expect(first?.definition).toContain("Delivered ÷ submitted: 95 ÷ 100.");
    expect(first?.definition).toContain("Usual: 94%, the median of the last 3 campaigns (E-mail).");
    expect(first?.href).toBe("?tab=recipients&state=delivered%2Cread");
  });

  test("more of what is bad is bad, and without a past nothing is said of it", () => {
    const mine = rowOf("mine", 9, rollupOf({ delivered: 80, undelivered: 20 }));
    const bounced = figuresOf(mine, [mine, ...past], now).find(({ key }) => key === "bounced");
    expect(bounced).toMatchObject({ value: "20%", change: "14 points above usual", mood: "bad" });
    const [alone] = figuresOf(mine, [mine], now);
    expect(alone).toMatchObject({ change: "", mood: "even" });
    expect(alone?.definition).toContain("Too few campaigns");
  });

  test("what is still to come is no bad news: not while it is sent, and opens not in the first days", () => {
    const before = [30, 40, 50].map((read, n) =>
      rowOf(`past ${n}`, n, rollupOf({ delivered: 98 - read, read, undelivered: 2 })),
    );
    const changes = (phase: Phase, launchedAt: number, counts: Partial<StateCounts>) => {
      const mine = rowOf("mine", launchedAt, rollupOf(counts), phase);
      const figures = figuresOf(mine, [mine, ...before], now);
      return Object.fromEntries(figures.map(({ key, change, mood }) => [key, [change, mood]]));
    };
    const early = ["too early to compare", "even"];
    const half = { delivered: 40, sent: 5, undelivered: 5, queued: 50 };
    expect(changes("active", now - hourMs, half)).toMatchObject({
      submitted: early,
      delivered: early,
      opened: early,
      bounced: ["8 points above usual", "bad"],
    });
    const whole = { delivered: 90, read: 5, undelivered: 5 };
    expect(changes("completed", now - hourMs, whole)).toMatchObject({
      submitted: ["as usual", "even"],
      delivered: ["3 points below usual", "bad"],
      opened: early,
    });
    const { opened: later } = changes("completed", now - 3 * dayMs, whole);
    expect(later?.[1]).toBe("bad");
    // What is better than usual already is told.
    const read = { delivered: 20, read: 80 };
    expect(changes("completed", now - hourMs, read)["opened"]?.[1]).toBe("good");
  });

  test("nothing sent yet is no rate at all", () => {
    const [first] = figuresOf(rowOf("new", 9, rollupOf({ queued: 10 })), past, now);
    expect(first).toMatchObject({ value: "–", count: "0 of 0 submitted", change: "" });
  });

  test("S2-44 SMS tell of segments for each message and of what one delivered costs", () => {
    const cost = { currency: "EUR", amount: 6.5, units: 150 };
    const segments = { ...noCounts, delivered: 150 };
    const rollup = rollupOf({ delivered: 100 }, { cost, segments });
    const row = {
      campaign: { id: "s", type: "sms" as const, launchedAt: 9, phase: "completed" as const },
      rollup,
    };
    const figures = new Map(figuresOf(row, [row], now).map((figure) => [figure.key, figure]));
    expect(figures.get("segments")).toMatchObject({
      label: "Segments per message",
      value: "1.5",
      count: "150 segments for 100 messages submitted",
    });
    expect(figures.get("cost")).toMatchObject({
      value: "€0.065",
      count: "€6.50 for 100 delivered",
    });
  });
});

test("the funnel says how many came how far, and where the widest gap is", () => {
  const stages = funnelOf(rollupOf({ read: 10, delivered: 60, unconfirmed: 5, skipped: 25 }));
  expect(funnelSentence(stages)).toBe(
    "Of 100 recipients: 75 submitted (75%), 70 delivered (70%), 10 opened (10%); the widest gap is 60 between delivered and opened.",
  );
  expect(stages.map(gapText)).toEqual([
    "",
    "25 fewer than total",
    "5 fewer than submitted, 5 of them not confirmed",
    "60 fewer than delivered",
  ]);
  expect(lossText({ state: "delivered", reason: "none" })).toMatch(/not seen opening/);
});

function arrived(at: string, n: number) {
  return { at: Date.parse(at), entered: { delivered: n } };
}

test("clocks of a zone know their summer time, and the sentence says when most arrived", () => {
  const berlin = clockIn("Europe/Berlin");
  expect(berlin(Date.parse("2026-03-28T23:30:00Z"))).toEqual({ weekday: 6, hour: 0 });
  expect(berlin(Date.parse("2026-03-29T10:00:00Z"))).toEqual({ weekday: 6, hour: 12 });
  const series = [arrived("2026-03-03T13:00:00Z", 3), arrived("2026-03-04T08:00:00Z", 1)];
  const hours = weekHours([{ series, spanMs: 60_000 }], "delivered", berlin);
  expect(hoursSentence(hours, "delivered")).toBe("Most on Tue from 14:00: 3 of 4 delivered.");
  const days = weekHours([{ series, spanMs: 86_400_000 }], "delivered", berlin);
  expect(hoursSentence(days, "delivered")).toMatch(/only days are kept: 4 delivered/);
});
