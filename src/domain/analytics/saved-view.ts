/**
 * Reports that people keep under a name: a view (its address), or a dashboard of tiles. They are a part
 * of the workspace's document, so everybody has them, with and without a network.
 */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";

export const tileKinds = ["figure", "course", "breakdown", "reasons", "campaigns"] as const;

export type TileKind = (typeof tileKinds)[number];

/** One part of a dashboard. */
export interface Tile {
  readonly kind: TileKind;
  /** Which figure, or what it is split by; "" where the kind says it all. What nobody knows shows nothing. */
  readonly what: string;
  /** Over the whole width, where there is room for two. */
  readonly wide: boolean;
}

/** What a person says of it. */
export interface ViewFields {
  readonly name: string;
  /** Its filters, as an address has them: `show=90d&channel=sms`. */
  readonly query: string;
  /** Of a dashboard; left out: a view. */
  readonly tiles?: readonly Tile[];
}

export interface SavedView extends ViewFields {
  readonly id: Id;
  /** Who made it, and when it was changed last. */
  readonly by: Id;
  readonly at: Instant;
  /** The people who begin with it; left out: nobody. */
  readonly defaultOf?: readonly Id[];
}

/** A workspace has at most so many, and a dashboard so many tiles. */
export const mostViews = 100;
export const mostTiles = 24;
