import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import { expect, test } from "vitest";
import {
  countReasons,
  rowAt,
  select,
  type Block,
  type RecipientFilter,
  type RecipientOrder,
} from "./recipient-table.ts";

const breathe = async () => undefined;
const everything: RecipientFilter = { states: [], reasons: [], q: "" };
const inOrder: RecipientOrder = { by: "index", descending: false };

function aBlock(
  first: number,
  names: readonly string[],
  part: Partial<Block["moving"]> = {},
): Block {
  const of = (value: number) => names.map(() => value);
  return {
    fixed: { part: "static", first, name: names, address: names.map((name) => `${name}@x.org`) },
    moving: {
      part: "dynamic",
      first,
      state: of(stateCodes.delivered),
      at: of(1_000),
      reason: of(0),
      attempts: of(1),
      segments: of(1),
      ...part,
    },
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

async function found(filter: Partial<RecipientFilter>, order: Partial<RecipientOrder> = {}) {
  const places = await select(
    blocks,
    { ...everything, ...filter },
    { ...inOrder, ...order },
    breathe,
  );
  return Array.from(places, (place) => rowAt(blocks, place)?.name);
}

test("rows are found over all blocks, by state, by reason and by a part of name or address", async () => {
  expect(await found({})).toEqual(["Cleo", "ana", "Bo", "Dan"]);
  expect(await found({ states: ["failed"] })).toEqual(["ana", "Dan"]);
  expect(await found({ reasons: ["invalid_address"], q: "DAN@" })).toEqual(["Dan"]);
  expect(await found({ states: ["read"] })).toEqual([]);
});

test("they are ordered as people order, in both directions", async () => {
  expect(await found({}, { by: "name" })).toEqual(["ana", "Bo", "Cleo", "Dan"]);
  expect(await found({}, { by: "at", descending: true })).toEqual(["Cleo", "ana", "Dan", "Bo"]);
});

test("a row has its place, its words and no time before anything happened", () => {
  expect(rowAt(blocks, 2)).toMatchObject({ index: 3, name: "Bo", state: "queued", at: null });
  expect(rowAt(blocks, 5_000)).toMatchObject({ index: 5_001, reason: "invalid_address" });
  expect(rowAt(blocks, 4_999)).toBeNull();
});

test("a part that is older than the other shows only the rows that both have", async () => {
  const uneven = { ...aBlock(1, ["Ana", "Bo"]), fixed: aBlock(1, ["Ana"]).fixed };
  const places = await select([uneven], everything, inOrder, breathe);
  expect([...places]).toEqual([0]);
});

test("reasons are counted, the most frequent first", () => {
  expect(countReasons(blocks)).toEqual([{ reason: "invalid_address", n: 2 }]);
});
