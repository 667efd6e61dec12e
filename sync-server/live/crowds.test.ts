import { expect, test } from "vitest";
import { ana, anId, ben } from "../../tests/support/campaigns.ts";
import { createCrowds, type Crowd, type Listener } from "./crowds.ts";
import { opened, woken } from "./pace.ts";

const workspace = anId(0xe);
const still = { reading: null, since: "nothing", isFull: false } as const;

function aListener(user = ana): Listener {
  return { workspace, user, ch: "c1", bufferedBytes: () => 0, send: () => undefined };
}

function theCrowds() {
  const empty: Crowd[] = [];
  return { empty, crowds: createCrowds((crowd) => void empty.push(crowd)) };
}

test("[S28] those who stand alike are one crowd, whoever they are", () => {
  const { crowds } = theCrowds();
  const crowd = crowds.move(aListener(ana), { ...still, pace: opened({ roll: 3 }) });
  expect(crowds.move(aListener(ben), { ...still, pace: opened({ roll: 3 }) })).toBe(crowd);
  const elsewhere = { ...aListener(), workspace: anId(0xf) };
  expect(crowds.move(elsewhere, { ...still, pace: opened({ roll: 3 }) })).not.toBe(crowd);
  expect(crowds.move(aListener(), { ...still, pace: opened({ roll: 4 }) })).not.toBe(crowd);
});

test("[S28] whose own feed moved is with nobody but their own devices", () => {
  const { crowds } = theCrowds();
  const pace = woken(opened({ roll: 3 }), true);
  const crowd = crowds.move(aListener(ana), { ...still, pace });
  expect(crowd.user).toBe(ana);
  expect(crowds.move(aListener(ben), { ...still, pace })).not.toBe(crowd);
  expect(crowds.move(aListener(ana), { ...still, pace })).toBe(crowd);
});

test("nobody joins a crowd for what it was before it changed", () => {
  const { crowds } = theCrowds();
  const pace = opened({ roll: 3 });
  const crowd = crowds.move(aListener(), { ...still, pace });
  crowds.changes();
  crowd.pace = opened({ roll: 9 });
  const next = crowds.move(aListener(), { ...still, pace });
  expect(next).not.toBe(crowd);
  expect([...crowds.all]).toEqual([crowd, next]);
});

test("a crowd that nobody is in any more is forgotten, and so is that its page is read", () => {
  const { crowds, empty } = theCrowds();
  const reading = { crowds: new Set<Crowd>() };
  const listener = aListener();
  const crowd = crowds.move(listener, { ...still, pace: opened({ roll: 3 }), reading });
  expect([...reading.crowds]).toEqual([crowd]);
  crowds.drop(listener);
  expect(empty).toEqual([crowd]);
  expect(crowds.of(listener)).toBeNull();
  expect([crowds.all.size, reading.crowds.size]).toEqual([0, 0]);
  // Who is like they were begins a crowd anew.
  expect(crowds.move(aListener(), { ...still, pace: opened({ roll: 3 }) })).not.toBe(crowd);
});
