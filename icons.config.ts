/**
 * Lucide's icons as one line each. Lucide's components take a dozen attributes that are never given
 * here and put circles, lines and rectangles together at run time; a page has dozens of icons before
 * its first number is seen. So each icon's shapes become one path, once, when the app is built.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type Shape = readonly [tag: string, attributes: Readonly<Record<string, string>>];

interface Drawing {
  readonly name: string;
  readonly node: readonly Shape[];
}

const lucide = /@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;
const component = `${import.meta.dirname}/src/lib/ui/DrawnIcon.svelte`;

export function drawnIcons(): Plugin {
  return {
    name: "drawn-icons",
    enforce: "pre",
    load: (id) => (lucide.test(id) ? iconSource(readFileSync(id, "utf8"), id) : null),
  };
}

/** What stands in for the source of Lucide's component. */
function iconSource(source: string, id: string): string {
  const found = /const iconData = (\{.*\});/.exec(source)?.[1];
  if (found === undefined) throw new Error(`${id} does not hold an icon as Lucide 1 writes it`);
  const { name, node }: Drawing = JSON.parse(found);
  return `<script>
  import Drawn from ${JSON.stringify(component)};
  let { size, strokeWidth } = $props();
</script>

<Drawn name="${name}" line="${lineOf(node)}" {size} {strokeWidth} />`;
}

/** The shapes as the `d` of one path. What they fill is smaller than their stroke: left out. */
export function lineOf(shapes: readonly Shape[]): string {
  return shapes.map(([tag, shape]) => partOf(tag, shape)).join("");
}

function partOf(tag: string, shape: Readonly<Record<string, string>>): string {
  const n = (name: string): number => Number(shape[name] ?? 0);
  switch (tag) {
    case "path":
      return fromHere(shape["d"] ?? "");
    case "circle":
      return ellipse(n("cx"), n("cy"), n("r"), n("r"));
    case "ellipse":
      return ellipse(n("cx"), n("cy"), n("rx"), n("ry"));
    case "line":
      return `M${n("x1")} ${n("y1")}L${n("x2")} ${n("y2")}`;
    case "polyline":
      return `M${shape["points"]}`;
    case "polygon":
      return `M${shape["points"]}z`;
    case "rect":
      return `M${n("x") + n("rx")} ${n("y")}${roundBox(n("width"), n("height"), n("rx"))}`;
    default:
      throw new Error(`No path is known for <${tag}>`);
  }
}

/** A path that begins with `m` begins at the origin; behind another it would begin where that ends. */
function fromHere(d: string): string {
  const start = /^m\s*(-?(?:\d+\.?\d*|\.\d+))[\s,]*(-?(?:\d+\.?\d*|\.\d+))\s*(.*)$/s.exec(d);
  if (start === null) return d;
  const [, x, y, rest = ""] = start;
  return `M${x} ${y}${/^[-.\d]/.test(rest) ? "l" : ""}${rest}`;
}

function ellipse(cx: number, cy: number, rx: number, ry: number): string {
  const half = (to: number): string => `a${rx} ${ry} 0 1 0 ${to} 0`;
  return `M${cx - rx} ${cy}${half(2 * rx)}${half(-2 * rx)}z`;
}

function roundBox(width: number, height: number, r: number): string {
  const corner = (dx: number, dy: number): string => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const [across, down] = [width - 2 * r, height - 2 * r];
  return (
    `h${across}${corner(r, r)}v${down}${corner(-r, r)}` +
    `h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z`
  );
}
