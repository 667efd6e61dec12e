/**
 * Every text of the app goes through `text`: the build puts this tag before each (texts.config.ts).
 * English is what stands in the source, so it needs nothing. Another language is there before any
 * text is made: the app's entry waits for it, and a change of language loads the page anew.
 */
export type Value = string | number | boolean | null | undefined;

export type Translate = (parts: readonly string[], values: readonly Value[]) => string | null;

/** What the page says it is written in: app.html reads it from this device before the app starts. */
export const language = globalThis.document?.documentElement.lang || "en";

/** Numbers are in the language of the words; the person's region still decides their form. */
export const locale =
  globalThis.navigator?.languages.find((name) => name.startsWith(language)) ??
  (language === "en" ? "en-US" : language);

let translate: Translate | null = null;

export function translateWith(other: Translate): void {
  translate = other;
}

/** What the server said, in the language of the page where its catalogue holds it. */
export function told(words: string): string {
  return translate?.([words], []) ?? words;
}

/** The text in the language of the page. A template's places are its values. */
export function text(parts: readonly string[], ...values: readonly Value[]): string {
  return translate?.(parts, values) ?? String.raw({ raw: parts }, ...values);
}
