/** From what people write back to what they mean, and to the message that they answer. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { readReply } from "#domain/limits/reply-words.ts";
import type { Reply } from "../providers/provider.ts";
import type { Heard } from "../store/limits-store.ts";
import type { EngineDeps } from "./carriers.ts";
import { isOf } from "./receipts.ts";

/** An account that hears replies on its channel. */
export interface ListeningAccount {
  readonly workspace: string;
  readonly accountId: string;
  readonly channel: ConsentChannel;
}

/**
 * What is meant by replies. A key that is not ours, or another account's,
 * names no message; the reply counts all the same, if it says who wrote it.
 */
export async function heardIn(
  { store, keys }: Pick<EngineDeps, "store" | "keys">,
  account: { readonly workspace: string; readonly accountId: string },
  replies: readonly Reply[],
): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for (const { from, text, isComplaint, key, at } of replies) {
    const what = isComplaint ? "complaint" : (readReply(text) ?? "other");
    const message = key === null ? null : await messageOf({ store, keys }, account, key);
    if (from === "" && message === null) continue;
    heard.push({ address: from, what, at, message });
  }
  return heard;
}

async function messageOf(
  { store, keys }: Pick<EngineDeps, "store" | "keys">,
  account: { readonly workspace: string; readonly accountId: string },
  key: string,
): Promise<Heard["message"]> {
  const claimed = keys.read(key);
  if (claimed === null) return null;
  const { distribution, n } = claimed;
  const place = await store.delivery.placeOf({ distribution });
  return isOf(account, place) && keys.verify(key, { ...place, ...claimed })
    ? { distribution, n }
    : null;
}
