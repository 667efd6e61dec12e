import "fake-indexeddb/auto";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { anId } from "../../../tests/support/campaigns.ts";
import { ClientDb } from "../db/client-db.ts";
import { failure, type Api } from "../sync/api.ts";
import { newId } from "../sync/new-id.ts";
import { Device } from "./device.svelte.ts";
import { HoursState } from "./hours.svelte.ts";

const name = (n: number) => `0000-0000-0000-${String(n).padStart(4, "0")}`;

let db: ClientDb;
let asked: number[];
let isBroken: boolean;
let stop: () => void = () => undefined;

/** Tells the hours of the newest counters, and notes when it was asked. */
const api: Api = {
  request: async (schema) => {
    asked.push(Date.now());
    if (isBroken) return { ok: false, error: failure("server-error") };
    const asOf = new Date(Date.now()).toISOString();
    return { ok: true, value: v.parse(schema, { snapshot: name(1), asOf, items: [], next: null }) };
  },
};

beforeEach(async () => {
  db = new ClientDb(`hours-${newId()}`);
  await db.open();
  asked = [];
  isBroken = false;
  // The database goes on by real ones.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  db.close();
});

function open(): HoursState {
  const device = new Device();
  device.open(db);
  return new HoursState({ api, device, now: Date.now }, anId(0xc1), () => 1);
}

/** As the page does whenever the counters move, four times a second. */
async function follow(hours: HoursState, forMs: number): Promise<void> {
  for (let ms = 0, n = 2; ms < forMs; ms += 250, n++) {
    stop();
    stop = hours.follow(name(n));
    await vi.advanceTimersByTimeAsync(250);
    await settled();
  }
}

/** What was asked of the database is answered. */
function settled(): Promise<void> {
  return db.answer.count().then(() => undefined);
}

test("a server that cannot tell the hours is asked after growing rests, however fast counters move", async () => {
  isBroken = true;
  const hours = open();
  await follow(hours, 2 * minuteMs);
  expect(hours.failure?.kind).toBe("server-error");
  const rests = asked.map((at, index) => at - (asked[index - 1] ?? at)).slice(1);
  expect(rests.length).toBeGreaterThanOrEqual(3);
  expect(rests.length).toBeLessThanOrEqual(6);
  expect(Math.min(...rests)).toBeGreaterThanOrEqual(2 * secondMs);
  expect(rests).toEqual(rests.toSorted((a, b) => a - b));
});

test("it is asked again although the counters stand still, and then as seldom as before", async () => {
  isBroken = true;
  const hours = open();
  stop = hours.follow(name(1));
  await vi.advanceTimersByTimeAsync(0);
  await vi.waitFor(() => expect(hours.failure).not.toBeNull());
  isBroken = false;
  await vi.advanceTimersByTimeAsync(5 * secondMs);
  await vi.waitFor(() => expect(hours.hours?.snapshot).toBe(name(1)));
  expect(hours.failure).toBeNull();
  const { length } = asked;
  await follow(hours, minuteMs / 2);
  expect(asked).toHaveLength(length);
  await follow(hours, minuteMs);
  expect(asked.length).toBeGreaterThan(length);
});
