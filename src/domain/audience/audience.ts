/** A saved set of contacts: everyone, a list, or a live filter. Never called a segment. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { Picked } from "../message/again.ts";
import type { ConsentChannel } from "./contact.ts";

/** Every part that is given must hold; a part left out does not narrow. */
export interface Filter {
  /** ISO 3166-1 alpha-2; any of them. */
  readonly countries?: readonly string[];
  /** Compared without case; any of them. */
  readonly cities?: readonly string[];
  /** On any of them. */
  readonly lists?: readonly Id[];
  /** Has given, and not withdrawn, consent for this channel. */
  readonly consent?: ConsentChannel;
}

export type AudienceRule =
  | { readonly kind: "all" }
  /** A list is a set of contacts made by an import or by hand. */
  | { readonly kind: "list"; readonly listId: Id }
  | { readonly kind: "filter"; readonly filter: Filter }
  /** Whose message in that campaign stands so when the audience is frozen: those who failed. */
  | { readonly kind: "recipients"; readonly campaignId: Id; readonly picks: readonly Picked[] };

export interface Audience {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly rule: AudienceRule;
  /** Contacts at the last count by the server; null before it counted. */
  readonly count: number | null;
  /** How many of them have the address and the consent that each channel needs. */
  readonly reachable: Readonly<Record<ConsentChannel, number>> | null;
  readonly countedAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
