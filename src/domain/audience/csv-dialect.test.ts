import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delimiters, guessDelimiter, countUtf8, guessEncoding } from "./csv-dialect.ts";
import { createTextReader } from "./csv-text.ts";

const utf8 = new TextEncoder();

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

function asUtf8(text: string): Uint8Array {
  return utf8.encode(text);
}

function asLatin(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function readAll(bytes: Uint8Array, size: number): string {
  const reader = createTextReader((encoding) => new TextDecoder(encoding));
  let text = "";
  for (let at = 0; at < bytes.length; at += size)
    text += reader.push(bytes.subarray(at, at + size));
  return text + reader.end();
}

function isStrictUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("the encoding", () => {
  test("a byte order mark decides", () => {
    expect(guessEncoding(utf16("\uFEFFemail", true))).toBe("utf-16le");
    expect(guessEncoding(utf16("\uFEFFemail", false))).toBe("utf-16be");
    expect(guessEncoding(utf8.encode("\uFEFFemail"))).toBe("utf-8");
  });

  test("UTF-16 is recognised without a byte order mark", () => {
    expect(guessEncoding(utf16("email;phone\n", true))).toBe("utf-16le");
    expect(guessEncoding(utf16("email;phone\n", false))).toBe("utf-16be");
  });

  test("bytes that are no UTF-8 are taken for Windows-1252", () => {
    expect(guessEncoding(new Uint8Array([0x4a, 0x6f, 0x73, 0xe9, 0x2c]))).toBe("windows-1252");
  });

  test("ASCII leaves the question open", () => {
    expect(guessEncoding(utf8.encode("email,phone\n"))).toBeNull();
  });

  test("an accent far behind ASCII is still read rightly", () => {
    const head = utf8.encode("email,city\n".repeat(50));
    const tail = new Uint8Array([0x5a, 0xfc, 0x72, 0x69, 0x63, 0x68, 0x0a]);
    expect(readAll(new Uint8Array([...head, ...tail]), 100).endsWith("Zürich\n")).toBe(true);
  });

  test("whatever the text and the size of the chunks, UTF-8 is read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 4, max: 9 }), (text, size) => {
        fc.pre(!text.includes("\0") && !text.includes("\uFEFF"));
        const bytes = utf8.encode(text);
        expect(countUtf8(bytes).invalid).toBe(0);
        expect(readAll(bytes, size)).toBe(text);
      }),
    );
  });

  test("of a file that mixes them is what most of its characters are, whatever the chunks", () => {
    const umlaut = fc.constantFrom("Zürich\n", "Łódź\n", "x\n");
    const latin = fc.constantFrom("M\u00fcnchen\n", "Jos\u00e9\n");
    const lines = fc.array(fc.oneof(umlaut.map(asUtf8), latin.map(asLatin)), { maxLength: 12 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 4, max: 40 }), (pieces, size) => {
        const bytes = Uint8Array.from(pieces.flatMap((each) => [...each]));
        const { valid, invalid } = countUtf8(bytes);
        const encoding = valid >= invalid ? "utf-8" : "windows-1252";
        expect(readAll(bytes, size)).toBe(new TextDecoder(encoding).decode(bytes));
      }),
    );
  });

  test("is judged by a megabyte from its first accent on, in small pieces as in one", () => {
    const start = asUtf8("email,city\nbo@example.com,Zürich\n");
    const end = asLatin("M\u00fcnchen\n".repeat(200_000));
    const bytes = Uint8Array.from([...start, ...end]);
    const whole = readAll(bytes, bytes.length);
    expect(whole).toBe(new TextDecoder("windows-1252").decode(bytes));
    expect(readAll(bytes, 4_096)).toBe(whole);
    const late = Uint8Array.from([...asUtf8("Zürich\n".repeat(200_000)), ...asLatin("Jos\u00e9")]);
    for (const size of [65_536, 524_288, late.length]) {
      expect(readAll(late, size).slice(-11)).toBe("Zürich\nJos\uFFFD");
    }
  });

  test("exactly what the platform accepts is called UTF-8", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        // An end of ASCII keeps a cut-off character, which is no fault here, from occurring.
        const whole = new Uint8Array([...bytes, 65, 65, 65]);
        expect(countUtf8(whole).invalid === 0).toBe(isStrictUtf8(whole));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the delimiter", () => {
  const cell = fc.stringMatching(/^[a-z]{1,8}$/);

  test("whatever the table, the delimiter that wrote it is found", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...delimiters),
        fc.integer({ min: 2, max: 6 }).chain((n) =>
          fc.array(fc.array(cell, { minLength: n, maxLength: n }), {
            minLength: 1,
            maxLength: 30,
          }),
        ),
        (delimiter, rows) => {
          expect(guessDelimiter(rows.map((row) => row.join(delimiter)).join("\n"))).toBe(delimiter);
        },
      ),
    );
  });

  test("delimiters inside quotes do not count", () => {
    expect(guessDelimiter('email;"a,b,c,d,e"\nx;y\n')).toBe(";");
  });

  test("commas in the cells do not beat the heading", () => {
    expect(guessDelimiter("email\tname\na@b.cd\tLee, Ann, Dr, PhD\n")).toBe("\t");
  });

  test("a table of one column counts as cut by commas", () => {
    expect(guessDelimiter("email\na@b.cd\n")).toBe(",");
  });

  test("a first line that names the delimiter is believed", () => {
    expect(guessDelimiter("sep=;\na,b,c;d\n")).toBe(";");
  });
});
