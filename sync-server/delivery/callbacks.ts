/** What an account's provider reads of calls to us: the HTTP side hands them over as they came. */
import type { Account } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Result } from "#domain/core/result.ts";
import type {
  CallbackRefusal,
  CallbackRequest,
  Heard,
  Provider,
  Reply,
  Settings,
} from "../providers/provider.ts";

/** A call as the HTTP side has it. */
export interface Call extends Pick<CallbackRequest, "headers" | "body"> {
  /** What stands behind our public address, with its query. */
  readonly path: string;
}

export interface Callbacks {
  readonly workspace: Id;
  readonly channel: Account["channel"];
  /** null: the provider tells nothing this way. */
  readonly readReceipts: ((call: Call) => Result<Heard, CallbackRefusal>) | null;
  readonly readReplies: ((call: Call) => Result<readonly Reply[], CallbackRefusal>) | null;
}

interface Owner {
  readonly workspace: Id;
  readonly channel: Account["channel"];
  readonly settings: Settings;
}

interface Surroundings {
  readonly publicUrl: string;
  readonly clock: () => Instant;
}

export function openCallbacks(
  provider: Provider,
  { workspace, channel, settings }: Owner,
  { publicUrl, clock }: Surroundings,
): Callbacks {
  const toRequest = ({ path, headers, body }: Call): CallbackRequest => {
    return { url: `${publicUrl}${path}`, headers, body, now: clock() };
  };
  const { readReceipts, readReplies } = provider;
  return {
    workspace,
    channel,
    readReceipts:
      readReceipts === undefined ? null : (call) => readReceipts(toRequest(call), settings),
    readReplies:
      readReplies === undefined ? null : (call) => readReplies(toRequest(call), settings),
  };
}
