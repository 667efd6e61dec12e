/** The same recipients for everybody, as the server would send them. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { blockRows, type BlockDynamic, type BlockStatic } from "#protocol/rest/blocks.ts";
import { protocolVersion } from "#protocol/version.ts";
import type { PlainRow } from "../pages/contest.ts";

const protocol = String(protocolVersion);
const startedAt = Date.parse("2026-11-20T09:00:00Z");

/** Recipient n, from 1: names and addresses differ, most have arrived. */
export function recipient(n: number): PlainRow {
  const hash = Math.imul(n, 2_654_435_761) >>> 0;
  const isFailed = hash % 40 === 0;
  return {
    n,
    address: `person.${(hash % 9_999_991).toString(36)}@example${hash % 7}.org`,
    name: `${firstNames[hash % firstNames.length] ?? ""} ${lastNames[(hash >>> 8) % lastNames.length] ?? ""}`,
    state: isFailed ? 8 : 10,
    at: startedAt + n * 2 + (hash % 5_000),
    reason: isFailed ? (hash % 9) + 1 : 0,
    attempts: (hash % 13 === 0 ? 1 : 0) + 1,
    segments: 1,
  };
}

const firstNames = ["Ana", "Bruno", "Cleo", "Dan", "Emma", "Finn", "Grace", "Hugo", "Ines", "José"];
const lastNames = ["Silva", "Meyer", "Rossi", "Nguyen", "Kowalski", "O'Neil", "García", "Smith"];

export function plainRows(rows: number): PlainRow[] {
  return Array.from({ length: rows }, (_, i) => recipient(i + 1));
}

export function staticPart(n: number, rows: number): BlockStatic {
  const list = blockOf(n, rows);
  return {
    part: "static",
    first: n * blockRows + 1,
    masked: false,
    address: list.map(({ address }) => address),
    name: list.map(({ name }) => name),
  };
}

export function dynamicPart(n: number, rows: number): BlockDynamic {
  const list = blockOf(n, rows);
  return {
    part: "dynamic",
    first: n * blockRows + 1,
    state: list.map(({ state }) => state),
    at: list.map(({ at }) => at),
    reason: list.map(({ reason }) => reason),
    attempts: list.map(({ attempts }) => attempts),
    segments: list.map(({ segments }) => segments),
  };
}

function blockOf(n: number, rows: number): PlainRow[] {
  const size = Math.min(blockRows, rows - n * blockRows);
  return Array.from({ length: size }, (_, i) => recipient(n * blockRows + i + 1));
}

/** The list of blocks, as `GET /campaigns/:id/blocks` answers it. */
export function blockListOf(rows: number): object {
  const blocks = Array.from({ length: Math.ceil(rows / blockRows) }, (_, n) => ({
    n,
    rows: Math.min(blockRows, rows - n * blockRows),
    staticHash: `s${n}`,
    dynamicHash: `d${n}`,
  }));
  return { asOf: startedAt, total: rows, erased: 0, blocks };
}

/** Serves the built pages of `folder`, and everybody's recipients; bodies are made before they are asked for. */
export async function serveRecipients(
  folder: string,
  sizes: readonly number[],
): Promise<{ readonly url: string; readonly server: Server }> {
  const bodies = new Map<string, string>();
  for (const rows of sizes) {
    bodies.set(`/rows/${rows}`, JSON.stringify(plainRows(rows)));
    for (let n = 0; n * blockRows < rows; n++) {
      bodies.set(`/${rows}/${n}/static`, JSON.stringify(staticPart(n, rows)));
      bodies.set(`/${rows}/${n}/dynamic`, JSON.stringify(dynamicPart(n, rows)));
    }
    bodies.set(`/${rows}`, JSON.stringify(blockListOf(rows)));
  }
  const server = createServer((request, response) => {
    void answer({ path: request.url ?? "/", folder, bodies }, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://localhost:${port}`, server };
}

interface Asked {
  readonly path: string;
  readonly folder: string;
  readonly bodies: ReadonlyMap<string, string>;
}

const blockPath = /^\/fieldcast\/(\d+)\/api\/v1\/campaigns\/[^/]+\/blocks(?:\/(\d+)\/(\w+)\/\w+)?$/;

async function answer({ path, folder, bodies }: Asked, response: ServerResponse): Promise<void> {
  const [isBlock, rows, n, part] = blockPath.exec(path) ?? [];
  const wanted = n === undefined ? `/${rows}` : `/${rows}/${n}/${part}`;
  const body = bodies.get(isBlock === undefined ? path : wanted);
  if (body !== undefined) {
    const headers = { "content-type": "application/json", "fieldcast-protocol": protocol };
    response.writeHead(200, headers).end(body);
    return;
  }
  try {
    const type = extname(path) === ".js" ? "text/javascript" : "text/html";
    const file = await readFile(join(folder, path));
    response.writeHead(200, { "content-type": type }).end(file);
  } catch {
    response.writeHead(404).end();
  }
}
