/** Addresses out of what people paste or keep in files: lines, or the cells of a table. */

/** Each once, in their order. Of a line with several cells, those that look like an address. */
export function addressesIn(text: string): readonly string[] {
  const found = text.split(/\r?\n/).flatMap((line) => {
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim().replaceAll(/^"|"$/g, ""));
    const written = cells.filter((cell) => cell !== "");
    return written.length > 1 ? written.filter(looksLikeAddress) : written;
  });
  return [...new Set(found)];
}

function looksLikeAddress(cell: string): boolean {
  return cell.includes("@") || /^\+[\d\s().-]{6,}$/.test(cell);
}

/** As many as the server takes at once. */
const partSize = 5_000;

export function inParts(addresses: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(addresses.length / partSize);
  return Array.from({ length: count }, (_, n) => addresses.slice(n * partSize, (n + 1) * partSize));
}
