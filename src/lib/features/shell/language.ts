/** The language in which this device shows the app. Kept on this device only. */
import { language } from "#lib/i18n/text.ts";
import { forgetLook } from "./last-look.ts";

/** By their own names: who looks for one can read it. The page knows them too (app.html). */
export const languages = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
  { value: "es", label: "Español" },
  { value: "fr", label: "Français" },
  { value: "ar", label: "العربية" },
] as const;

export type Language = (typeof languages)[number]["value"];

export const ownLanguage: Language =
  languages.find(({ value }) => value === language)?.value ?? "en";

/**
 * Loads the page anew in this language. False: its texts are not on this device, and there is no
 * network to fetch them.
 */
export async function chooseLanguage(chosen: Language): Promise<boolean> {
  const { hasLanguage } = await import("#lib/i18n/languages.ts");
  if (!(await hasLanguage(chosen))) return false;
  localStorage.setItem("fieldcast.language", chosen);
  forgetLook();
  location.reload();
  return true;
}
