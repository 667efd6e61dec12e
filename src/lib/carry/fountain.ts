/**
 * A fountain: bytes as an endless row of frames, of which any sufficient number in any order gives
 * the bytes back. A camera misses frames, and may begin in the middle; with frames that are only
 * numbered it would have to wait for the very ones it missed to come round again.
 *
 * The bytes are cut into K blocks. Frame n < K is block n; every later one is the sum (xor) of
 * about half of all blocks, chosen by chance that n alone decides. The reader solves the linear
 * equations as they come: K frames that are not sums of each other are enough, and of frames
 * chosen so, K + 2 are enough with 3 in 4 cases and K + 10 with 999 in 1,000.
 */
import type { Bytes } from "./bytes.ts";

export function blocksOf(length: number, blockSize: number): number {
  return Math.max(1, Math.ceil(length / blockSize));
}

/** What frame n carries. */
export function frameOf(bytes: Uint8Array, blockSize: number, n: number): Bytes {
  const blocks = blocksOf(bytes.length, blockSize);
  const sum = new Uint8Array(blockSize);
  for (const index of bitsOf(chosen(blocks, n))) {
    xor(sum, bytes.subarray(index * blockSize, (index + 1) * blockSize));
  }
  return sum;
}

export interface FountainReader {
  /** Blocks that are known by now, as equations: at `blocks` all is there. */
  readonly rank: number;
  readonly blocks: number;
  /** A frame that came, in any order and however often. */
  add(n: number, data: Uint8Array): void;
  /** The bytes; null while some are missing. */
  read(): Bytes | null;
}

interface Row {
  readonly mask: Uint32Array;
  readonly data: Uint8Array;
}

/** `length`: of the whole, in bytes. */
export function createFountainReader(length: number, blockSize: number): FountainReader {
  const blocks = blocksOf(length, blockSize);
  /** Row p has its lowest block at p. */
  const rows: (Row | undefined)[] = Array.from({ length: blocks });
  let rank = 0;

  function add(n: number, data: Uint8Array): void {
    if (rank === blocks || data.length !== blockSize) return;
    const mask = chosen(blocks, n);
    const rest = data.slice();
    for (;;) {
      const pivot = lowest(mask);
      if (pivot === -1) return;
      const row = rows[pivot];
      if (row === undefined) {
        rows[pivot] = { mask, data: rest };
        rank += 1;
        return;
      }
      mix(mask, row.mask);
      xor(rest, row.data);
    }
  }

  /** From the last block to the first: by then a row has only itself left. */
  function read(): Bytes | null {
    if (rank < blocks) return null;
    const solved: Uint8Array[] = Array.from({ length: blocks });
    for (let p = blocks - 1; p >= 0; p--) {
      const row = rows[p];
      if (row === undefined) return null;
      const data = row.data.slice();
      for (const index of bitsOf(row.mask)) if (index !== p) xor(data, solved[index] ?? data);
      solved[p] = data;
    }
    const whole = new Uint8Array(blocks * blockSize);
    for (const [p, data] of solved.entries()) whole.set(data, p * blockSize);
    return whole.slice(0, length);
  }

  return {
    get rank() {
      return rank;
    },
    blocks,
    add,
    read,
  };
}

/** Which blocks frame n is the sum of. */
function chosen(blocks: number, n: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(blocks / 32));
  if (n < blocks) {
    mask[n >> 5] = (1 << (n & 31)) >>> 0;
    return mask;
  }
  const chance = mulberry32(n);
  for (let word = 0; word < mask.length; word++) mask[word] = chance();
  const spare = mask.length * 32 - blocks;
  const last = mask.length - 1;
  if (spare > 0) mask[last] = ((mask[last] ?? 0) << spare) >>> spare;
  // The sum of nothing would tell nothing.
  if (lowest(mask) === -1) mask[0] = 1;
  return mask;
}

/** A small generator of 32 random bits, the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

function bitsOf(mask: Uint32Array): number[] {
  const bits: number[] = [];
  for (const [word, value] of mask.entries()) {
    for (let rest = value; rest !== 0; rest &= rest - 1) {
      bits.push(word * 32 + 31 - Math.clz32(rest & -rest));
    }
  }
  return bits;
}

function lowest(mask: Uint32Array): number {
  for (const [word, value] of mask.entries()) {
    if (value !== 0) return word * 32 + 31 - Math.clz32(value & -value);
  }
  return -1;
}

function mix(target: Uint32Array, source: Uint32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) ^ (source[i] ?? 0);
}

function xor(target: Uint8Array, source: Uint8Array): void {
  for (let i = 0; i < source.length; i++) target[i] = (target[i] ?? 0) ^ (source[i] ?? 0);
}
