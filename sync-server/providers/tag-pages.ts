/**
 * Tags that only this server can make, for messages that come one after another: what carries one
 * was not made up by somebody else. A tag is its place, one block, enciphered by AES-256 under a
 * key that is the HMAC-SHA-256 of the campaign it belongs to: whoever has not the key can neither
 * guess a tag nor make one out of others.
 *
 * Neighbours are enciphered together, since nearly all of the cost is in the call: a tag takes a
 * thirtieth of the time of an HMAC.
 */
import { createCipheriv, createHmac, type Cipheriv } from "node:crypto";

/** Whose tag it is. */
export interface TagPlace {
  readonly workspace: string;
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
  /** 0 where it is the same for every send. */
  readonly gen: number;
}

/** Writes the first bytes of a tag, at most 16. */
export type PageTagger = (place: TagPlace, into: Buffer, at: number, bytes: number) => void;

export const tagBytes = 16;
/** Tags made in one go. */
const pageTags = 64;
/** Distributions whose cipher is kept: more are hardly ever written to, or heard of, at once. */
const maxKept = 32;

interface Page {
  readonly workspace: string;
  readonly campaignId: string;
  readonly cipher: Cipheriv;
  /** The first of its tags; -1: it was not made yet. */
  first: number;
  gen: number;
  tags: Buffer;
}

export function createPageTagger(key: Buffer): PageTagger {
  const pages = new Map<number, Page>();
  const places = Buffer.alloc(pageTags * tagBytes);
  return (place, into, at, bytes) => {
    const { distribution, gen, n } = place;
    const page = pageOf(pages, key, place);
    const first = n - (n % pageTags);
    if (page.first !== first || page.gen !== gen) {
      page.tags = page.cipher.update(placesFrom(places, { distribution, first, gen }));
      page.first = first;
      page.gen = gen;
    }
    const from = (n - first) * tagBytes;
    // So few are moved faster than a call to move them begins.
    for (let index = 0; index < bytes; index++) into[at + index] = page.tags[from + index] ?? 0;
  };
}

function pageOf(
  pages: Map<number, Page>,
  key: Buffer,
  { workspace, campaignId, distribution }: TagPlace,
): Page {
  const known = pages.get(distribution);
  if (known?.workspace === workspace && known.campaignId === campaignId) return known;
  const owned = createHmac("sha256", key).update(`${workspace}\n${campaignId}\n`).digest();
  const cipher = createCipheriv("aes-256-ecb", owned, null).setAutoPadding(false);
  const page = { workspace, campaignId, cipher, first: -1, gen: 0, tags: Buffer.alloc(0) };
  const [oldest] = pages.keys();
  if (oldest !== undefined && pages.size >= maxKept) pages.delete(oldest);
  pages.set(distribution, page);
  return page;
}

/** A block for each: distribution, n, gen, and zeros. Within a page they differ in the last byte of n alone. */
function placesFrom(
  places: Buffer,
  { distribution, first, gen }: { distribution: number; first: number; gen: number },
): Buffer {
  places.writeUInt32BE(distribution, 0);
  // The last page reaches past the largest number.
  places.writeUInt32BE(first % 2 ** 32, lastOfN - 3);
  places.writeUInt8(gen, lastOfN + 1);
  for (let made = tagBytes; made < places.length; made *= 2) places.copyWithin(made, 0, made);
  for (let index = 1; index < pageTags; index++) {
    places[index * tagBytes + lastOfN] = (first + index) % 256;
  }
  return places;
}

/** Where the last byte of n stands in its block. */
const lastOfN = 7;
