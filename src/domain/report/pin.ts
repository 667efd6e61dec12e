/** A pin: a report that a person wants on each of their devices, with and without a network. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";

export interface Pin {
  readonly id: Id;
  readonly rev: number;
  /** Whose devices keep it; nobody else sees it. */
  readonly user: Id;
  readonly campaignId: Id;
  readonly at: Instant;
}
