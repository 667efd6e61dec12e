/** What a workspace sets for the sake of the people it writes to. */
import type { ConsentChannel } from "../audience/contact.ts";

/** At most so many messages to one person in so many days. */
export interface FrequencyCap {
  readonly messages: number;
  readonly days: number;
}

export interface PeopleLimits {
  /** By channel; null: no cap. */
  readonly frequency: Readonly<Record<ConsentChannel, FrequencyCap | null>>;
  readonly unreachable: {
    /** Missed campaigns in a row until a number is unreachable. */
    readonly threshold: number;
    /** Unsubscribes without waiting for a person. */
    readonly isAutomatic: boolean;
  };
}

/** Fewer missed campaigns than this never make anybody unreachable. */
export const leastThreshold = 7;

export const defaultPeopleLimits: PeopleLimits = {
  frequency: { email: null, sms: null },
  unreachable: { threshold: leastThreshold, isAutomatic: false },
};
