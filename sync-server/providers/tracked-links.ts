/**
 * Short links. One names its message by place and the link by number, so nothing is stored for a
 * recipient, and carries a tag of 48 bits that only this server can make. All are of one length,
 * so a text is as long when it is sent as when it was counted.
 */
import { shortLinkLetters, shortLinkStart } from "#domain/engagement/link.ts";
import { derive, isSame } from "./secrets.ts";
import { createPageTagger, type PageTagger } from "./tag-pages.ts";

/** Whose link it is. */
export interface LinkOwner {
  readonly workspace: string;
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
}

/** Where a short link says that it belongs; to be believed only after `verify`. */
export interface LinkPlace {
  readonly distribution: number;
  readonly n: number;
  /** The number of the link in its campaign. */
  readonly link: number;
}

export interface TrackedLinks {
  /** The address of this server's own pages. */
  readonly ownUrl: string;
  /** How long every address is. */
  readonly length: number;
  /** The whole address, to be put into a message. */
  urlOf(owner: LinkOwner, link: number): string;
  /** null when it cannot be one of ours. */
  read(token: string): LinkPlace | null;
  verify(token: string, owner: LinkOwner, link: number): boolean;
}

const placeBytes = 9;
const tagBytes = 6;
const tokenPattern = /^[\w-]{20}$/;

export function createTrackedLinks(secret: Buffer, publicUrl: string): TrackedLinks {
  const key = derive(secret, "tracked links by page");
  /** By number: a message asks for each of its links, and the next message again. */
  const taggers = new Map<number, PageTagger>();
  const bytes = Buffer.alloc(placeBytes + tagBytes);
  const taggerOf = (link: number): PageTagger => {
    const known = taggers.get(link) ?? createPageTagger(key);
    taggers.set(link, known);
    return known;
  };
  const tokenOf = (owner: LinkOwner, link: number): string => {
    bytes.writeUInt32BE(owner.distribution, 0);
    bytes.writeUInt32BE(owner.n, 4);
    bytes.writeUInt8(link, 8);
    const { workspace, campaignId, distribution, n } = owner;
    const place = { workspace, campaignId, distribution, n, gen: link };
    taggerOf(link)(place, bytes, placeBytes, tagBytes);
    return bytes.toString("base64url");
  };
  const start = shortLinkStart(publicUrl);
  return {
    ownUrl: publicUrl,
    length: start.length + shortLinkLetters,
    urlOf: (owner, link) => start + tokenOf(owner, link),
    read: (token) => {
      if (!tokenPattern.test(token)) return null;
      const read = Buffer.from(token, "base64url");
      const link = read.readUInt8(8);
      if (link === 0) return null;
      return { distribution: read.readUInt32BE(0), n: read.readUInt32BE(4), link };
    },
    verify: (token, owner, link) => isSame(token, tokenOf(owner, link)),
  };
}
