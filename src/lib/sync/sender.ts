/** What each message says of the device that sends it. */
import type { Announcement } from "#protocol/down.ts";
import type { PushRequest } from "#protocol/up.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import type { SyncMeta } from "../db/client-db.ts";

export type Sender = Omit<PushRequest, "commands">;

export interface Said {
  readonly unsent: number;
  readonly app: string | undefined;
  /** What a server that is older than this app understands; null: it is not. */
  readonly announced: Announcement | null;
}

/** Since this version devices say more of themselves; servers of before refuse it. */
const saysMoreSince = 10;

export function senderOf({ client, instance, next }: SyncMeta, said: Said): Sender {
  const { unsent, app, announced } = said;
  const v = Math.min(protocolVersion, announced?.protocol ?? protocolVersion);
  const schema = Math.min(schemaVersion, announced?.schema ?? schemaVersion);
  const who = { v, schema, client, instance };
  if (v < saysMoreSince) return who;
  const step = typeof next === "string" ? { next } : {};
  return { ...who, ...step, unsent, ...(app === undefined ? {} : { app }) };
}
