/** What a step of the core leaves to do for whoever drives it. */
import type { LiveDown } from "#protocol/down.ts";
import type { LiveUp } from "#protocol/up.ts";
import type { TransportFailure } from "./failures.ts";

export type Bye = Extract<LiveDown, { readonly t: "bye" }>;

export type Step =
  /** Nothing more to do of this kind now. */
  | { readonly outcome: "idle" }
  /** Something was done, and more may follow at once. */
  | { readonly outcome: "more" }
  | { readonly outcome: "failed"; readonly failure: TransportFailure };

/** After a message of the live connection, whose pages are of the hello's chain. */
export type LiveStep =
  /** Send it. */
  | { readonly act: "ack"; readonly message: Extract<LiveUp, { readonly t: "ack" }> }
  /** The page did not fit: say hello again. */
  | { readonly act: "redial" }
  /** The server said bye. */
  | { readonly act: "stop"; readonly why: Bye["why"] }
  | { readonly act: "none" };
