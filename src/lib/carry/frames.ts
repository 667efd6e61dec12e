/**
 * Frames as the text of QR codes. A frame says what it belongs to (the first bytes of the whole's
 * SHA-256, and its length), its number, and a check over all of it:
 *
 *   version 1 byte · whole 6 bytes · length 3 bytes · number 4 bytes · crc-32 4 bytes · block
 */
import { fromBase45, toBase45 } from "./base45.ts";
import { sha256, toHex, type Bytes } from "./bytes.ts";
import { createFountainReader, frameOf, type FountainReader } from "./fountain.ts";

const version = 1;
const headBytes = 18;
/** With it a code has 65 modules a side: a tablet's camera reads it at arm's length. */
export const blockSize = 300;
/** At eight frames a second this takes about three minutes: more goes by file. */
export const mostFrameBytes = 400_000;

export interface FrameSource {
  /** How many frames carry it when none is lost. */
  readonly blocks: number;
  /** The text of frame n; n may rise for ever. */
  frame(n: number): string;
}

export async function createFrameSource(bytes: Bytes): Promise<FrameSource> {
  const name = (await sha256(bytes)).subarray(0, 6);
  return {
    blocks: Math.max(1, Math.ceil(bytes.length / blockSize)),
    frame(n) {
      const frame = new Uint8Array(headBytes + blockSize);
      const view = new DataView(frame.buffer);
      view.setUint8(0, version);
      frame.set(name, 1);
      view.setUint8(7, bytes.length >> 16);
      view.setUint16(8, bytes.length & 0xffff);
      view.setUint32(10, n);
      frame.set(frameOf(bytes, blockSize, n), headBytes);
      view.setUint32(14, crc32(frame));
      return toBase45(frame);
    },
  };
}

export interface FrameReader {
  /** From 0 to 1. */
  readonly progress: number;
  /** What a code said. `foreign`: it is no frame of ours; `broken`: it is one, with an error in it. */
  add(text: string): "taken" | "foreign" | "broken";
  /** The whole; null while something is missing. */
  read(): Promise<Bytes | null>;
}

/** Frames of another whole begin it anew: the other tablet was asked to start again. */
export function createFrameReader(): FrameReader {
  let name = "";
  let fountain: FountainReader | null = null;

  return {
    get progress() {
      return fountain === null ? 0 : fountain.rank / fountain.blocks;
    },
    add(text) {
      const frame = fromBase45(text);
      if (frame === null || frame[0] !== version || frame.length !== headBytes + blockSize) {
        return "foreign";
      }
      const view = new DataView(frame.buffer);
      const crc = view.getUint32(14);
      view.setUint32(14, 0);
      if (crc32(frame) !== crc) return "broken";
      const whole = toHex(frame.subarray(1, 10));
      if (whole !== name || fountain === null) {
        name = whole;
        fountain = createFountainReader((view.getUint8(7) << 16) | view.getUint16(8), blockSize);
      }
      fountain.add(view.getUint32(10), frame.subarray(headBytes));
      return "taken";
    },
    async read() {
      const bytes = fountain?.read() ?? null;
      if (bytes === null) return null;
      if (toHex((await sha256(bytes)).subarray(0, 6)) === name.slice(0, 12)) return bytes;
      // A wrong frame passed its check: all of it is read anew.
      fountain = null;
      return null;
    },
  };
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
