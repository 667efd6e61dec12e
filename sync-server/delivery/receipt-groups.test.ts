import { expect, test } from "vitest";
import type { Receipt } from "../providers/provider.ts";
import { createReceiptGroups } from "./receipt-groups.ts";

const account = { workspace: "w", accountId: "a" };

function receipts(...keys: readonly string[]): readonly Receipt[] {
  const said = { state: "delivered", at: 1, reason: "none", code: "", words: "" } as const;
  return keys.map((key) => ({ key, ...said }));
}

function muchNews(n: number): readonly Receipt[] {
  return receipts(...Array.from({ length: n }, (_, at) => `n${at}`));
}

/** What begins with "n" is news; what begins with "bad" cannot be written. */
function aStore() {
  const groups: string[][] = [];
  const made = createReceiptGroups(async (_account, list) => {
    groups.push(list.map(({ key }) => key));
    if (list.some(({ key }) => key.startsWith("bad"))) throw new Error("the disk is full");
    return new Set(list.flatMap(({ key }, at) => (key.startsWith("n") ? [at] : [])));
  });
  const add = (to: typeof account, list: readonly Receipt[]) => made.add(to, list);
  return { add, groups };
}

test("what comes together is written together, and each caller hears of its own", async () => {
  const { add, groups } = aStore();
  const answers = [
    add(account, receipts("n1")),
    add(account, receipts("old", "n2")),
    add(account, []),
    add(account, receipts("n3", "n4")),
  ];
  expect(await Promise.all(answers)).toEqual([1, 1, 0, 2]);
  expect(await add(account, receipts("n5"))).toBe(1);
  expect(groups).toEqual([["n1", "old", "n2", "n3", "n4"], ["n5"]]);
});

test("what comes for different accounts is written apart", async () => {
  const { add, groups } = aStore();
  const other = { ...account, accountId: "b" };
  await Promise.all([add(account, receipts("n1")), add(other, receipts("n2"))]);
  expect(groups).toEqual([["n1"], ["n2"]]);
});

test("whoever could not be written hears so, and who comes after is written all the same", async () => {
  const { add } = aStore();
  const together = [add(account, receipts("n1")), add(account, receipts("bad"))];
  for (const each of together) await expect(each).rejects.toThrow("the disk is full");
  expect(await add(account, receipts("n2"))).toBe(1);
});

const turn = () => new Promise((resolve) => void setImmediate(resolve));

/** Groups that are being written until the test ends them. */
function aSlowStore() {
  const ends: (() => void)[] = [];
  const groups: number[] = [];
  const made = createReceiptGroups(async (_account, list) => {
    groups.push(list.length);
    await new Promise<void>((resolve) => ends.push(resolve));
    return new Set(list.keys());
  });
  return { made, ends, groups };
}

test("what comes one by one while a group is being written waits for it, and is one group", async () => {
  const { made, ends, groups } = aSlowStore();
  const answers: Promise<number>[] = [];
  for (let n = 0; n < 6; n++) {
    answers.push(made.add(account, muchNews(1)));
    await turn();
  }
  expect(groups).toEqual([1]);
  ends.shift()?.();
  await turn();
  expect(groups).toEqual([1, 5]);
  for (const end of ends) end();
  expect(await Promise.all(answers)).toEqual([1, 1, 1, 1, 1, 1]);
});

test("a full group goes beside the one that is being written, and a third waits for either", async () => {
  const { made, ends, groups } = aSlowStore();
  const answers: Promise<number>[] = [];
  for (const size of [1_000, 600, 400, 1_000, 1]) {
    answers.push(made.add(account, muchNews(size)));
    await turn();
  }
  expect(groups).toEqual([1_000, 1_000]);
  while (groups.length < 4) {
    ends.shift()?.();
    await turn();
  }
  expect(groups).toEqual([1_000, 1_000, 1_000, 1]);
  for (const end of ends) end();
  expect(await Promise.all(answers)).toEqual([1_000, 600, 400, 1_000, 1]);
});

test("no more than a thousand are written at once, and no caller's are divided", async () => {
  const { add, groups } = aStore();
  const sizes = [600, 300, 200, 1_500, 3];
  expect(await Promise.all(sizes.map((n) => add(account, muchNews(n))))).toEqual(sizes);
  expect(groups.map(({ length }) => length)).toEqual([900, 200, 1_500, 3]);
});
