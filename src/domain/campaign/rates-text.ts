/**
 * A provider's price list as people paste it: a prefix and a price on each line, with whatever a
 * spreadsheet or a CSV file puts between them, and perhaps a name before or a currency after.
 */
import { err, ok, type Result } from "../core/result.ts";
import { mostRates, type Rate } from "./price.ts";

const prefixPattern = /^(?:\+|00)?([1-9]\d{0,14})$/;
const pricePattern = /^\d+(?:[.,]\d+)?$/;

/** The error names the first line that says neither. A first line of headings is left out. */
export function readRates(text: string): Result<readonly Rate[], string> {
  const rates = new Map<string, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const rate = rateOf(line);
    if (rate === null && index === 0 && !/\d/.test(line)) continue;
    if (rate === null) return err(`Line ${index + 1}: write a prefix and a price, +49 0.075`);
    if (rates.has(rate.prefix)) return err(`Line ${index + 1}: ${rate.prefix} was there before`);
    rates.set(rate.prefix, rate.perUnit);
  }
  if (rates.size > mostRates) return err(`At most ${mostRates} lines`);
  return ok([...rates].map(([prefix, perUnit]) => ({ prefix, perUnit })));
}

/** The first cell that is a prefix, and the first after it that is a price. */
function rateOf(line: string): Rate | null {
  const cells = cellsOf(line);
  const at = cells.findIndex((cell) => prefixPattern.test(cell));
  const digits = prefixPattern.exec(cells[at] ?? "")?.[1];
  const price = cells.slice(at + 1).find((cell) => pricePattern.test(cell));
  if (digits === undefined || price === undefined) return null;
  const perUnit = Number(price.replace(",", "."));
  return perUnit > 1_000 ? null : { prefix: `+${digits}`, perUnit };
}

/** A comma parts cells only where nothing else does: it may be the price's own. */
function cellsOf(line: string): readonly string[] {
  const parted = /[;\t]/.test(line) ? line.split(/[;\t]/) : splitPlain(line);
  return parted.map((cell) => cell.trim().replaceAll('"', "").trim()).filter((cell) => cell !== "");
}

function splitPlain(line: string): readonly string[] {
  const byCommas = line.split(",");
  return byCommas.length > 2 || !line.trim().includes(" ") ? byCommas : line.trim().split(/,? +/);
}
