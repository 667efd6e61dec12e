/** From the bytes of a file, as they come, to its text. */
import { guessEncoding, type Encoding } from "./csv-dialect.ts";

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
 * Reads the text of a file in whatever encoding it is. The choice is put off while the bytes are
 * ASCII: an accent in line ten thousand must not be judged by the first line.
 */
export function createTextReader(decoderOf: (encoding: Encoding) => Decoder): TextReader {
  let encoding: Encoding | null = null;
  let decoder: Decoder | null = null;
  return {
    push: (bytes) => {
      if (decoder === null) {
        encoding = guessEncoding(bytes);
        if (encoding === null) return decoderOf("utf-8").decode(bytes, { stream: false });
        decoder = decoderOf(encoding);
      }
      return decoder.decode(bytes, { stream: true });
    },
    end: () => decoder?.decode(new Uint8Array(), { stream: false }) ?? "",
    encoding: () => encoding,
  };
}
