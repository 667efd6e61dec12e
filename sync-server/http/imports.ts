/** Sending a file of contacts, how its import goes, and the rows that were turned away. */
import { Readable } from "node:stream";
import { csvLine } from "#domain/report/cell.ts";
import type { Mapping, Target } from "#domain/audience/mapping.ts";
import { importNoteWords } from "#domain/audience/import-note.ts";
import { rejectWords } from "#domain/audience/reject.ts";
import type { Id } from "#domain/core/id.ts";
import { toPlainName } from "#domain/core/name.ts";
import type { ImportJob } from "#domain/sync/document.ts";
import {
  importAnswer,
  importMapping,
  importPage,
  importQuery,
  importStarted,
} from "#protocol/rest/contacts.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import type { Imports } from "./import/importer.ts";
import type { Spool } from "./import/spool.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem, invalid } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface ImportDeps {
  readonly store: Pick<Store, "contacts" | "sync">;
  readonly newId: () => Id;
  readonly imports: Pick<Imports, "begin">;
  readonly spool: Spool;
}

const byId = v.strictObject({ id });
const tables = ["text/csv", "text/tab-separated-values"];

export function registerImports(app: FastifyInstance, deps: ImportDeps): void {
  // A plugin of its own: these bodies are streams here and nowhere else.
  void app.register(async (plugin) => {
    plugin.addContentTypeParser(tables, (_request, payload, done) => done(null, payload));
    await plugin.register(multipart, {
      limits: { files: 1, fields: 10, fieldSize: 100_000, fileSize: Number.POSITIVE_INFINITY },
    });
    registerSending(plugin, deps);
  });
  registerReading(app, deps);
  registerRejects(app, deps);
}

function registerSending(app: FastifyInstance, deps: ImportDeps): void {
  route(app, {
    method: "POST",
    url: "/api/v1/contacts/import",
    summary: "Import a file of contacts of any size; the answer comes when it has arrived",
    permission: "contact.import",
    query: importQuery,
    contentTypes: [...tables, "multipart/form-data"],
    bodyLimit: Number.MAX_SAFE_INTEGER,
    answers: { 202: importStarted },
    handle: async ({ caller, query, raw }) => {
      const importId = deps.newId();
      const sent = raw.isMultipart()
        ? await receiveParts(deps.spool, importId, raw)
        : await receiveTable(deps.spool, importId, raw);
      try {
        return await begin(deps, { caller, query, importId, sent });
      } catch (error) {
        await deps.spool.remove(sent.path);
        throw error;
      }
    },
  });
}

/** What was received: a file in the spool, and what was said of it. */
interface Sent {
  readonly path: string;
  readonly fileName: string | null;
  readonly listName: string | null;
  readonly mapping: Mapping | Readonly<Record<string, Target>> | null;
}

interface Beginning {
  readonly caller: Caller;
  readonly query: v.InferOutput<typeof importQuery>;
  readonly importId: Id;
  readonly sent: Sent;
}

function begin(
  { imports }: ImportDeps,
  { caller, query, importId, sent }: Beginning,
): ReturnType<Imports["begin"]> {
  const fileName = query.fileName ?? sent.fileName ?? "contacts.csv";
  return imports.begin({
    id: importId,
    workspace: caller.workspace,
    user: caller.user,
    path: sent.path,
    fileName,
    listName: query.list ?? sent.listName ?? fileName.replace(/(?<=.)\.\w{1,4}$/, ""),
    mapping: sent.mapping,
  });
}

async function receiveTable(spool: Spool, importId: Id, raw: FastifyRequest): Promise<Sent> {
  if (!(raw.body instanceof Readable)) {
    throw new HttpProblem("unsupported_type", "Send the file as text/csv or multipart/form-data.");
  }
  const path = await spool.write(importId, raw.body);
  return { path, fileName: null, listName: null, mapping: null };
}

async function receiveParts(spool: Spool, importId: Id, raw: FastifyRequest): Promise<Sent> {
  let file: { readonly path: string; readonly name: string } | null = null;
  const texts = new Map<string, string>();
  try {
    for await (const part of raw.parts()) {
      if (part.type === "file") {
        file = { path: await spool.write(importId, part.file), name: part.filename };
      } else if (isTextPart(part.fieldname)) texts.set(part.fieldname, String(part.value));
      else throw unknownPart(part.fieldname);
    }
    if (file === null) throw new HttpProblem("invalid", "There is no file in it.", "file");
    return {
      path: file.path,
      fileName: cleanName(texts.get("fileName") ?? file.name),
      listName: parseName(texts.get("list")),
      mapping: parseMapping(texts.get("mapping")),
    };
  } catch (error) {
    if (file !== null) await spool.remove(file.path);
    if (isPartLimit(error)) throw new HttpProblem("malformed", error.message);
    throw isBrokenForm(error) ? new HttpProblem("malformed", brokenForm) : error;
  }
}

const textParts = ["fileName", "list", "mapping"] as const;

function isTextPart(name: string): boolean {
  return textParts.some((each) => each === name);
}

function unknownPart(name: string): HttpProblem {
  const words = `${name} is not a part of this form: it takes file, fileName, list and mapping.`;
  return new HttpProblem("invalid", words, name);
}

const brokenForm = "The form ends in the middle: send it again as multipart/form-data.";

function isPartLimit(error: unknown): error is Error {
  return error instanceof Error && "statusCode" in error && !(error instanceof HttpProblem);
}

/** The reader of forms gives what it cannot read no code, only words. */
function isBrokenForm(error: unknown): boolean {
  return error instanceof Error && /multipart/i.test(error.message);
}

/** A file's name nobody typed: what does not belong into a name is left out of it. */
function cleanName(text: string): string | null {
  const name = toPlainName(text).slice(0, 200);
  return name === "" ? null : name;
}

function parseName(text: string | undefined): string | null {
  if (text === undefined || text.trim() === "") return null;
  const parsed = v.safeParse(importQuery.entries.list, text);
  if (!parsed.success) throw invalid(parsed.issues, "list");
  return parsed.output ?? null;
}

function parseMapping(text: string | undefined): Sent["mapping"] {
  if (text === undefined || text.trim() === "") return null;
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(undefined, "must be JSON"), importMapping),
    text,
  );
  if (!parsed.success) throw invalid(parsed.issues, "mapping");
  return parsed.output;
}

function registerReading(app: FastifyInstance, { store }: ImportDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/imports",
    summary: "Imports of contacts, newest first",
    permission: "contact.read",
    query: listQuery,
    answers: { 200: importPage },
    handle: async ({ caller: { workspace }, query }) => {
      const jobs = await store.sync.list({ workspace, kind: "import" });
      const { items, next } = pageOf(jobs, query, (each) => [-each.createdAt, each.id]);
      return { items: items.map(toAnswer), next };
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/imports/:id",
    summary: "How an import goes or went",
    permission: "contact.read",
    params: byId,
    answers: { 200: importAnswer },
    handle: async ({ caller: { workspace }, params }) =>
      toAnswer(await jobOf(store, workspace, params.id)),
  });
}

function registerRejects(app: FastifyInstance, { store }: ImportDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/imports/:id/rejects.csv",
    summary: "The rows that were turned away, each with its line and the reason",
    permission: "contact.import",
    params: byId,
    answers: { 200: "csv" },
    handle: async ({ caller: { workspace }, params, reply }) => {
      const job = await jobOf(store, workspace, params.id);
      asFile(reply, job, "rejected rows");
      return Readable.from(rejectLines(store, workspace, params.id));
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/imports/:id/noted.csv",
    summary:
      "The rows that were taken with a note: each with its line, and what was not understood",
    permission: "contact.import",
    params: byId,
    answers: { 200: "csv" },
    handle: async ({ caller: { workspace }, params, reply }) => {
      const job = await jobOf(store, workspace, params.id);
      asFile(reply, job, "noted rows");
      return Readable.from(notedLines(store, workspace, params.id));
    },
  });
}

function asFile(reply: FastifyReply, { fileName }: ImportJob, what: string): void {
  const name = `${fileName.replace(/\.\w{1,4}$/, "")} ${what}.csv`;
  reply.type("text/csv; charset=utf-8");
  reply.header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
}

const rejectsAtOnce = 1_000;

async function* notedLines(
  store: ImportDeps["store"],
  workspace: Id,
  importId: Id,
): AsyncGenerator<string> {
  yield csvLine(["line", "note", "explanation"]);
  let afterLine = 0;
  for (;;) {
    const args = { workspace, id: importId, afterLine, limit: rejectsAtOnce };
    const rows = await store.contacts.noted(args);
    const lines = rows.flatMap(({ line, notes }) =>
      notes.map((note) => csvLine([String(line), note, importNoteWords(note)])),
    );
    if (lines.length > 0) yield lines.join("");
    if (rows.length < rejectsAtOnce) return;
    afterLine = rows.at(-1)?.line ?? Number.MAX_SAFE_INTEGER;
  }
}

async function* rejectLines(
  store: ImportDeps["store"],
  workspace: Id,
  importId: Id,
): AsyncGenerator<string> {
  let afterLine = 0;
  for (;;) {
    const args = { workspace, id: importId, afterLine, limit: rejectsAtOnce };
    const { heading, rows } = await store.contacts.rejects(args);
    const head =
      afterLine === 0 ? csvLine(["line", "reason", "field", "explanation", ...heading]) : "";
    const lines = rows.map(({ line, reason, field, cells }) =>
      csvLine([String(line), reason, field, rejectWords(reason), ...cells]),
    );
    yield head + lines.join("");
    if (rows.length < rejectsAtOnce) return;
    afterLine = rows.at(-1)?.line ?? Number.MAX_SAFE_INTEGER;
  }
}

async function jobOf(store: ImportDeps["store"], workspace: Id, importId: Id): Promise<ImportJob> {
  const [found] = await store.sync.read({ workspace, keys: [["import", importId]] });
  if (found?.kind !== "import") throw new HttpProblem("not_found");
  return found.doc;
}

function toAnswer(job: ImportJob): v.InferOutput<typeof importAnswer> {
  const { id: jobId, fileName, state, problem, rows, created, updated, rejected, listId } = job;
  return {
    id: jobId,
    fileName,
    state,
    problem,
    rows,
    created,
    updated,
    rejected,
    reasons: { ...job.reasons },
    notes: { ...job.notes },
    listId,
    createdAt: new Date(job.createdAt).toISOString(),
    finishedAt: job.finishedAt === null ? null : new Date(job.finishedAt).toISOString(),
  };
}
