import { expect, test } from "vitest";
import { stateCodes } from "#domain/message/state.ts";
import { openTestStore } from "../../../tests/support/delivery/world.ts";
import { isAtWork, isStopped, isUntold } from "./indexed.ts";

const { db } = openTestStore();

test("no index asks of each row whether it is in a list, for which SQLite would fill a table with it", () => {
  const partial = db.all(
    "select sql from sqlite_master where type = 'index' and lower(sql) like '% where %'",
  );
  expect(partial.length).toBeGreaterThan(5);
  const asking = partial.map(({ sql }) => String(sql)).filter((sql) => /\bin\s*\(/i.test(sql));
  expect(asking).toEqual([]);
  const steps = db.all("explain update message set state = 10, reason = 0 where ws = 1");
  expect(steps.map(({ opcode }) => opcode)).not.toContain("OpenEphemeral");
});

test("what the conditions name are the states that they mean, and their indexes are found by them", () => {
  const { skipped, failed, undelivered } = stateCodes;
  expect(isStopped.match(/\d+/g)?.map(Number)).toEqual([skipped, failed, undelivered]);
  for (const [index, from, condition] of [
    ["message_stopped", "message m", isStopped],
    ["document_work", "document", isAtWork],
    ["telling_due", "telling", isUntold],
  ] as const) {
    const plan = db.all(`explain query plan select 1 from ${from} indexed by ${index}
      where ${condition}`);
    expect(plan.map(({ detail }) => String(detail)).join()).toContain(index);
  }
});
