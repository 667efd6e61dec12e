/**
 * A short fingerprint of a text, the same on every device (FNV-1a, two 32-bit lanes).
 * It tells "is this what I reviewed?", and is no protection against an attacker.
 */
export function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + i), 0x01000193);
  }
  return hex(a) + hex(b);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
