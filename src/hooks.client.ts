import { language } from "#lib/i18n/text.ts";

/** Kit loads no page before this is through: so no text is made before its language is here. */
export async function init(): Promise<void> {
  if (language === "en") return;
  const { bringLanguage } = await import("#lib/i18n/languages.ts");
  await bringLanguage();
}
