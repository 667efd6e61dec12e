/**
 * The states of a message (one recipient in one campaign), with the order in which evidence
 * wins. The numbers are stored: never renumber.
 */
export const stateCodes = {
  queued: 0,
  sending: 1,
  ambiguous: 2,
  submitted: 3,
  sent: 4,
  unconfirmed: 5,
  skipped: 6,
  canceled: 7,
  failed: 8,
  undelivered: 9,
  delivered: 10,
  read: 11,
} as const;

export type MessageState = keyof typeof stateCodes;

export const messageStates = [
  "queued",
  "sending",
  "ambiguous",
  "submitted",
  "sent",
  "unconfirmed",
  "skipped",
  "canceled",
  "failed",
  "undelivered",
  "delivered",
  "read",
] as const satisfies readonly MessageState[];

/** The state of a stored code; throws on a number that no state has, as only a defect can cause it. */
export function stateOf(code: number): MessageState {
  const state = messageStates[code];
  if (state === undefined) throw new Error(`no message state has the code ${code}`);
  return state;
}

/** Open: more is expected. Soft: no receipt came, one may still. Final: settled, against or for. */
export type StateKind = "open" | "soft" | "negative" | "positive";

export const kindOf = {
  queued: "open",
  sending: "open",
  ambiguous: "open",
  submitted: "open",
  sent: "open",
  unconfirmed: "soft",
  skipped: "negative",
  canceled: "negative",
  failed: "negative",
  undelivered: "negative",
  delivered: "positive",
  read: "positive",
} as const satisfies Record<MessageState, StateKind>;

/** One count for each state. */
export type StateCounts = Readonly<Record<MessageState, number>>;

export const noCounts: StateCounts = {
  queued: 0,
  sending: 0,
  ambiguous: 0,
  submitted: 0,
  sent: 0,
  unconfirmed: 0,
  skipped: 0,
  canceled: 0,
  failed: 0,
  undelivered: 0,
  delivered: 0,
  read: 0,
};
