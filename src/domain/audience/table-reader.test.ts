import { describe, expect, test } from "vitest";
import { csvLine } from "../report/cell.ts";
import { createTableReader, tableProblemWords, type TableProblem } from "./table-reader.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(...pieces: readonly Uint8Array[]) {
  const table = createTableReader((encoding) => new TextDecoder(encoding));
  const cells: (readonly string[])[] = [];
  const lines: number[] = [];
  let problem: TableProblem | null = null;
  for (const step of [...pieces.map((piece) => () => table.push(piece)), () => table.end()]) {
    const rows = step();
    if (!rows.ok) {
      problem = rows.error;
      break;
    }
    cells.push(...rows.value.map((row) => row.cells));
    lines.push(...rows.value.map((row) => row.line));
  }
  return { heading: table.heading(), cells, lines, problem, encoding: table.encoding() };
}

describe("a file", () => {
  test("is read in pieces, its byte order mark not part of the heading", () => {
    const table = read(bytesOf("\uFEFFem"), bytesOf("ail;city\na@b.cd;Zür"), bytesOf("ich\n"));
    expect(table).toMatchObject({
      heading: ["email", "city"],
      cells: [["a@b.cd", "Zürich"]],
      encoding: "utf-8",
    });
  });

  test("in UTF-16 is read", () => {
    const text = "\uFEFFemail\tcity\r\na@b.cd\t東京\r\n";
    const table = read(new Uint8Array(Uint16Array.from(text, (each) => each.charCodeAt(0)).buffer));
    expect(table).toMatchObject({ heading: ["email", "city"], cells: [["a@b.cd", "東京"]] });
  });

  test("in UTF-8 with a few bytes of another encoding loses only those", () => {
    const bytes = [
      ...bytesOf("email,name\na@b.cd,Jürgen Über\nb@b.cd,Ren"),
      0xe9,
      ...bytesOf("\nc@b.cd,Zoë\n"),
    ];
    expect(read(Uint8Array.from(bytes))).toMatchObject({
      cells: [
        ["a@b.cd", "Jürgen Über"],
        ["b@b.cd", "Ren\uFFFD"],
        ["c@b.cd", "Zoë"],
      ],
      lines: [2, 3, 4],
      encoding: "utf-8",
    });
  });

  test("may name its delimiter in a line before the heading", () => {
    expect(read(bytesOf("sep=;\r\nemail;x\r\na@b.cd;1\r\n"))).toMatchObject({
      heading: ["email", "x"],
      cells: [["a@b.cd", "1"]],
      lines: [3],
    });
  });

  test.each([
    [bytesOf(""), "empty"],
    [bytesOf("\n\n"), "empty"],
    [bytesOf('email,"phone\na,b\n'), "broken_heading"],
    [new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), "workbook"],
    [new Uint8Array([65, 66, 67, 10, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0]), "binary"],
  ])("that is no table is refused with words (%#)", (bytes, type) => {
    const { problem } = read(bytes);
    expect(problem?.type).toBe(type);
    expect(problem === null ? "" : tableProblemWords(problem)).toMatch(/\.$/);
  });

  test("of one endless line is refused by its line", () => {
    const flood = new Uint8Array(600_000).fill(120);
    const { problem } = read(bytesOf("email\n"), flood, flood, flood);
    expect(problem).toEqual({ type: "too_long", line: 2 });
  });
});

test("a written cell is quoted where it must be, and never a formula", () => {
  expect(csvLine(['a"b', "x,y", "=SUM(A1)", "-1", "plain", "@x"])).toBe(
    `"a""b","x,y",'=SUM(A1),'-1,plain,'@x\r\n`,
  );
});
