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

export type LiveStep =
  | { readonly act: "ack"; readonly message: Extract<LiveUp, { readonly t: "ack" }> }
  | { readonly act: "redial" }
  | { readonly act: "stop"; readonly why: Bye["why"] }
  | { readonly act: "none" };
