import type { Channel } from "#domain/campaign/channel.ts";
import { inText } from "./in-text.ts";
import { channelWords } from "./state-words.ts";

/** A channel in the middle of a sentence: "e-mail", but "SMS". */
export function channelInText(channel: Channel): string {
  return channel === "email" || channel === "push"
    ? inText(channelWords[channel])
    : channelWords[channel];
}
