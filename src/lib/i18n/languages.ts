/** How the texts of another language get here: each in a part of its own. */
import { createTranslate, type Catalogue } from "./translate.ts";
import { language, locale, translateWith } from "./text.ts";

const catalogues: Readonly<Record<string, () => Promise<{ readonly texts: Catalogue }>>> = {
  ar: () => import("virtual:texts/ar"),
  de: () => import("virtual:texts/de"),
  es: () => import("virtual:texts/es"),
  fr: () => import("virtual:texts/fr"),
};

/** Brings the language of the page; where it cannot be had now, the page is in English. */
export async function bringLanguage(): Promise<void> {
  try {
    const texts = (await catalogues[language]?.())?.texts;
    if (texts !== undefined) translateWith(createTranslate(texts, locale));
  } catch {
    // Not on this device yet, and no network: the next start tries again.
    document.documentElement.lang = "en";
    document.documentElement.dir = "ltr";
  }
}

/** Whether its texts are here, or can be fetched now. */
export async function hasLanguage(name: string): Promise<boolean> {
  const bring = catalogues[name];
  if (bring === undefined) return name === "en";
  return bring().then(
    () => true,
    () => false,
  );
}
