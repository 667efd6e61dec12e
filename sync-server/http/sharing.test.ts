import { expect, test } from "vitest";
import { sharing } from "./sharing.ts";

test("who asks in one turn shares a read that begins after all of them asked", async () => {
  const reads: string[] = [];
  let value = 1;
  const ask = sharing(async (name) => {
    reads.push(name);
    return `${name}${value}`;
  });
  const together = [ask("a"), ask("a"), ask("b")];
  value = 2;
  together.push(ask("a"));
  expect(await Promise.all(together)).toEqual(["a2", "a2", "b2", "a2"]);
  expect(reads).toEqual(["a", "b"]);
  value = 3;
  expect(await ask("a")).toBe("a3");
  expect(reads).toEqual(["a", "b", "a"]);
});

test("a read that fails fails for those who asked, and for nobody after them", async () => {
  let fails = true;
  const ask = sharing(async () => {
    if (fails) throw new Error("not now");
    return "well";
  });
  const [first, second] = [ask("a"), ask("a")];
  await expect(first).rejects.toThrow("not now");
  await expect(second).rejects.toThrow("not now");
  fails = false;
  expect(await ask("a")).toBe("well");
});
