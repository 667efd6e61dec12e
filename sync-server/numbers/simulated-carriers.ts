/** Carriers as receipts of a simulation name them: real ones of the number's country, at random. */

/** By calling code, the largest first. */
const carriers: Readonly<Record<string, readonly string[]>> = {
  "1": ["Verizon", "T-Mobile", "AT&T", "US Cellular"],
  "33": ["Orange France", "SFR", "Bouygues", "Free Mobile"],
  "44": ["EE", "O2", "Vodafone", "Three"],
  "49": ["T-Mobile", "Vodafone", "O2"],
};

/** Of numbers whose range names a carrier, so many have moved to another one. */
const movedShare = 0.15;

/** null: the receipt names none, and the number's range tells. `draw`: from 0 up to 1. */
export function simulatedCarrier(phone: string, draw: number): string | null {
  const code = Object.keys(carriers).find((each) => phone.startsWith(`+${each}`));
  if (code === undefined) return null;
  const names = carriers[code] ?? [];
  // North America's ranges name none: there, every receipt does.
  const luck = code === "1" ? draw : draw / movedShare;
  // Each is half as large again as the one after it.
  return names[Math.floor(luck ** 1.5 * names.length)] ?? null;
}
