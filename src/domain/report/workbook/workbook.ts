/**
 * A workbook of Excel (.xlsx), piece by piece: the same on the server, where a million rows are
 * sent while they are read, and on a device without a network.
 */
import { sheetText, styles, xmlText, type Sheet } from "./sheet.ts";
import { zip, type Bytes, type Entry, type Packer } from "./zip.ts";

export function workbook(
  sheets: AsyncIterable<Sheet>,
  createPacker: () => Packer,
): AsyncGenerator<Bytes> {
  return zip(entriesOf(sheets), createPacker);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The sheets come first: only when the last is written is it known how many there are. */
async function* entriesOf(sheets: AsyncIterable<Sheet>): AsyncGenerator<Entry> {
  const names: string[] = [];
  for await (const sheet of sheets) {
    names.push(sheet.name);
    yield { name: `xl/worksheets/sheet${names.length}.xml`, text: sheetText(sheet) };
  }
  const numbers = names.map((_, index) => index + 1);
  yield whole("xl/styles.xml", styles);
  yield whole(
    "xl/workbook.xml",
    `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${names
      .map(
        (name, index) =>
          `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
      )
      .join("")}</sheets></workbook>`,
  );
  yield whole(
    "xl/_rels/workbook.xml.rels",
    `<Relationships xmlns="${packages}/relationships">${numbers
      .map((n) => related(`rId${n}`, "worksheet", `worksheets/sheet${n}.xml`))
      .join("")}${related("styles", "styles", "styles.xml")}</Relationships>`,
  );
  yield whole(
    "_rels/.rels",
    `<Relationships xmlns="${packages}/relationships">${related("book", "officeDocument", "xl/workbook.xml")}</Relationships>`,
  );
  yield whole(
    "[Content_Types].xml",
    `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part("workbook", "sheet.main")}${numbers
      .map((n) => part(`worksheets/sheet${n}`, "worksheet"))
      .join("")}${part("styles", "styles")}</Types>`,
  );
}

function part(name: string, type: string): string {
  return `<Override PartName="/xl/${name}.xml" ContentType="${spreadsheet}.${type}+xml"/>`;
}

function related(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
}

function whole(name: string, text: string): Entry {
  return { name, text: once(text.startsWith("<?xml") ? text : xml + text) };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
