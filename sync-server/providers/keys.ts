/** The keys of messages: what a provider knows a message by, and names it by in its receipts. */
import type { KeyForm } from "#domain/message/key-form.ts";
import { derive, isSame } from "./secrets.ts";
import { createPageTagger } from "./tag-pages.ts";
import { createTagger } from "./tags.ts";

/** One deliberate send: the same for every try of it. */
export interface Send {
  readonly workspace: string;
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
  readonly gen: number;
  /** How its tag is made: what was launched by an older version keeps the keys that it has. */
  readonly keyForm: KeyForm;
}

/** Where a key says that it belongs; to be believed only after `verify`. */
export type KeyPlace = Pick<Send, "distribution" | "n" | "gen">;

export interface Keys {
  of(send: Send): string;
  /** null when it cannot be one of ours. */
  read(key: string): KeyPlace | null;
  verify(key: string, send: Send): boolean;
}

const placeBytes = 9;
const tagBytes = 9;

/**
 * A key carries its place, so that a receipt finds its message without a table of keys, and a
 * tag that only this server can make, so that nobody can guess another one.
 */
export function createKeys(secret: Buffer): Keys {
  const tagByHmac = createTagger(derive(secret, "message keys"));
  const tagByPage = createPageTagger(derive(secret, "message keys by page"));
  const key = Buffer.alloc(placeBytes + tagBytes);
  const place = key.subarray(0, placeBytes);
  const of = (send: Send): string => {
    place.writeUInt32BE(send.distribution, 0);
    place.writeUInt32BE(send.n, 4);
    place.writeUInt8(send.gen, 8);
    if (send.keyForm === "page") tagByPage(send, key, placeBytes, tagBytes);
    else {
      const owner = `${send.workspace}\n${send.campaignId}\n`;
      key.write(tagByHmac(owner, place), placeBytes, tagBytes, "latin1");
    }
    return toBase32(key);
  };
  return {
    of,
    read: (text) => {
      const bytes = fromBase32(text);
      if (bytes?.length !== placeBytes + tagBytes) return null;
      return {
        distribution: bytes.readUInt32BE(0),
        n: bytes.readUInt32BE(4),
        gen: bytes.readUInt8(8),
      };
    },
    verify: (text, send) => isSame(text, of(send)),
  };
}

/** Small letters and digits only: it stands in headers, addresses and file names. */
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

const letters = Buffer.from(alphabet, "latin1");
const keyLetters = Buffer.alloc(Math.ceil(((placeBytes + tagBytes) * 8) / 5));

/** Of the bytes of a key. Every message needs it: letters are put into one buffer, not one to the other. */
function toBase32(bytes: Buffer): string {
  let at = 0;
  let bits = 0;
  let value = 0;
  for (let index = 0; index < bytes.length; index++) {
    value = (value << 8) | (bytes[index] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      keyLetters[at++] = letters[(value >>> bits) & 31] ?? 0;
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) keyLetters[at++] = letters[(value << (5 - bits)) & 31] ?? 0;
  return keyLetters.toString("latin1", 0, at);
}

function fromBase32(text: string): Buffer | null {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) return null;
    value = (value << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
