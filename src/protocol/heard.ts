/** What comes on a live connection, as it is understood there. */
import * as v from "valibot";
import { liveDown, type LiveDown, type Page } from "./down.ts";
import { fromFrame } from "./frame.ts";

/** A message as it is understood: of each page history and chain are known. */
export type Heard = Exclude<LiveDown, { readonly t: "page" }> | Page;

/**
 * Understands what comes on one connection, in order ([S25]): text, or bytes ([S56]). Answers null
 * for what is of a newer server or broken, and for a page before any chain was named; the next
 * hello asks for it again.
 */
export function createUnderstanding(): (data: unknown) => Heard | null {
  let named: Pick<Page, "ch" | "epoch"> | null = null;
  return (data) => {
    const message = read(data);
    if (message?.t !== "page") return message;
    const { ch = named?.ch, epoch = named?.epoch } = message;
    if (ch === undefined || epoch === undefined) return null;
    named = { ch, epoch };
    return { ...message, ...named };
  };
}

function read(data: unknown): LiveDown | null {
  try {
    const parsed = v.safeParse(
      liveDown,
      typeof data === "string" ? JSON.parse(data) : unpacked(data),
    );
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Bytes as the message that they stand for. */
function unpacked(data: unknown): unknown {
  const isBytes = data instanceof ArrayBuffer || ArrayBuffer.isView(data);
  const counted = isBytes ? fromFrame(bytesOf(data)) : null;
  return counted && { t: "page", time: counted.time, feeds: { roll: counted.roll } };
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
