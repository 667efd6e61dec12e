/** Labels in the middle of a sentence. */
import { language } from "./text.ts";

/** "Content" as "content", "SMS" as it is; German writes its nouns large wherever they stand. */
export function inText(label: string): string {
  if (language === "de" || /^\P{L}*\p{Lu}{2}/u.test(label)) return label;
  return label.slice(0, 1).toLowerCase() + label.slice(1);
}
