/** A report as one file that opens anywhere: no network, no script, light and dark as the reader has it. */

export interface ReportPage {
  readonly title: string;
  /** `en`, `ar`. */
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  /** What it is of: as of when, snapshot, filter. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly figures: readonly PageFigure[];
}

export interface PageFigure {
  readonly title: string;
  readonly sentence: string;
  /** Pictures that escape what they say. */
  readonly light: string;
  readonly dark: string;
  /** The same numbers; the first row is the heading. Empty: it has none. */
  readonly table: readonly (readonly string[])[];
}

const style = `:root{color-scheme:light dark;--ink:#17211b;--muted:#566259;--paper:#fff;--line:#d5dcd7}
@media (prefers-color-scheme:dark){:root{--ink:#e6ece8;--muted:#a3b0a8;--paper:#151d18;--line:#35413a}.light{display:none}}
@media (prefers-color-scheme:light){.dark{display:none}}
body{max-width:60rem;margin:0 auto;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
figure{margin:2rem 0}.wide{overflow-x:auto}svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .5rem;border-bottom:1px solid var(--line);text-align:end}th:first-child,td:first-child{text-align:start}
@media screen and (width<40rem){svg{max-width:none}}
@media print{.dark{display:none}.light{display:block}:root{--ink:#000;--paper:#fff}figure{break-inside:avoid}}`;

export function pageHtml({ title, language, direction, facts, figures }: ReportPage): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="${html(language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${html(title)}</h1>
<dl>
${facts.map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`).join("\n")}
</dl>
${figures.map(figureHtml).join("\n")}
</main>
</body>
</html>
`;
}

function figureHtml({ title, sentence, light, dark, table }: PageFigure): string {
  return `<figure>
<h2>${html(title)}</h2>
<p>${html(sentence)}</p>
${wide("light", title, light)}
${wide("dark", title, dark)}
${tableHtml(title, table)}
</figure>`;
}

/** What keeps its size on a narrow screen, and is moved sideways there, by the keys too. */
function wide(kind: string, title: string, content: string): string {
  return `<div class="wide ${kind}" role="group" aria-label="${html(title)}" tabindex="0">${content}</div>`;
}

function tableHtml(title: string, [heading, ...rows]: PageFigure["table"]): string {
  if (heading === undefined) return "";
  const body = rows.map((cells) => line(cells, "td")).join("\n");
  const table = `<table><thead>${line(heading, "th")}</thead><tbody>
${body}
</tbody></table>`;
  return wide("table", title, table);
}

function line(cells: readonly string[], tag: "th" | "td"): string {
  return `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join("")}</tr>`;
}

/** Text for between tags and in attributes. */
function html(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
