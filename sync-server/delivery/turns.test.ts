import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurns, type Seat, type Turns } from "./turns.ts";

/** A lane with so much to send, through a gate with so many free slots. */
interface Going extends Seat {
  readonly name: string;
  waiting: number;
  wanting: boolean;
  blocked: boolean;
  looked: number;
}

interface Slots {
  free: number;
}

function seats(turns: Turns, gates: readonly Slots[], calls: string[] = []) {
  return gates.map((gate, index): Going => {
    const seat: Going = {
      name: `lane ${index}`,
      gate,
      waiting: 0,
      wanting: false,
      blocked: false,
      looked: 0,
      reserved: 0,
      get size() {
        return seat.waiting;
      },
      send: () => {
        if (seat.blocked || seat.waiting === 0 || gate.free === 0) return false;
        gate.free -= 1;
        seat.waiting -= 1;
        calls.push(seat.name);
        return true;
      },
      wants: () => seat.wanting,
      lookAgain: () => {
        seat.looked += 1;
      },
    };
    turns.join(seat);
    return seat;
  });
}

/** So many slots become free at once; what each lane gets to send first; who is blocked. */
const bursts = fc.array(
  fc.record({
    free: fc.nat({ max: 7 }),
    arrivals: fc.array(fc.nat({ max: 12 }), { minLength: 3, maxLength: 3 }),
    blocked: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 40 },
);

test("over any sequence, of two that both want to send nobody is ahead by more than one turn", () => {
  fc.assert(
    fc.property(bursts, (list) => {
      const turns = createTurns();
      const gate: Slots = { free: 0 };
      const calls: string[] = [];
      const lanes = seats(turns, [gate, gate, gate], calls);
      for (const { free, arrivals, blocked } of list) {
        for (const [index, lane] of lanes.entries()) {
          lane.waiting += arrivals[index] ?? 0;
          lane.blocked = blocked[index] ?? false;
          if (lane.waiting > 0) turns.offer(lane);
        }
        const before = lanes.map(({ waiting }) => waiting);
        const from = calls.length;
        gate.free = free;
        turns.send(0);
        const made = calls.slice(from);
        const shares = lanes.map(({ name }) => made.filter((call) => call === name).length);
        const could = lanes.map(({ blocked: isBlocked }, k) => (isBlocked ? 0 : (before[k] ?? 0)));
        // No slot stays free that somebody could have used.
        expect(made).toHaveLength(
          Math.min(
            free,
            could.reduce((sum, n) => sum + n, 0),
          ),
        );
        const still = shares.filter((share, k) => share < (could[k] ?? 0));
        for (const share of still) expect(Math.max(...shares) - share).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("one slot at a time, those who always have something take strict turns", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 60 }),
      (count, rounds) => {
        const turns = createTurns();
        const gate: Slots = { free: 0 };
        const calls: string[] = [];
        for (const lane of seats(
          turns,
          Array.from({ length: count }, () => gate),
          calls,
        )) {
          lane.waiting = 1_000;
          turns.offer(lane);
        }
        for (let round = 0; round < rounds; round++) {
          gate.free = 1;
          turns.send(0);
        }
        const shares = Array.from(
          { length: count },
          (_, k) => calls.filter((name) => name === `lane ${k}`).length,
        );
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("a lane that is alone may take all, and asks nobody", () => {
  const turns = createTurns();
  const gate: Slots = { free: 40 };
  const [lane] = seats(turns, [gate]);
  if (lane === undefined) throw new Error("no lane");
  lane.waiting = 50;
  turns.offer(lane);
  turns.send(0);
  expect(lane.waiting).toBe(10);
  expect(turns.isFirst(lane, 0)).toBe(true);
  expect(turns.share(lane, 7, 0)).toBe(7);
  expect(turns.share(lane, Infinity, 0)).toBe(Infinity);
  expect(turns.reservedBesides(lane)).toBe(0);
});

test("of what is scarce for the day each that wants some has its part, and it is all given out", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 50 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      (amount, wanting) => {
        const turns = createTurns();
        const lanes = seats(
          turns,
          wanting.map(() => ({ free: 0 })),
        );
        for (const [k, lane] of lanes.entries()) lane.wanting = wanting[k] ?? false;
        const asking = lanes.filter((lane) => lane.wanting);
        const parts = asking.map((lane) => turns.share(lane, amount, 0));
        if (asking.length === 0) return;
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("who claimed is the last of the next round, and who wants nothing keeps nobody waiting", () => {
  const turns = createTurns();
  const gate: Slots = { free: 0 };
  const lanes = seats(turns, [gate, gate, gate]);
  const claims: string[] = [];
  for (const lane of lanes) lane.wanting = true;
  for (let round = 0; round < 6; round++) {
    const first = lanes.filter((lane) => turns.isFirst(lane, 0));
    expect(first).toHaveLength(1);
    claims.push(first[0]?.name ?? "");
    if (first[0] !== undefined) turns.claimed(first[0]);
  }
  expect(claims.slice(3)).toEqual(claims.slice(0, 3));
  expect(new Set(claims).size).toBe(3);
  for (const lane of lanes) lane.wanting = false;
  expect(lanes.every((lane) => turns.isFirst(lane, 0))).toBe(true);
});

test("lanes of other accounts of the sender keep nobody from the slots of this one", () => {
  const turns = createTurns();
  const [one, two] = seats(turns, [{ free: 0 }, { free: 0 }]);
  if (one === undefined || two === undefined) throw new Error("no lanes");
  one.wanting = true;
  two.wanting = true;
  expect([turns.isFirst(one, 0), turns.isFirst(two, 0)]).toEqual([true, true]);
});

test("who was refused looks again when something of another ends, and who left does not", () => {
  const turns = createTurns();
  const gate: Slots = { free: 0 };
  const [one, two, three] = seats(turns, [gate, gate, gate]);
  if (one === undefined || two === undefined || three === undefined) throw new Error("no lanes");
  turns.refused(one);
  turns.refused(two);
  turns.refused(three);
  turns.leave(three);
  turns.passOn(one);
  expect([one.looked, two.looked, three.looked]).toEqual([0, 1, 0]);
  turns.claimed(two);
  turns.passOn(one);
  expect(two.looked).toBe(1);
});
