import { expect, test } from "vitest";
import { fewAtOnce } from "./few-at-once.ts";

test("so much is under way at once, and whoever came first begins first", async () => {
  const inTurn = fewAtOnce(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const done = [0, 1, 2, 3, 4].map((n) =>
    inTurn(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      return n;
    }),
  );
  for (const under of [2, 3, 4, 5]) {
    await settled();
    expect(begun.length).toBe(under);
    ends.shift()?.();
  }
  ends.shift()?.();
  expect(await Promise.all(done)).toEqual([0, 1, 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test("what fails makes room, too", async () => {
  const inTurn = fewAtOnce(1);
  const failed = inTurn(() => Promise.reject(new Error("no")));
  const next = inTurn(async () => "next");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
});

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
