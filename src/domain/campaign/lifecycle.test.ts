import { describe, expect, test } from "vitest";
import {
  isAllowed,
  isEditable,
  isRunning,
  lifecycleEvents,
  next,
  phases,
  type LifecycleEvent,
  type Phase,
} from "./lifecycle.ts";

/** Every pair that leads somewhere, for a complete campaign. What is not here is refused. */
const table: Readonly<Record<Phase, Partial<Record<LifecycleEvent, Phase | "gone">>>> = {
  draft: { save: "pending", cancel: "canceled", delete: "gone" },
  pending: {
    save: "pending",
    schedule: "scheduled",
    send: "preparing",
    live: "active",
    cancel: "canceled",
    delete: "gone",
  },
  scheduled: {
    save: "scheduled",
    schedule: "scheduled",
    unschedule: "pending",
    send: "preparing",
    due: "preparing",
    live: "active",
    cancel: "canceled",
    delete: "gone",
  },
  preparing: { prepared: "active", pause: "paused", cancel: "canceled" },
  active: { pause: "paused", submitted: "settling", retry: "active", cancel: "canceled" },
  paused: { save: "paused", resume: "active", cancel: "canceled" },
  settling: { resend: "active", retry: "active", settled: "completed", cancel: "canceled" },
  completed: { retry: "active", delete: "gone" },
  canceled: { delete: "gone" },
};

function waysFrom(phase: Phase): LifecycleEvent[] {
  return lifecycleEvents.filter((event) => isAllowed(phase, event));
}

const pairs = phases.flatMap((phase) =>
  lifecycleEvents.map((event) => ({ phase, event, to: table[phase][event] ?? null })),
);

describe("[S8] the life of a campaign", () => {
  test.each(pairs)("$phase, $event leads to $to", ({ phase, event, to }) => {
    const from = { phase, pausedFrom: phase === "paused" ? ("active" as const) : null };
    expect(next(from, event, true)).toBe(to);
    expect(isAllowed(phase, event)).toBe(to !== null);
  });

  test.each([
    ["active", ["save", "live", "pause", "end", "cancel"]],
    ["paused", ["save", "resume", "end", "cancel"]],
  ] as const)("S0-D1 S0-48 what is automatic and %s may only: %o", (phase, allowed) => {
    const from = { phase, pausedFrom: phase === "paused" ? ("active" as const) : null };
    const live = { ...from, isLive: true };
    const ways = lifecycleEvents.filter((event) => next(live, event, true) !== null);
    expect(ways.toSorted()).toEqual([...allowed].toSorted());
    expect(next(live, "save", true)).toBe(phase);
    expect(next(live, "end", true)).toBe("settling");
    expect(next(from, "end", true)).toBeNull();
    expect(next(from, "save", true)).toBe(phase === "paused" ? "paused" : null);
  });

  test("saving or unscheduling what is incomplete makes it a draft", () => {
    expect(next({ phase: "pending", pausedFrom: null }, "save", false)).toBe("draft");
    expect(next({ phase: "scheduled", pausedFrom: null }, "unschedule", false)).toBe("draft");
  });

  test("resuming goes back to the phase that the pause interrupted", () => {
    expect(next({ phase: "paused", pausedFrom: "preparing" }, "resume", true)).toBe("preparing");
  });

  test("nothing leads out of completed but sending again and the way off the lists; out of canceled, only that", () => {
    expect(waysFrom("completed")).toEqual(["retry", "delete"]);
    expect(waysFrom("canceled")).toEqual(["delete"]);
  });

  test("no phase is both editable and running", () => {
    expect(phases.filter((phase) => isEditable(phase) && isRunning(phase))).toEqual([]);
  });
});
