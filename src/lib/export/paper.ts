/**
 * Printed pages: each but the first begins with the title, and all end with their number. Browsers
 * that know no margin boxes print none of it; the first page says it all anyway.
 */
export interface Paper {
  readonly title: string;
  readonly isFromRight: boolean;
  /** Whether numbers are written with the digits of Arabic. */
  readonly hasArabicDigits: boolean;
}

export function paperStyle({ title, isFromRight, hasArabicDigits }: Paper): string {
  const [start, end] = isFromRight ? ["right", "left"] : ["left", "right"];
  const digits = hasArabicDigits ? "arabic-indic" : "decimal";
  return `@page {
    @top-${start} { content: ${cssText(title)}; white-space: nowrap; ${look} }
    @bottom-${end} { content: counter(page, ${digits}) " / " counter(pages, ${digits}); ${look} }
  }
  @page :first { @top-${start} { content: none } }`;
}

const look = "font:9pt system-ui,sans-serif;color:#555;unicode-bidi:plaintext";

/** What ends a string, or a line of it, is written by its number. */
function cssText(text: string): string {
  const safe = text.replaceAll(/["\\\p{Cc}<]/gu, (sign) => {
    return `\\${(sign.codePointAt(0) ?? 0x20).toString(16)} `;
  });
  return `"${safe}"`;
}
