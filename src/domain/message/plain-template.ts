/**
 * The templates that most people write: text with names in it (`Hello {{ first_name }}`) and
 * nothing else of the language. They are filled in without the machine, at a tenth of its cost,
 * to the same letters.
 */
export interface PlainTemplate {
  readonly names: readonly string[];
  /** null when a value is not text: then the machine has to say what it looks like. */
  fill(scope: object): string | null;
}

export interface PlainOptions {
  readonly isHtml: boolean;
}

const place = /\{\{ *([a-z_][a-z0-9_]*) *\}\}/y;

/** Words of the language itself. */
const reserved = new Set([
  ..."and blank contains empty false nil not null or true".split(" "),
  // Not text.
  "fields",
]);

/** null when the source uses more of the language. */
export function readPlain(source: string, { isHtml }: PlainOptions): PlainTemplate | null {
  if (source.includes("{%")) return null;
  const names: string[] = [];
  const texts: string[] = [];
  let from = 0;
  for (;;) {
    const open = source.indexOf("{{", from);
    if (open < 0) break;
    place.lastIndex = open;
    const name = place.exec(source)?.[1];
    if (name === undefined || reserved.has(name)) return null;
    texts.push(source.slice(from, open));
    names.push(name);
    from = place.lastIndex;
  }
  const last = source.slice(from);
  const show = isHtml ? escape : asIs;
  return {
    names,
    fill: (scope) => {
      let filled = "";
      for (const [index, name] of names.entries()) {
        const value = valueOf(scope, name);
        if (value === null) return null;
        filled += texts[index] + show(value);
      }
      return filled + last;
    },
  };
}

function valueOf(scope: object, name: string): string | null {
  const value: unknown = Object.hasOwn(scope, name) ? Reflect.get(scope, name) : "";
  return typeof value === "string" ? value : null;
}

function asIs(text: string): string {
  return text;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** As the filter `escape` of the language does it. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => escapes[mark] ?? mark);
}
