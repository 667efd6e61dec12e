/** Phone numbers as people write them. Its tables are large: only the worker may import it. */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** E.164, read with the country as default where the number names none; null when it is no number. */
export function parsePhone(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(
    text,
    isSupportedCountry(country) ? country : undefined,
  );
  return parsed?.isValid() === true ? parsed.number : null;
}
