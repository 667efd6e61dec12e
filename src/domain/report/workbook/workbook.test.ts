import { crc32 as nodeCrc32, deflateRawSync } from "node:zlib";
import { Workbook } from "@cj-tech-master/excelts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cell, Sheet } from "./sheet.ts";
import { workbook } from "./workbook.ts";
import { crc32, type Packer } from "./zip.ts";

function createPacker(): Packer {
  const texts: string[] = [];
  return {
    write: async (text) => {
      texts.push(text);
      return [];
    },
    end: async () => {
      const bytes = new TextEncoder().encode(texts.join(""));
      const rest = [new Uint8Array(deflateRawSync(bytes))];
      return { rest, crc: crc32(bytes), size: bytes.length };
    },
  };
}

async function* listed<T>(...list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}

function aSheet(rows: readonly (readonly Cell[])[], name = "People & more"): Sheet {
  const columns = Array.from({ length: 28 }, (_, n) => ({ title: `c${n}`, width: 12 }));
  return { name, columns, rows: listed(rows) };
}

async function fileOf(...sheets: readonly Sheet[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of workbook(listed(...sheets), createPacker)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

async function read(file: Uint8Array): Promise<Workbook> {
  const book = new Workbook();
  await book.xlsx.load(file);
  return book;
}

test("a reader of Excel files finds each cell as it was written, in its column and with its kind", async () => {
  const at = new Date("2026-11-21T10:00:07Z");
  const wide = [...Array.from({ length: 27 }, () => null), "beyond Z"];
  const book = await read(await fileOf(aSheet([["+4917012345678", -1.5, at, "=1+1"], wide])));
  const sheet = book.getWorksheet("People & more");
  expect(sheet?.getCell("A2").value).toBe("+4917012345678");
  expect(sheet?.getCell("A2").numFmt).toBe("@");
  expect(sheet?.getCell("B2").value).toBe(-1.5);
  expect(sheet?.getCell("C2").value).toEqual(at);
  expect(sheet?.getCell("D2").value).toBe("=1+1");
  expect(sheet?.getCell("AB3").value).toBe("beyond Z");
  expect(sheet?.views[0]).toMatchObject({ state: "frozen", ySplit: 1 });
});

test("AMB-21 whatever a text is made of, it is read as the same text, and no cell is a formula", async () => {
  const sign = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("_x0041_", "<&>\"'", "  a ", "a\r\nb", "\t", "_x", "=SUM(A1)", "🎈", "\uD800"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(sign, { minLength: 1, maxLength: 20 }), async (texts) => {
      const book = await read(await fileOf(aSheet(texts.map((text) => ["x", text]))));
      const sheet = book.worksheets[0];
      for (const [index, text] of texts.entries()) {
        const cell = sheet?.getCell(index + 2, 2);
        expect(cell?.formula).toBeUndefined();
        expect(cell?.value ?? "").toBe(possible(text));
      }
    }),
    { numRuns: 40 },
  );
});

/** XML has no place for some signs; what is half a letter becomes the mark for that. */
function possible(text: string): string {
  return text.toWellFormed().replaceAll(impossible, "");
}

// oxlint-disable-next-line no-control-regex -- exactly these are meant
const impossible = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const twoSheets = () => fileOf(aSheet([["a"]], "One"), aSheet([["b"]], "Two"));

test("the same content is the same file, and several sheets stand in their order", async () => {
  const [one, other] = [await twoSheets(), await twoSheets()];
  expect(Buffer.compare(one, other)).toBe(0);
  expect((await read(one)).worksheets.map(({ name }) => name)).toEqual(["One", "Two"]);
});

test("the checksum is the one that everybody computes, however it is cut", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      expect(crc32(other, crc32(one))).toBe(nodeCrc32(other, nodeCrc32(one)));
    }),
  );
});
