import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FileFacts } from "#domain/report/recipient-file.ts";
import { packStatic, type PackedDynamic } from "../db/packed-part.ts";
import {
  countCarriers,
  countEditions,
  countReasons,
  fixedColumns,
  movingColumns,
  rowAt,
  select,
  type Block,
  type RecipientFilter,
  type RecipientOrder,
} from "./recipient-table.ts";
import { recipientFile } from "./recipient-file.ts";

const everything: RecipientFilter = {
  states: [],
  reasons: [],
  carrier: null,
  edition: null,
  q: "",
};
const inOrder: RecipientOrder = { by: "index", descending: false };

function aBlock(first: number, names: readonly string[], part: Partial<PackedDynamic> = {}): Block {
  const of = (value: number) => names.map(() => value);
  const address = names.map((name) => (name === "" ? "" : `${name}@x.org`));
  return {
    fixed: fixedColumns(packStatic({ first, name: names, address })),
    moving: movingColumns({
      part: "dynamic",
      first,
      state: of(stateCodes.delivered),
      at: of(1_000),
      reason: of(0),
      attempts: of(1),
      segments: of(1),
      ...part,
    }),
  };
}

const blocks = [
  aBlock(1, ["Cleo", "ana", "Bo"], {
    state: [stateCodes.delivered, stateCodes.failed, stateCodes.queued],
    reason: [0, reasonCode("invalid_address"), 0],
    at: [3_000, 2_000, 0],
  }),
  aBlock(5_001, ["Dan"], { state: [stateCodes.failed], reason: [reasonCode("invalid_address")] }),
];

function found(filter: Partial<RecipientFilter>, order: Partial<RecipientOrder> = {}) {
  const places = select(blocks, { ...everything, ...filter }, { ...inOrder, ...order });
  return Array.from(places, (place) => rowAt(blocks, place)?.name);
}

test("rows are found over all blocks, by state, by reason and by a part of name or address", () => {
  expect(found({})).toEqual(["Cleo", "ana", "Bo", "Dan"]);
  expect(found({ states: ["failed"] })).toEqual(["ana", "Dan"]);
  expect(found({ reasons: ["invalid_address"], q: "DAN@" })).toEqual(["Dan"]);
  expect(found({ states: ["read"] })).toEqual([]);
});

test("S4-06 each row has its carrier, whichever block it is in, and is ordered by it", () => {
  const told = [
    aBlock(1, ["Cleo", "ana"], { carriers: { names: ["Verizon", "at&t"], of: [1, 2] } }),
    aBlock(5_001, ["Dan", "Bo"], { carriers: { names: ["O2"], of: [0, 1] } }),
  ];
  const places = select(told, everything, { by: "carrier", descending: false });
  const rows = Array.from(places, (place) => rowAt(told, place));
  expect(rows.map((row) => row?.name)).toEqual(["Dan", "ana", "Bo", "Cleo"]);
  expect(rows.map((row) => row?.carrier)).toEqual([null, "at&t", "O2", "Verizon"]);
});

test("S4-06 S1-20 rows are found by their carrier, in whatever letters a block has it, or by having none", () => {
  const told = [
    aBlock(1, ["Cleo", "ana", "Eve"], { carriers: { names: ["O2", "at&t"], of: [1, 2, 0] } }),
    aBlock(5_001, ["Dan", "Bo"], { carriers: { names: ["o2"], of: [0, 1] } }),
    aBlock(10_001, ["Fay"]),
  ];
  const named = (carrier: string | null) =>
    Array.from(
      select(told, { ...everything, carrier }, inOrder),
      (place) => rowAt(told, place)?.name,
    );
  expect(named("O2")).toEqual(["Cleo", "Bo"]);
  expect(named("AT&T")).toEqual(["ana"]);
  expect(named("unknown")).toEqual(["Eve", "Dan", "Fay"]);
  expect(named("Verizon")).toEqual([]);
  expect(named(null)).toHaveLength(6);
  expect(countCarriers(told)).toEqual([
    { carrier: null, n: 3 },
    { carrier: "O2", n: 2 },
    { carrier: "at&t", n: 1 },
  ]);
});

test("S1-D6 rows are found by the text that they carry, which is the first where nothing else is told", () => {
  const state = [stateCodes.delivered, stateCodes.queued, stateCodes.failed];
  const told = [
    aBlock(1, ["Cleo", "ana", "Bo"], { state, attempts: [1, 0, 0] }),
    aBlock(5_001, ["Dan", "Eve", "Fay"], { editions: [2, 1, 0] }),
  ];
  const named = (edition: number | null) =>
    Array.from(
      select(told, { ...everything, edition }, inOrder),
      (place) => rowAt(told, place)?.name,
    );
  expect(named(1)).toEqual(["Cleo", "Eve"]);
  expect(named(2)).toEqual(["Dan"]);
  expect(named(3)).toEqual([]);
  expect(named(null)).toHaveLength(6);
  expect([0, 1, 2, 5_002].map((place) => rowAt(told, place)?.edition)).toEqual([
    1,
    null,
    null,
    null,
  ]);
  expect(countEditions(told)).toEqual([
    { edition: 1, n: 2 },
    { edition: 2, n: 1 },
  ]);
});

test("they are ordered as people order, in both directions", () => {
  expect(found({}, { by: "name" })).toEqual(["ana", "Bo", "Cleo", "Dan"]);
  expect(found({}, { by: "at", descending: true })).toEqual(["Cleo", "ana", "Dan", "Bo"]);
});

test("a row has its place, its words and no time before anything happened", () => {
  expect(rowAt(blocks, 2)).toMatchObject({ index: 3, name: "Bo", state: "queued", at: null });
  expect(rowAt(blocks, 5_000)).toMatchObject({ index: 5_001, reason: "invalid_address" });
  expect(rowAt(blocks, 4_999)).toBeNull();
});

test("a part that is older than the other shows only the rows that both have", () => {
  const uneven = { ...aBlock(1, ["Ana", "Bo"]), fixed: aBlock(1, ["Ana"]).fixed };
  const places = select([uneven], everything, inOrder);
  expect([...places]).toEqual([0]);
});

test("reasons are counted, the most frequent first", () => {
  expect(countReasons(blocks)).toEqual([{ reason: "invalid_address", n: 2 }]);
});

test("a text that is longer in lower case, an empty one and the last one are found in their row", () => {
  const block = aBlock(1, ["", "İpek Işık", "", "Zoë", "last"]);
  const search = (q: string) => [...select([block], { ...everything, q }, inOrder)];
  expect(search("zoë")).toEqual([3]);
  expect(search("LAST@X")).toEqual([4]);
  expect(search("\0")).toEqual([0, 1, 2, 3, 4]);
  const plain = aBlock(1, ["", "a", "", "ab", "b"]);
  expect([...select([plain], { ...everything, q: "a" }, inOrder)]).toEqual([1, 3]);
  expect([...select([plain], { ...everything, q: "b" }, inOrder)]).toEqual([3, 4]);
});

test("every search over joined texts finds what looking at each row finds", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "B", "é", "İ", " ", "@"), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), name, (names, q) => {
      const block = aBlock(1, names);
      const wanted = names.flatMap((each, row) => {
        const text = q.trim().toLowerCase();
        const address = each === "" ? "" : `${each}@x.org`;
        const has = [each, address].some((one) => one.toLowerCase().includes(text));
        return has ? [row] : [];
      });
      expect([...select([block], { ...everything, q }, inOrder)]).toEqual(wanted);
    }),
  );
});

test("the file of a device says by which of two channels each went, and nothing of it where there is one", async () => {
  const chosen = {
    blocks: [aBlock(1, ["Ana", "Bo"], { fallen: [1] })],
    places: new Uint32Array([0, 1]),
  };
  const telling = { onProgress: () => undefined, isStopped: () => false };
  const filter = { ...everything };
  const facts = {
    campaign: { name: "News", number: 1, type: "email" },
    filter,
    asOf: 0,
    snapshot: null,
    total: 2,
    breakdowns: [],
  } as const;
  const columns = async (of: FileFacts): Promise<readonly (string | undefined)[]> => {
    const file = await recipientFile(chosen, { kind: "csv", facts: of }, telling);
    const lines = ((await file?.text()) ?? "").trim().split(/\r?\n/);
    return lines.map((line) => line.split(",").at(-1));
  };
  expect(await columns({ ...facts, fallsBack: true })).toEqual(["channel", "email", "sms"]);
  expect(await columns(facts)).toEqual(["text version", "1", "1"]);
});
