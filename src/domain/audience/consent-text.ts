/** The words that a person agrees to, by channel. A text that was published never changes: who agreed to it agreed to exactly that. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { ConsentChannel } from "./contact.ts";

export interface ConsentText {
  readonly id: Id;
  readonly rev: number;
  readonly channel: ConsentChannel;
  /** 1, 2, 3, … for each channel. */
  readonly version: number;
  readonly text: string;
  readonly createdAt: Instant;
  /** Who published it. */
  readonly by: Id;
}

export const maxConsentText = 2_000;

/** The text that is shown now: the latest of the channel; null while the workspace has published none. */
export function currentConsentText<T extends Pick<ConsentText, "channel" | "version">>(
  texts: readonly T[],
  channel: ConsentChannel,
): T | null {
  return texts
    .filter((each) => each.channel === channel)
    .reduce<T | null>(
      (latest, each) => (latest === null || each.version > latest.version ? each : latest),
      null,
    );
}

const means = {
  email: "by e-mail",
  sms: "by text message (SMS)",
} as const satisfies Record<ConsentChannel, string>;

/** What is asked while the workspace has published no text of its own: version 0. */
export function firstConsentWords(channel: ConsentChannel, workspaceName: string): string {
  return `${workspaceName} may send me news and offers ${means[channel]}. I can withdraw this at any time.`;
}
