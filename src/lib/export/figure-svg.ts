/**
 * A chart as it is drawn, as a picture that stands alone: boxes, lines and texts of the page become
 * shapes of an SVG with plain colours, with its title, its sentence and what it is of around it.
 */
import { xmlText } from "#domain/report/workbook/sheet.ts";
import { plainColour } from "./plain-colour.ts";

export interface FigureWords {
  readonly title: string;
  /** What the chart says. */
  readonly sentence: string;
  /** Campaign, as of when, snapshot. */
  readonly note: string;
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export type Scheme = "light" | "dark";

const pad = 20;
const lineHeight = 20;

/** The figure as it stands on the page, in one of its two colour schemes, without a frame for a page that has one. */
export function figureSvg(
  figure: HTMLElement,
  words: FigureWords,
  { scheme, frame = "words" }: { readonly scheme: Scheme; readonly frame?: "words" | "none" },
): Picture {
  // Nothing is painted between the two changes.
  const { dataset } = document.documentElement;
  const before = dataset["theme"];
  dataset["theme"] = scheme;
  try {
    return draw(figure, words, frame);
  } finally {
    if (before === undefined) delete dataset["theme"];
    else dataset["theme"] = before;
  }
}

function draw(
  figure: HTMLElement,
  { title, sentence, note }: FigureWords,
  frame: "words" | "none",
): Picture {
  const parts = [...figure.children].filter((part) => !part.matches("figcaption, .table"));
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  const width = Math.ceil(right - left) + 2 * pad;
  const lines = wrapped(sentence, Math.floor((width - 2 * pad) / 7.2));
  const notes = wrapped(note, Math.floor((width - 2 * pad) / 6.2));
  const isFramed = frame === "words";
  const head = isFramed ? pad + 34 + lines.length * lineHeight : pad;
  const height = Math.ceil(
    head + (bottom - top) + pad + (isFramed ? pad + notes.length * lineHeight : 0),
  );
  const style = getComputedStyle(figure);
  const { direction } = style;
  const look = { ink: plainColour(style.color), family: style.fontFamily, direction };
  const shapes = parts
    .map((part) => elementShapes(part, { x: left - pad, y: top - head }))
    .join("");
  // A text begins at the side where it is read from.
  const start = direction === "rtl" ? width - pad : pad;
  const heading = [
    textShape(title, { x: start, y: pad + 16, size: 18, weight: "600", ...look }),
    ...lines.map((line, index) =>
      textShape(line, { x: start, y: pad + 40 + index * lineHeight, size: 13, ...look }),
    ),
    ...notes.map((line, index) => {
      const y = height - pad + 4 - (notes.length - 1 - index) * lineHeight;
      return textShape(line, { x: start, y, size: 11, ...look });
    }),
  ].join("");
  const paper = plainColour(paperOf(figure));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${xmlText(title)}</title><desc>${xmlText(`${sentence} ${note}`)}</desc><rect width="100%" height="100%" fill="${paper}"/>${isFramed ? heading : ""}${shapes}</svg>`;
  return { svg, width, height };
}

/** What the page is made of where the figure stands. */
function paperOf(figure: HTMLElement): string {
  const probe = document.createElement("i");
  probe.style.background = "var(--surface-raised)";
  figure.append(probe);
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}

interface Origin {
  readonly x: number;
  readonly y: number;
}

function elementShapes(element: Element, origin: Origin): string {
  const style = getComputedStyle(element);
  // What is folded away counts as hidden, too.
  const isHidden = !element.checkVisibility({ visibilityProperty: true });
  if (isHidden || element.matches("button, .tip, .visually-hidden, .on-screen")) return "";
  if (element instanceof SVGSVGElement) return innerSvg(element, origin);
  let shapes = boxShape(element.getBoundingClientRect(), style, origin);
  for (const node of element.childNodes) {
    if (node instanceof Element) shapes += elementShapes(node, origin);
    else if (node instanceof Text) shapes += textLines(node, style, origin);
  }
  return shapes;
}

function boxShape(box: DOMRect, style: CSSStyleDeclaration, { x, y }: Origin): string {
  const fill = plainColour(style.backgroundColor);
  const [at, down] = [round(box.left - x), round(box.top - y)];
  const [width, height] = [round(box.width), round(box.height)];
  if (width === 0 && height === 0) return "";
  const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, height / 2, width / 2);
  const rest =
    isClear(fill) || width === 0 || height === 0
      ? ""
      : `<rect x="${at}" y="${down}" width="${width}" height="${height}" rx="${round(radius)}" fill="${fill}"/>`;
  const edges = [
    [edgeOf(style, "top"), at, down, at + width, down],
    [edgeOf(style, "bottom"), at, down + height, at + width, down + height],
    [edgeOf(style, "left"), at, down, at, down + height],
  ] as const;
  const lines = edges.map(([{ thick, colour, isDrawn, dash }, x1, y1, x2, y2]) => {
    if (thick === 0 || !isDrawn || isClear(colour)) return "";
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${thick}"${dash}/>`;
  });
  return rest + lines.join("");
}

function edgeOf(style: CSSStyleDeclaration, side: "top" | "bottom" | "left") {
  const part = (name: string): string => style.getPropertyValue(`border-${side}-${name}`);
  return {
    thick: Number.parseFloat(part("width")) || 0,
    colour: plainColour(part("color")),
    isDrawn: part("style") !== "none",
    dash: part("style") === "dashed" ? ' stroke-dasharray="3 2"' : "",
  };
}

/** Each line of a text where the page broke it. */
function textLines(node: Text, style: CSSStyleDeclaration, { x, y }: Origin): string {
  const lines: {
    text: string;
    left: number;
    right: number;
    readonly top: number;
    readonly high: number;
  }[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const box = boxOf(range);
    if (box === null) continue;
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.top - box.top) < 2) {
      last.text += ` ${word.trim()}`;
      last.left = Math.min(last.left, box.left);
      last.right = Math.max(last.right, box.right);
    } else lines.push({ text: word.trim(), ...box });
  }
  const look = {
    size: Number.parseFloat(style.fontSize),
    weight: style.fontWeight,
    family: style.fontFamily,
    ink: plainColour(style.color),
    direction: style.direction,
  };
  return lines
    .map(({ text, left, right, top, high }) => {
      const start = look.direction === "rtl" ? right : left;
      return textShape(text, { x: start - x, y: top - y + high * 0.8, ...look });
    })
    .join("");
}

/** Where the direction changes within a word it has several boxes, some of nothing. */
function boxOf(word: Range) {
  const boxes = [...word.getClientRects()].filter(({ width }) => width > 0);
  const [first] = boxes;
  if (first === undefined) return null;
  const beside = boxes.filter(({ top }) => Math.abs(top - first.top) < 2);
  return {
    left: Math.min(...beside.map(({ left }) => left)),
    right: Math.max(...beside.map(({ right }) => right)),
    top: first.top,
    high: first.height,
  };
}

interface TextLook extends Origin {
  readonly size: number;
  readonly weight?: string;
  readonly family: string;
  readonly ink: string;
  /** Signs of several scripts stand in its order. */
  readonly direction: string;
}

function textShape(text: string, look: TextLook): string {
  const { x, y, size, weight = "400", family, ink, direction } = look;
  const font = `font-family="${xmlText(family)}" font-size="${size}" font-weight="${weight}"`;
  return `<text x="${round(x)}" y="${round(y)}" direction="${direction}" ${font} fill="${ink}">${xmlText(text)}</text>`;
}

const colours = ["fill", "stroke"] as const;
const looks = [
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "fill-opacity",
  "stroke-opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "direction",
  "vector-effect",
] as const;

/** A drawing of the page with everything that its styles say written into it. */
function innerSvg(svg: SVGSVGElement, { x, y }: Origin): string {
  const box = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return "";
  const originals = [svg, ...svg.querySelectorAll("*")];
  for (const [index, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const original = originals[index];
    if (original === undefined) continue;
    const style = getComputedStyle(original);
    for (const name of ["class", "style", "role", "tabindex"]) element.removeAttribute(name);
    for (const name of colours) {
      element.setAttribute(name, plainColour(style.getPropertyValue(name)));
    }
    for (const name of looks) {
      const value = style.getPropertyValue(name);
      if (value !== "" && value !== "none") element.setAttribute(name, value);
    }
  }
  copy.setAttribute("x", String(round(box.left - x)));
  copy.setAttribute("y", String(round(box.top - y)));
  copy.setAttribute("width", String(round(box.width)));
  copy.setAttribute("height", String(round(box.height)));
  const drawn = new XMLSerializer().serializeToString(copy);
  if (!getComputedStyle(svg).transform.startsWith("matrix(-1")) return drawn;
  const twice = round(2 * (box.left - x) + box.width);
  return `<g transform="translate(${twice} 0) scale(-1 1)">${drawn}</g>`;
}

function isClear(colour: string): boolean {
  return colour === "none" || colour === "transparent" || /^rgba\(.*,\s*0\)$/.test(colour);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function wrapped(text: string, signs: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < signs)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
