/** Text as a QR code on a canvas, and back from what a camera saw. */
import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";

/** The white frame that readers need, in modules. */
const border = 4;

/** Draws as large as whole pixels allow; always black on white, whatever the theme. */
export function drawCode(canvas: HTMLCanvasElement, text: string, size: number): void {
  const rows = encodeQR(text, "raw", { ecc: "low", encoding: "alphanumeric", border });
  const scale = Math.max(2, Math.floor(size / rows.length));
  canvas.width = rows.length * scale;
  canvas.height = rows.length * scale;
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  for (const [y, row] of rows.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (isDark) pen.fillRect(x * scale, y * scale, scale, scale);
    }
  }
}

/** Null: there is no code in it, or none that can be read. */
export function readCode({ width, height, data }: ImageData): string | null {
  try {
    return decodeQR({ width, height, data });
  } catch {
    return null;
  }
}
