import Papa from "papaparse";
import { expect, test } from "vitest";
import { recipientHeading, recipientLine } from "#domain/report/recipient-line.ts";
import { messageStates } from "#domain/message/state.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";
import {
  emptyFilter,
  hrefOf,
  pressedOrder,
  recipientsHref,
  viewOf,
  type RecipientView,
} from "./query.ts";
import { columnsFor, type ColumnChoice } from "./table.ts";

function aRow(part: Partial<RecipientRow>): RecipientRow {
  return {
    index: 0,
    name: "Ana",
    address: "ana@example.org",
    state: "delivered",
    at: 1,
    reason: "none",
    attempts: 1,
    segments: 1,
    code: "",
    words: "",
    carrier: null,
    edition: 1,
    ...part,
  };
}

function read(rows: readonly RecipientRow[]): Record<string, string>[] {
  const lines = rows.map((row) => recipientLine({ ...row, n: row.index, at: row.at ?? 0 }));
  const text = [recipientHeading(), ...lines].join("");
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

test("I-10 the file has exactly the rows that were given, in their order", () => {
  const rows = [aRow({ name: "Ana" }), aRow({ name: "Ben, the 2nd" })];
  expect(read(rows).map((row) => row["name"])).toEqual(["Ana", "Ben, the 2nd"]);
});

test("S1-22 every failed row has its precise reason", () => {
  const rows = messageStates.flatMap((state) => [
    aRow({ state }),
    aRow({ state, reason: "invalid_address" }),
  ]);
  for (const row of read(rows)) {
    if (row["state"] === "failed" || row["state"] === "undelivered") {
      expect(row["failed reason"]).not.toBe("");
    }
  }
  expect(read([aRow({ state: "failed", reason: "invalid_address" })])[0]?.["failed reason"]).toBe(
    "The number or address is not valid",
  );
});

function keys(
  rows: readonly RecipientRow[],
  isTight: boolean,
  chosen: readonly ColumnChoice[] | null = null,
): string[] {
  return columnsFor(rows, { isTight, chosen }).map(({ key }) => key);
}

test("the table has as many columns as there is room for, and none that is empty", () => {
  const failed = aRow({ state: "failed", reason: "invalid_address" });
  expect(keys([aRow({}), failed], false)).toEqual(["address", "state", "at", "reason", "attempts"]);
  expect(keys([aRow({})], false)).toEqual(["address", "state", "at", "attempts"]);
  expect(keys([aRow({}), failed], true)).toEqual(["address", "state", "reason"]);
  const edited = aRow({ edition: 2 });
  expect(keys([aRow({}), edited], false)).toEqual([
    "address",
    "state",
    "at",
    "attempts",
    "edition",
  ]);
  const told = aRow({ carrier: "O2" });
  expect(keys([aRow({}), told], false)).toEqual(["address", "state", "at", "attempts", "carrier"]);
});

test("who chose columns has exactly those, in their order, wherever there is room", () => {
  const rows = [aRow({})];
  expect(keys(rows, false, ["carrier", "segments"])).toEqual([
    "address",
    "state",
    "segments",
    "carrier",
  ]);
  expect(keys(rows, true, ["at", "segments"])).toEqual(["address", "state", "segments"]);
  expect(keys(rows, false, [])).toEqual(["address", "state"]);
});

test("a heading orders by its column, and pressed again the other way round", () => {
  const once = pressedOrder({ by: "index", descending: false }, "segments");
  expect(once).toEqual({ by: "segments", descending: false });
  expect(pressedOrder(once, "segments")).toEqual({ by: "segments", descending: true });
  expect(viewOf(new URLSearchParams("sort=-carrier")).sort).toEqual({
    by: "carrier",
    descending: true,
  });
});

test("a phone number is exported as it is and the time is unambiguous", () => {
  const [row] = read([aRow({ address: "+84123456789" })]);
  expect(row?.["address"]).toBe("+84123456789");
  expect(row?.["time"]).toBe("1970-01-01T00:00:00.001Z");
});

test("S1-04 a filter, an order and a page survive the address", () => {
  const view: RecipientView = {
    filter: {
      states: ["failed", "undelivered"],
      reasons: ["invalid_address"],
      carrier: "O2 & Co, Ltd",
      edition: 2,
      q: "a&b",
    },
    sort: { by: "at", descending: true },
    page: 3,
  };
  expect(viewOf(new URLSearchParams(hrefOf(view)))).toEqual(view);
});

test("what somebody typed into the address never breaks the page", () => {
  const view = viewOf(new URLSearchParams("state=nonsense,failed&page=-7&sort=-colour&reason=,,"));
  expect(view).toEqual({
    filter: { ...emptyFilter, states: ["failed"] },
    sort: { by: "index", descending: true },
    page: 0,
  });
});

test("a number of the report leads to the rows behind it", () => {
  expect(recipientsHref({ states: ["failed"], reasons: ["expired"] })).toBe(
    "?tab=recipients&state=failed&reason=expired",
  );
});
