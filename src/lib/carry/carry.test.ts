import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CarriedWork } from "#protocol/carry.ts";
import { fromBase45, toBase45 } from "./base45.ts";
import { blocksOf, createFountainReader, frameOf } from "./fountain.ts";
import { blockSize, createFrameReader, createFrameSource } from "./frames.ts";
import { fromBytes, fromFile, inspect, open, seal, toBytes, toFile } from "./seal.ts";

const owner = {
  workspace: "00000000-0000-7000-8000-000000000001",
  user: "00000000-0000-7000-8000-000000000002",
};
const work: CarriedWork = {
  commands: [
    {
      uid: "00000000-0000-7000-8000-000000000003",
      name: "campaign.pause",
      args: { id: "00000000-0000-7000-8000-000000000004" },
      v: 1,
      at: { wall: 5, offset: null, offsetAge: null },
      now: 5,
    },
  ],
  cards: [],
};
const how = { owner, madeAt: 1_800_000_000_000, passphrase: "a long enough passphrase" };

describe("[S42] work that is carried", () => {
  test("comes out of a file and out of bytes as it went in", async () => {
    const sealed = await seal(work, how);
    for (const back of [fromFile(toFile(sealed)), fromBytes(toBytes(sealed))]) {
      if (!back.ok) throw new Error(back.error);
      expect(await inspect(back.value, owner)).toBeNull();
      expect(await open(back.value, how.passphrase)).toEqual({ ok: true, value: work });
    }
    expect(toFile(sealed)).not.toContain("campaign.pause");
  });

  test("is refused to another person and in another workspace, before a passphrase is asked", async () => {
    const sealed = await seal(work, how);
    const other = "00000000-0000-7000-8000-00000000000f";
    expect(await inspect(sealed, { ...owner, user: other })).toBe("otherPerson");
    expect(await inspect(sealed, { ...owner, workspace: other })).toBe("otherWorkspace");
    // Who writes their own name into it finds it sealed for somebody else.
    const stolen = { ...sealed, header: { ...sealed.header, user: other } };
    expect(await open(stolen, how.passphrase)).toEqual({ ok: false, error: "wrongPassphrase" });
  });

  test("tells a wrong passphrase from damage, and a newer app from another's file", async () => {
    const sealed = await seal(work, how);
    expect(await open(sealed, "another passphrase")).toEqual({
      ok: false,
      error: "wrongPassphrase",
    });
    const flipped = {
      ...sealed,
      sealed: sealed.sealed.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
    };
    expect(await inspect(flipped, owner)).toBe("damaged");
    expect(fromFile(toFile(sealed).slice(0, 300))).toEqual({ ok: false, error: "damaged" });
    expect(fromFile('{"format":"fieldcast-work","v":2}')).toEqual({ ok: false, error: "tooNew" });
    expect(fromFile("{}")).toEqual({ ok: false, error: "notOurs" });
    expect(fromFile("name,email")).toEqual({ ok: false, error: "notOurs" });
  });
});

describe("[S43] frames", () => {
  test("base45 gives back any bytes, and takes nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_000 }), (each) => {
        expect(fromBase45(toBase45(each))).toEqual(each);
      }),
    );
    expect(toBase45(new TextEncoder().encode("AB"))).toBe("BB8");
    expect(fromBase45("FGW")).toEqual(Uint8Array.of(255, 255));
    expect(fromBase45("GGW")).toBeNull();
    expect(fromBase45("ggw")).toBeNull();
    expect(fromBase45(":::")).toBeNull();
  });

  test("give the bytes back in any order, with any losses and repeats", () => {
    fc.assert(
      fc.property(
        fc.record({
          whole: fc.uint8Array({ maxLength: 1_500 }),
          size: fc.integer({ min: 1, max: 90 }),
          start: fc.nat({ max: 5_000 }),
          lost: fc.infiniteStream(fc.boolean()),
          swaps: fc.infiniteStream(fc.nat({ max: 6 })),
        }),
        ({ whole, size, start, lost, swaps }) => {
          const reader = createFountainReader(whole.length, size);
          const late: number[] = [];
          let n = start;
          for (let turn = 0; reader.read() === null; turn++) {
            // At most half is lost: with all lost nothing could ever come.
            if (!lost.next().value || turn % 2 === 0) late.push(n);
            n += 1;
            const at = Math.min(late.length - 1, Number(swaps.next().value));
            const next = late[at];
            if (next === undefined) continue;
            if (turn % 5 !== 0) late.splice(at, 1);
            reader.add(next, frameOf(whole, size, next));
            if (turn > 40 * blocksOf(whole.length, size) + 400) throw new Error("it never ends");
          }
          expect(reader.read()).toEqual(whole);
          expect(reader.rank).toBe(reader.blocks);
        },
      ),
    );
  });

  test("need hardly more than the bytes have", () => {
    const whole = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 256);
    for (const start of [0, 100, 5_000]) {
      const reader = createFountainReader(whole.length, blockSize);
      let n = start;
      while (reader.read() === null) {
        reader.add(n, frameOf(whole, blockSize, n));
        n += 1;
      }
      expect(n - start).toBeLessThanOrEqual(reader.blocks + 15);
    }
  });

  test("with an error are thrown away, and those of others are told apart", async () => {
    const source = await createFrameSource(Uint8Array.from({ length: 900 }, (_, i) => i % 256));
    const reader = createFrameReader();
    expect(reader.add("HTTPS://EXAMPLE.ORG")).toBe("foreign");
    const text = source.frame(0);
    const broken = `${text.slice(0, 100)}${text[100] === "0" ? "1" : "0"}${text.slice(101)}`;
    expect(reader.add(broken)).toBe("broken");
    expect(reader.progress).toBe(0);
    expect(reader.add(source.frame(1))).toBe("taken");
    expect(reader.add(source.frame(1))).toBe("taken");
    expect(reader.progress).toBeCloseTo(1 / 3);
    expect(await reader.read()).toBeNull();
  });

  test("of another whole begin it anew", async () => {
    const [first, second] = [new Uint8Array(700).fill(1), new Uint8Array(500).fill(2)];
    const reader = createFrameReader();
    reader.add((await createFrameSource(first)).frame(0));
    const source = await createFrameSource(second);
    for (let n = 5; (await reader.read()) === null; n++) reader.add(source.frame(n));
    expect(await reader.read()).toEqual(second);
  });
});
