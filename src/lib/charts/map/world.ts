/** The countries of the world as outlines for a small map, each by its two letters. */
import { geoNaturalEarth1, geoPath } from "d3";
import { feature } from "topojson-client";
import world from "world-atlas/countries-110m.json";

/** A country with its outline, as the `d` of an SVG path. */
export interface Outline {
  /** Two letters (ISO 3166); "" where nobody gave any. */
  readonly code: string;
  readonly path: string;
}

export const mapWidth = 800;
export const mapHeight = 400;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript reads JSON loosely
const topology = world as unknown as Parameters<typeof feature>[0];

/** Nobody lives on Antarctica, and it would take a fifth of the map. */
const antarctica = "010";

export function worldOutlines(): readonly Outline[] {
  const { countries } = topology.objects;
  const outlines = countries === undefined ? null : feature(topology, countries);
  const features = outlines !== null && "features" in outlines ? outlines.features : [];
  const shown = features.filter(({ id }) => id !== antarctica);
  const all = { type: "FeatureCollection" as const, features: shown };
  const draw = geoPath(geoNaturalEarth1().fitSize([mapWidth, mapHeight], all)).digits(1);
  return shown.map((country) => ({ code: codeOf(country.id), path: draw(country) ?? "" }));
}

/** The atlas has three digits, for which the browser knows the letters. */
function codeOf(id: string | number | undefined): string {
  if (id === undefined || !/^\d{3}$/.test(String(id))) return "";
  const region = new Intl.Locale(`und-${String(id)}`).region ?? "";
  return /^[A-Z]{2}$/.test(region) ? region : "";
}

/** A country with its number, and in which step it is coloured. */
export interface CountedOutline extends Outline {
  readonly n: number;
  readonly step: number;
}

/** What is known of no country ("") is nobody's on the map, and makes none lighter. */
export function countedOutlines(
  outlines: readonly Outline[],
  counts: ReadonlyMap<string, number>,
): readonly CountedOutline[] {
  const counted = outlines.map((each) => ({
    ...each,
    n: each.code === "" ? 0 : (counts.get(each.code) ?? 0),
  }));
  const most = Math.max(0, ...counted.map(({ n }) => n));
  return counted.map((each) => ({ ...each, step: stepOf(each.n, most) }));
}

/** In how many steps a country is coloured, from 1 (fewest) to `steps`; 0: nobody clicked there. */
export const steps = 5;

/** By the root: one large country must not make all others look alike. */
export function stepOf(n: number, most: number): number {
  if (n <= 0 || most <= 0) return 0;
  return Math.max(1, Math.ceil(Math.sqrt(Math.min(1, n / most)) * steps));
}
