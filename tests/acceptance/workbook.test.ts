// The exported workbook as LibreOffice understands it, beside what the API tells of the same rows.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RestClient } from "../support/delivery/rest-client.ts";
import { phaseIs, send, startWith, type Made } from "../support/delivery/started.ts";
import type { RealServer } from "../support/real-server.ts";
import { openedInOffice } from "../support/tools/office.ts";

interface Row {
  readonly n: number;
  readonly address: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly at: number;
}

/** A cell of flat XML: what it is, and what it says. */
interface Cell {
  readonly type: string | undefined;
  readonly value: string;
}

const people = 300;
/** Names that a careless writer of files makes formulas, numbers or dates of. */
const names = ["=1+1", "+49 170", "-2", "@SUM(A1)", "007", "1e5", "3/4", "TRUE", "Zoë 王芳 🎈"];
let server: RealServer;
let api: RestClient;
let folder: string;
let campaign: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-workbook-"));
  const rows = Array.from({ length: people }, (_, n) => {
    return `+1202555${String(n).padStart(4, "0")},"${names[n % names.length]}",yes`;
  });
  const csv = ["phone,first_name,sms_consent", ...rows].join("\n");
  const started = await startWith(csv);
  ({ server, api } = started);
  const account = await api.post<Made>("/accounts", {
    name: "Sandbox",
    channel: "sms",
    provider: "sandbox",
    settings: { latencyMs: 0, failurePercent: 30, unconfirmedPercent: 0, receiptDelayMs: 50 },
    guards: { breaker: "provider", failurePercent: null },
  });
  const plan = { name: "Winter", type: "sms", accountId: account.id } as const;
  campaign = await send(api, { ...plan, audienceId: started.audienceId });
  await phaseIs(api, campaign, "completed");
}, 90_000);

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  "S1-05 S1-21 S1-22 AMB-21 LibreOffice opens the workbook: dates are dates, numbers texts of people stay texts, and no cell is a formula",
  { timeout: 90_000 },
  async () => {
    const path = join(folder, "all.xlsx");
    await writeFile(path, await api.bytes(`${campaign}/export.xlsx`));
    const opened = await openedInOffice(path);
    expect(opened).not.toContain("table:formula");

    const sheets = sheetsOf(opened);
    const [heading, ...found] = sheets.get("Recipients") ?? [];
    expect(heading?.map(({ value }) => value)).toContain("failed reason");
    const { items } = await api.get<{ readonly items: readonly Row[] }>(
      `${campaign}/messages?limit=1000`,
    );
    expect(items).toHaveLength(people);
    expect(found.map(([n, address, name, state]) => [n, address, name, state])).toEqual(
      items.map((row) => [
        { type: "float", value: String(row.n) },
        { type: "string", value: row.address },
        { type: "string", value: row.name },
        { type: "string", value: row.state },
      ]),
    );
    // To the second, in UTC, as a date of its own kind.
    expect(found.map((cells) => cells[4])).toEqual(
      items.map(({ at }) => ({ type: "date", value: new Date(at).toISOString().slice(0, 19) })),
    );
    const failed = items.filter(({ state }) => state === "failed" || state === "undelivered");
    expect(failed.length).toBeGreaterThan(0);
    const told = found.filter((cells) => (cells[6]?.value ?? "") !== "");
    expect(told.map((cells) => cells[6]?.value)).toEqual(
      items.filter(({ reason }) => reason !== "none").map(({ reason }) => reason),
    );

    const about = new Map((sheets.get("About") ?? []).map(([what, value]) => [what?.value, value]));
    expect(about.get("recipients in this file")).toEqual({ type: "float", value: String(people) });
    expect(about.get("as of (UTC)")?.type).toBe("date");
  },
);

/** The rows of each sheet, without what the program adds to fill the screen. */
function sheetsOf(fods: string): ReadonlyMap<string, readonly (readonly Cell[])[]> {
  const sheets = new Map<string, readonly (readonly Cell[])[]>();
  for (const [, name = "", body = ""] of fods.matchAll(
    /<table:table table:name="([^"]+)"[^>]*>(.*?)<\/table:table>/gs,
  )) {
    const rows = [...body.matchAll(/<table:table-row[^>]*>(.*?)<\/table:table-row>/gs)];
    sheets.set(
      name,
      rows.map(([, cells = ""]) => cellsOf(cells)).filter((cells) => cells.length > 0),
    );
  }
  return sheets;
}

function cellsOf(row: string): readonly Cell[] {
  const pattern = /<table:table-cell([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs;
  const cells = [...row.matchAll(pattern)].flatMap(([, attributes = "", inner = ""]) => {
    const times = Number(attribute(attributes, "table:number-columns-repeated") ?? 1);
    return Array.from({ length: Math.min(20, times) }, () => cellOf(attributes, inner));
  });
  const last = cells.findLastIndex(({ type }) => type !== undefined);
  return cells.slice(0, last + 1);
}

function cellOf(attributes: string, inner: string): Cell {
  const date = attribute(attributes, "office:date-value")?.slice(0, 19);
  const text = plain(/<text:p>(.*?)<\/text:p>/s.exec(inner)?.[1] ?? "");
  const value = attribute(attributes, "office:value") ?? date ?? text;
  return { type: attribute(attributes, "office:value-type"), value };
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1];
}

/** Text of XML as people read it. */
function plain(xml: string): string {
  const signs: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
  };
  return xml
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, sign: string) => signs[sign] ?? "");
}
