/** The city as it is compared: without case and without stray spaces, in every script. */
export function cityKey(city: string): string {
  return city.normalize("NFC").trim().toLowerCase();
}
