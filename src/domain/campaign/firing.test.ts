import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aCampaign } from "../../../tests/support/delivery/world.ts";
import { dayMs, hourMs } from "../core/time.ts";
import type { Repeat } from "../schedule/repeat.ts";
import type { Campaign, Schedule } from "./campaign.ts";
import { ended, fire, goesOn, newRun, set } from "./firing.ts";

const grace = 6 * hourMs;
const daily: Repeat = { from: "2026-11-22T09:00", every: "day", interval: 1 };
const ninth = Date.UTC(2026, 10, 22, 9);

function aSchedule(repeat: Repeat = daily): Schedule {
  return { at: ninth, wall: repeat.from, zone: "UTC", ifLate: "hold", repeat };
}

function live(repeat: Repeat = daily, over: Partial<Campaign> = {}): Campaign {
  const schedule = aSchedule(repeat);
  return aCampaign({ phase: "active", schedule, ...over });
}

describe("S0-D1 a firing of a recurring campaign", () => {
  test("makes one run at its time and moves to the next", () => {
    const { campaign, run, missed } = fire(live(), ninth, grace);
    expect(run).toEqual({ at: ninth, wall: "2026-11-22T09:00", zone: "UTC", ifLate: "hold" });
    expect(missed).toBe(0);
    expect(campaign).toMatchObject({ phase: "active", firings: 1 });
    expect(campaign.schedule).toMatchObject({ at: ninth + dayMs, wall: "2026-11-23T09:00" });
  });

  test("of several that passed makes one run, of the last", () => {
    const { campaign, run, missed } = fire(live(), ninth + 3 * dayMs + hourMs, grace);
    expect(run).toMatchObject({ at: ninth + 3 * dayMs });
    expect(missed).toBe(3);
    expect(campaign).toMatchObject({ firings: 1, schedule: { at: ninth + 4 * dayMs } });
  });

  test("is left out when the last is later than the grace, unless it shall go out whenever", () => {
    const late = ninth + dayMs + grace + 1;
    expect(fire(live(), late, grace)).toMatchObject({
      run: null,
      missed: 2,
      campaign: { schedule: { at: ninth + 2 * dayMs } },
    });
    const schedule: Schedule = { ...aSchedule(), ifLate: "sendNow" };
    expect(fire(live(daily, { schedule }), late, grace).run).toMatchObject({ at: ninth + dayMs });
  });

  test("ends the campaign when it was often enough, or no day is left", () => {
    const often = fire(live({ ...daily, times: 2 }, { firings: 1 }), ninth, grace);
    expect(often.run).not.toBeNull();
    expect(often.campaign).toMatchObject({ phase: "settling", endedAt: ninth, firings: 2 });
    const last = fire(live({ ...daily, until: "2026-11-22" }), ninth, grace);
    expect(last.campaign.phase).toBe("settling");
  });

  test("a time that was left out does not count as one", () => {
    const { campaign } = fire(live({ ...daily, times: 1 }), ninth + 7 * hourMs, grace);
    expect(campaign).toMatchObject({ phase: "active", firings: 0 });
  });

  test("with recipients' own clocks it begins where they are first", () => {
    const found = set({ ...aSchedule(), local: true }, ninth - 10 * hourMs);
    // 14 hours before, clocks far in the east showed it already: that day is over for them.
    expect(found).toMatchObject({ ok: true, value: { at: ninth + dayMs } });
  });

  test("after a pause it goes on with the next time, and what passed is left out", () => {
    const back = goesOn(live(), ninth + 10 * dayMs + 1);
    expect(back).toMatchObject({ phase: "active", schedule: { at: ninth + 11 * dayMs } });
    expect(goesOn(live({ ...daily, until: "2026-11-23" }), ninth + 5 * dayMs).phase).toBe(
      "settling",
    );
  });

  test("where its zone is not known, it goes on as it stands, for the server to say when", () => {
    const schedule: Schedule = { ...aSchedule(), zone: "Mars/X" };
    const campaign = live(daily, { schedule });
    expect(goesOn(campaign, ninth + dayMs)).toEqual(campaign);
  });

  test("its run says what the campaign says now, and knows which firing it is", () => {
    const campaign = live(daily, { firings: 4 });
    const made = newRun(campaign, { at: ninth, zone: "UTC", ifLate: "hold" }, ninth)("run");
    expect(made).toMatchObject({
      id: "run",
      name: "Autumn (run 5)",
      phase: "preparing",
      firing: { of: campaign.id, n: 5, at: ninth },
      audienceId: campaign.audienceId,
      content: campaign.content,
    });
    expect(made.schedule?.repeat).toBeUndefined();
    expect(ended(campaign, ninth)).toMatchObject({ phase: "settling", endedAt: ninth });
  });

  test("whenever the server looks, every planned time is a run or missed, and none is twice", () => {
    const looks = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(looks, (hours) => {
        let campaign = live();
        let now = ninth - 1;
        let told = 0;
        const runs = new Set<number>();
        for (const each of hours) {
          now += each * hourMs;
          if ((campaign.schedule?.at ?? Infinity) > now) continue;
          const fired = fire(campaign, now, grace);
          told += fired.missed;
          if (fired.run !== null) {
            expect(runs.has(fired.run.at)).toBe(false);
            expect(now - fired.run.at).toBeLessThanOrEqual(grace);
            runs.add(fired.run.at);
          }
          campaign = fired.campaign;
          expect(campaign.schedule?.at).toBeGreaterThan(now);
        }
        const planned = Math.floor((now - ninth) / dayMs) + 1;
        expect(runs.size + told).toBe(Math.max(0, planned));
        expect(campaign.firings ?? 0).toBe(runs.size);
      }),
      { numRuns: 30 },
    );
  });
});
