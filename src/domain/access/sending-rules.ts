/** What a workspace asks of everybody who sends, beyond their role. */
import type { QuietHours } from "../schedule/quiet-hours.ts";

export interface SendingRules {
  /** Hours in which no campaign writes to anybody; null: there are none. */
  readonly quietHours: QuietHours | null;
  /** Between "Send now" and the first message, in which it can be taken back; 0: none. */
  readonly delayMinutes: number;
  /** Whether another person has to approve each launch; left out: no. */
  readonly approval?: boolean;
}

/** A workspace that asked for nothing. */
export const noSendingRules: SendingRules = { quietHours: null, delayMinutes: 0 };

/** What S0-D2 waits after "Send now", for who turns it on. */
export const usualDelayMinutes = 10;
