/**
 * Bytes in the 45 characters that a QR code holds most tightly (RFC 9285): two bytes in three
 * characters, 97 % of what the code could hold, and safe with readers that only know text.
 */
import type { Bytes } from "./bytes.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const values = new Map(alphabet.split("").map((each, value) => [each, value]));

export function toBase45(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const first = bytes[i] ?? 0;
    const second = bytes[i + 1];
    const n = second === undefined ? first : first * 256 + second;
    text += char(n % 45) + char(Math.floor(n / 45) % 45);
    if (second !== undefined) text += char(Math.floor(n / 2025));
  }
  return text;
}

/** Null: it is none. */
export function fromBase45(text: string): Bytes | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => values.get(text.charAt(i + k)));
    if (a === undefined || b === undefined) return null;
    if (i + 2 >= text.length) {
      const n = a + b * 45;
      if (n > 0xff) return null;
      bytes.push(n);
      continue;
    }
    if (c === undefined) return null;
    const n = a + b * 45 + c * 2025;
    if (n > 0xffff) return null;
    bytes.push(n >> 8, n & 0xff);
  }
  return Uint8Array.from(bytes);
}

function char(value: number): string {
  return alphabet[value] ?? "";
}
