/** What a dashboard may be made of, with its words, and how tiles move. */
import { dimensions } from "#domain/analytics/breakdown.ts";
import { kpis } from "#domain/analytics/kpi.ts";
import type { Tile } from "#domain/analytics/saved-view.ts";
import { dimensionWords, kpiWords } from "./words.ts";

export interface TileChoice {
  readonly tile: Tile;
  readonly label: string;
}

/** Everything that can be added. */
export const tileChoices: readonly TileChoice[] = [
  ...kpis.map((kpi): TileChoice => ({
    tile: { kind: "figure", what: kpi, wide: false },
    label: `Figure: ${kpiWords[kpi].label}`,
  })),
  ...kpis.map((kpi): TileChoice => ({
    tile: { kind: "course", what: kpi, wide: true },
    label: `Over time: ${kpiWords[kpi].label}`,
  })),
  ...dimensions.map((by): TileChoice => ({
    tile: { kind: "breakdown", what: by, wide: false },
    label: dimensionWords[by],
  })),
  { tile: { kind: "reasons", what: "", wide: false }, label: "By reason" },
  { tile: { kind: "campaigns", what: "", wide: true }, label: "List of campaigns" },
];

/** What a new dashboard begins with. */
export const firstTiles: readonly Tile[] = [
  { kind: "figure", what: "delivered", wide: false },
  { kind: "figure", what: "opened", wide: false },
  { kind: "course", what: "submitted", wide: true },
  { kind: "breakdown", what: "campaign", wide: false },
  { kind: "reasons", what: "", wide: false },
];

export function tileLabel({ kind, what }: Tile): string {
  const known = tileChoices.find(({ tile }) => tile.kind === kind && tile.what === what);
  return known?.label ?? "A tile of a newer version";
}

/** A name for each that stays with it wherever it moves; of several that are the same, one for each. */
export function tileKeys(tiles: readonly Tile[]): readonly string[] {
  return tiles.map((tile, at) => {
    const name = nameOf(tile);
    return `${name} ${tiles.slice(0, at).filter((each) => nameOf(each) === name).length}`;
  });
}

function nameOf({ kind, what }: Tile): string {
  return `${kind} ${what}`;
}

/** The list with the tile of one place at another; places outside of it are its ends. */
export function movedTile(tiles: readonly Tile[], from: number, to: number): readonly Tile[] {
  const moved = tiles[from];
  if (moved === undefined) return tiles;
  const rest = tiles.filter((_, index) => index !== from);
  return rest.toSpliced(Math.max(0, Math.min(to, rest.length)), 0, moved);
}
