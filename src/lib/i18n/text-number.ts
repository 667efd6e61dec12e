/** The short name of a text in a catalogue: FNV-1a of its English, 32 bits in base 36. */
export function textNumber(key: string): string {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01_00_01_93);
  }
  return (hash >>> 0).toString(36);
}
