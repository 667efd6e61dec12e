/**
 * The text message that goes to whoever a campaign cannot reach by its own channel: a new send of
 * the same message, begun only after the first one failed for good, or could not be begun at all.
 */
import type { Id } from "../core/id.ts";
import type { Reason } from "../message/reason.ts";
import type { Channel } from "./channel.ts";

export interface Fallback {
  readonly accountId: Id | null;
  /** With merge fields and links, as any other text. */
  readonly text: string;
}

/** What any phone can take. */
export const fallbackChannel = "sms" satisfies Channel;

/** Whether campaigns of this channel may have one. */
export function mayFallBack(type: Channel): boolean {
  return type !== fallbackChannel;
}

/** What a campaign falls back to; null: whoever it does not reach stays without a message. */
export function fallbackOf({ fallback = null }: Falling): Fallback | null {
  return fallback;
}

/** The same, as a field of a copy; nothing where nobody ever set one. */
export function fallingOf({ fallback }: Falling): Falling {
  return fallback === undefined ? {} : { fallback };
}

interface Falling {
  readonly fallback?: Fallback | null;
}

/** Without a text and an account there is none. */
export function toFallback({ accountId, text }: Fallback): Fallback | null {
  return accountId === null && text === "" ? null : { accountId, text };
}

/** As the content of a message. */
export function contentOfFallback({ text }: Pick<Fallback, "text">) {
  return { subject: "", text, html: "" };
}

/** What says that the first channel does not lead to this person, and that it is no matter of waiting or mending. */
const unreached: ReadonlySet<Reason> = new Set([
  "no_address",
  "not_capable",
  "invalid_address",
  "unknown_recipient",
  "unreachable",
] as const satisfies readonly Reason[]);

export function fallsBack(reason: Reason): boolean {
  return unreached.has(reason);
}
