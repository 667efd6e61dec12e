/** From the bytes of a file, as they come, to its text. */
import { guessEncoding, markedEncoding, type Encoding } from "./csv-dialect.ts";

/** The platform's decoder of one encoding; it keeps a character that is cut off by a chunk's end. */
export interface Decoder {
  decode(bytes: Uint8Array, options: { readonly stream: boolean }): string;
}

/** Turns bytes into text, chunk by chunk. */
export interface TextReader {
  push(bytes: Uint8Array): string;
  /** What was still held back. */
  end(): string;
  /** As far as it is known: ASCII may turn out to be anything. */
  encoding(): Encoding | null;
}

/**
 * So many bytes, from the first that is not ASCII on, tell the encoding: a few strange bytes among
 * them do not. Counted from there, not from chunks: browser and server cut files differently.
 */
const judgedBytes = 1024 * 1024;

/**
 * Reads the text of a file in whatever encoding it is. The choice is put off while the bytes are
 * ASCII: an accent in line ten thousand must not be judged by the first line. A byte that is not of
 * the encoding comes out as U+FFFD.
 */
export function createTextReader(decoderOf: (encoding: Encoding) => Decoder): TextReader {
  let encoding: Encoding | null = null;
  let decoder: Decoder | null = null;
  /** What waits for the choice; it begins with the first byte that is not ASCII. */
  let held = new Uint8Array();

  const begin = (chosen: Encoding, bytes: Uint8Array): string => {
    encoding = chosen;
    decoder = decoderOf(chosen);
    held = new Uint8Array();
    return decoder.decode(bytes, { stream: true });
  };
  const hold = (bytes: Uint8Array): string => {
    held = joined(held, bytes);
    if (held.length < judgedBytes) return "";
    return begin(guessEncoding(held.subarray(0, judgedBytes)) ?? "utf-8", held);
  };

  return {
    push: (bytes) => {
      if (decoder !== null) return decoder.decode(bytes, { stream: true });
      if (held.length > 0) return hold(bytes);
      const marked = markedEncoding(bytes);
      if (marked !== null) return begin(marked, bytes);
      const first = bytes.findIndex((byte) => byte >= 0x80);
      const ascii = first === -1 ? bytes : bytes.subarray(0, first);
      const text = decoderOf("utf-8").decode(ascii, { stream: false });
      return first === -1 ? text : text + hold(bytes.subarray(first));
    },
    end: () => {
      // A character that the end of the file cuts off is none.
      const whole = joined(held, lineEnd);
      const rest = held.length === 0 ? "" : begin(guessEncoding(whole) ?? "utf-8", held);
      return rest + (decoder?.decode(new Uint8Array(), { stream: false }) ?? "");
    },
    encoding: () => encoding,
  };
}

const lineEnd = new Uint8Array([10]);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
