/**
 * The links by which people leave. A link names its message by place, so nothing is stored for
 * it, and carries a tag of 128 bits that only this server can make: nobody can guess another
 * one, or change whom it is for.
 */
import { derive, isSame } from "./secrets.ts";
import { createPageTagger } from "./tag-pages.ts";
import { createTagger } from "./tags.ts";

/** Whose link it is. It stays the same when a message is sent again. */
export interface LinkOwner {
  readonly workspace: string;
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
}

/** Where a link says that it belongs; to be believed only after `verify`. */
export type LinkPlace = Pick<LinkOwner, "distribution" | "n">;

export interface LeaveLinks {
  /** The whole address, to be put into a message. */
  urlOf(owner: LinkOwner): string;
  /** null when it cannot be one of ours. */
  read(token: string): LinkPlace | null;
  verify(token: string, owner: LinkOwner): boolean;
}

const placeBytes = 8;
const tagBytes = 16;
const tokenPattern = /^[\w-]{32}$/;

export function createLeaveLinks(secret: Buffer, publicUrl: string): LeaveLinks {
  const tag = createPageTagger(derive(secret, "leave links by page"));
  const tagBefore = createTagger(derive(secret, "leave links"));
  const bytes = Buffer.alloc(placeBytes + tagBytes);
  const place = bytes.subarray(0, placeBytes);
  const tokenOf = (owner: LinkOwner): string => {
    place.writeUInt32BE(owner.distribution, 0);
    place.writeUInt32BE(owner.n, 4);
    // Field by field: copying an object takes as long as its tag.
    const { workspace, campaignId, distribution, n } = owner;
    tag({ workspace, campaignId, distribution, n, gen: 0 }, bytes, placeBytes, tagBytes);
    return bytes.toString("base64url");
  };
  /** As older versions wrote it: such links are in mails that people have. */
  const tokenBefore = ({ workspace, campaignId, distribution, n }: LinkOwner): string => {
    place.writeUInt32BE(distribution, 0);
    place.writeUInt32BE(n, 4);
    bytes.write(tagBefore(`${workspace}\n${campaignId}\n`, place), placeBytes, tagBytes, "latin1");
    return bytes.toString("base64url");
  };
  return {
    urlOf: (owner) => `${publicUrl}/r/u/${tokenOf(owner)}`,
    read: (token) => {
      if (!tokenPattern.test(token)) return null;
      const read = Buffer.from(token, "base64url");
      return { distribution: read.readUInt32BE(0), n: read.readUInt32BE(4) };
    },
    verify: (token, owner) => isSame(token, tokenOf(owner)) || isSame(token, tokenBefore(owner)),
  };
}
