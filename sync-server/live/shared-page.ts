/** A page of the live stream, encoded once for all who stand alike. */
import { packed, type LiveSaid, type PullReply } from "#protocol/down.ts";
import { toFrame } from "#protocol/to-frame.ts";

export interface SharedPage {
  /** What goes out to who knows its history and chain. Bytes where it tells of counters alone. */
  readonly said: Buffer;
  readonly isBytes: boolean;
  /** The same as a whole frame of a socket, made once: nobody's socket has to. */
  readonly frame: Buffer;
  /** As text that names the chain. */
  readonly naming: (ch: string) => string;
}

/**
 * All of a message but what differs between devices. `cut`: they have revealed everything, so a
 * feed that did not move needs no word; one that is being filled does.
 */
export function sharedPage(reply: PullReply, cut: boolean): SharedPage {
  const message = cut && reply.t === "page" ? moved(reply) : reply;
  const bytes = cut ? framed(message) : null;
  const said = bytes ?? Buffer.from(JSON.stringify(unnamed(message)));
  return {
    said,
    isBytes: bytes !== null,
    frame: socketFrame(said, bytes !== null),
    naming: (ch) => JSON.stringify({ ...unnamed(message), ch }),
  };
}

type Page = Extract<PullReply, { readonly t: "page" }>;

function moved(page: Page): Page {
  const feeds = Object.entries(page.feeds).filter(([, { from, to }]) => from !== to);
  return { ...page, feeds: Object.fromEntries(feeds) };
}

/** Null where more moved than counters. */
function framed(message: PullReply): Buffer | null {
  if (message.t !== "page" || Object.keys(message.feeds).length !== 1) return null;
  const { roll } = message.feeds;
  const bytes = roll === undefined ? null : toFrame({ time: message.time, roll });
  return bytes === null ? null : Buffer.from(bytes.buffer);
}

/** Who listens was told of the history and the chain with the answer to their hello. */
function unnamed(message: PullReply): LiveSaid {
  const said = packed(message);
  if (said.t !== "page") return said;
  const { ch: _ch, epoch: _epoch, ...rest } = said;
  return rest;
}

/** One whole message as RFC 6455 has it, from a server: unmasked. */
function socketFrame(said: Buffer, isBytes: boolean): Buffer {
  const { length } = said;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = isBytes ? 0x82 : 0x81;
  if (head.length === 2) head[1] = length;
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, said]);
}
