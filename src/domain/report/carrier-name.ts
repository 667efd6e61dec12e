/** How carriers are asked for by name, wherever messages are narrowed down to one. */

/** Asks for the messages whose carrier nobody knows. */
export const unknownCarrierName = "unknown";

/** Whether a message's carrier is the one asked for, in any country; null: nobody knows it. */
export function isCarrier(carrier: string | null, wanted: string): boolean {
  if (wanted === unknownCarrierName) return carrier === null;
  return carrier?.toLowerCase() === wanted.toLowerCase();
}
