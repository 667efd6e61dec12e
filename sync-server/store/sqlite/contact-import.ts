/** Storing a file of contacts, batch by batch; its counts are kept in the batches' transactions. */
import type { Contact } from "#domain/audience/contact.ts";
import { isImportNote, withNotes, type ImportNotes } from "#domain/audience/import-note.ts";
import { isRejectReason, type Reject } from "#domain/audience/reject.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { ImportJob, List } from "#domain/sync/document.ts";
import type {
  ContactStore,
  ImportBatch,
  ImportedRow,
  NotedRow,
  StartImport,
} from "../contact-store.ts";
import { readDocument, recountedList } from "./contact-lists.ts";
import { findImported, insertContact, mergeFacts, updateContact } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { publish } from "./feeds.ts";
import type { Operations } from "./operation.ts";
import { recordFirstNoted, recordNoted } from "./own-opt-outs.ts";
import { addActivity } from "./activity-lines.ts";

type ImportPart = Pick<
  ContactStore,
  "startImport" | "importRows" | "endImport" | "failOpenImports" | "rejects" | "noted"
>;

export const importOperations: Operations<ImportPart> = {
  startImport: (db, args) => startImport(db, args),
  importRows: (db, args) => importRows(db, args),
  endImport: (db, args) => endImport(db, args),
  noted: (db, args) => notedRows(db, args),
  failOpenImports: (db, { problem, now }) => {
    const open = db.all(
      `select workspace, id from document
        where kind = 'import' and dead = 0 and json_extract(doc, '$.state') = 'receiving'`,
    );
    for (const row of open) {
      const [workspace, id] = [String(row["workspace"]), String(row["id"])];
      endImport(db, { workspace, id, problem, by: null, now });
    }
    return open.length;
  },
  rejects: (db, { workspace, id, afterLine, limit }) => {
    const run = db.get(
      "select heading from import_run where workspace = ? and import = ?",
      workspace,
      id,
    );
    const rows = db.all(
      `select line, reason, field, row from import_reject
        where workspace = ? and import = ? and line > ? order by line limit ?`,
      workspace,
      id,
      afterLine,
      limit,
    );
    return {
      heading: run === undefined ? [] : JSON.parse(String(run["heading"])),
      rows: rows.map((row): Reject => {
        const reason = String(row["reason"]);
        if (!isRejectReason(reason)) throw new Error(`no reason of a reject: ${reason}`);
        const cells: string[] = JSON.parse(String(row["row"]));
        return { line: Number(row["line"]), reason, field: String(row["field"]), cells };
      }),
    };
  },
};

function notedRows(
  db: Database,
  { workspace, id, afterLine, limit }: Parameters<ContactStore["noted"]>[0],
): readonly NotedRow[] {
  return db
    .all(
      `select line, json_group_array(note) as notes from import_noted
        where workspace = ? and import = ? and line > ? group by line order by line limit ?`,
      workspace,
      id,
      afterLine,
      limit,
    )
    .map((row) => {
      const notes: string[] = JSON.parse(String(row["notes"]));
      return { line: Number(row["line"]), notes: notes.filter(isImportNote) };
    });
}

function startImport(db: Database, args: StartImport): void {
  const { workspace, id, listId, now } = args;
  const job: ImportJob = {
    id,
    rev: 1,
    fileName: args.fileName,
    state: "receiving",
    problem: null,
    rows: 0,
    created: 0,
    updated: 0,
    rejected: 0,
    reasons: {},
    listId,
    createdAt: now,
    finishedAt: null,
  };
  const list: List = { id: listId, rev: 1, name: args.listName, count: 0, createdAt: now };
  publish(
    db,
    workspace,
    [
      { kind: "list", id: listId, doc: list },
      { kind: "import", id, doc: job },
    ],
    now,
  );
  db.run(
    "insert into import_run (workspace, import, heading) values (?, ?, ?)",
    workspace,
    id,
    JSON.stringify(args.heading),
  );
}

function importRows(db: Database, batch: ImportBatch): void {
  const { workspace, importId, now } = batch;
  const job = readJob(db, workspace, importId);
  if (job === null) throw new Error(`no import ${importId}`);
  let created = 0;
  for (const row of batch.contacts) {
    if (storeRow(db, { workspace, listId: job.listId, now }, row)) created += 1;
  }
  for (const each of batch.rejects) storeReject(db, batch, each);
  for (const { line, notes: each } of batch.contacts) {
    for (const note of each) {
      db.run(
        "insert into import_noted (workspace, import, line, note) values (?, ?, ?, ?) on conflict do nothing",
        workspace,
        importId,
        line,
        note,
      );
    }
  }
  const notes = withNotes(notesOf(db, workspace, importId), batch.contacts);
  db.run(
    `update import_run set created = created + ?, updated = updated + ?, notes = ?
      where workspace = ? and import = ?`,
    created,
    batch.contacts.length - created,
    JSON.stringify(notes),
    workspace,
    importId,
  );
  if (!batch.show) return;
  publish(db, workspace, [{ kind: "import", id: job.id, doc: counted(db, workspace, job) }], now);
}

interface Place {
  readonly workspace: string;
  readonly listId: string;
  readonly now: number;
}

/** Answers whether the contact is new. */
function storeRow(db: Database, { workspace, listId, now }: Place, row: ImportedRow): boolean {
  const known = findImported(db, workspace, row);
  const seq =
    known?.seq ?? insertContact(db, workspace, { ...factsOf(row), createdAt: now, updatedAt: now });
  if (known !== null) {
    const merged = mergeFacts(known.contact, row);
    if (JSON.stringify(merged) !== JSON.stringify(known.contact))
      updateContact(db, seq, { ...merged, updatedAt: now });
  }
  db.run(
    "insert into list_member (workspace, list, contact) values (?, ?, ?) on conflict do nothing",
    workspace,
    listId,
    seq,
  );
  const heard = { workspace, seq, now };
  for (const consent of row.consents) {
    if (known === null) recordFirstNoted(db, heard, consent, row.phone);
    else recordNoted(db, heard, consent);
  }
  return known === null;
}

function factsOf(row: ImportedRow): Omit<Contact, "createdAt" | "updatedAt"> {
  const { id, email, phone, firstName, lastName, country, city, timeZone, fields } = row;
  return { id, email, phone, firstName, lastName, country, city, timeZone, fields };
}

/** Cells of a rejected row are for people to read: a broken one may be a whole book. */
const maxCellChars = 2_000;

function storeReject(db: Database, { workspace, importId }: ImportBatch, row: Reject): void {
  db.run(
    `insert into import_reject (workspace, import, line, reason, field, row) values (?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
    workspace,
    importId,
    row.line,
    row.reason,
    row.field,
    JSON.stringify(row.cells.map((cell) => cell.slice(0, maxCellChars))),
  );
}

function endImport(
  db: Database,
  { workspace, id, problem, by, now }: Parameters<ContactStore["endImport"]>[0],
): ImportJob | null {
  const open = readJob(db, workspace, id);
  if (open === null) return null;
  const job: ImportJob = {
    ...counted(db, workspace, open),
    state: problem === null ? "done" : "failed",
    problem,
    finishedAt: now,
  };
  const writes: Write[] = [{ kind: "import", id, doc: job }];
  const list = recountedList(db, workspace, job.listId);
  if (list !== null) writes.push({ kind: "list", id: list.id, doc: list });
  publish(db, workspace, writes, now);
  const { fileName, rows, created, updated, rejected } = job;
  addActivity(db, workspace, {
    campaignId: null,
    event: problem === null ? "import.done" : "import.failed",
    by,
    at: now,
    detail: { import: id, fileName, rows, created, updated, rejected },
  });
  return job;
}

/** The import with its counts as they are in the tables, and a revision more. */
function counted(db: Database, workspace: string, job: ImportJob): ImportJob {
  const run = db.get(
    "select created, updated from import_run where workspace = ? and import = ?",
    workspace,
    job.id,
  );
  const reasons = db
    .all(
      "select reason, count(*) as n from import_reject where workspace = ? and import = ? group by reason",
      workspace,
      job.id,
    )
    .map((row) => [String(row["reason"]), Number(row["n"])] as const);
  const created = Number(run?.["created"] ?? 0);
  const updated = Number(run?.["updated"] ?? 0);
  const rejected = reasons.reduce((sum, [, n]) => sum + n, 0);
  return {
    ...job,
    rev: job.rev + 1,
    rows: created + updated + rejected,
    created,
    updated,
    rejected,
    reasons: Object.fromEntries(reasons),
    notes: notesOf(db, workspace, job.id),
  };
}

function notesOf(db: Database, workspace: string, id: string): ImportNotes {
  const run = db.get(
    "select notes from import_run where workspace = ? and import = ?",
    workspace,
    id,
  );
  return run === undefined ? {} : JSON.parse(String(run["notes"]));
}

function readJob(db: Database, workspace: string, id: string): ImportJob | null {
  const text = readDocument(db, workspace, "import", id);
  return text === null ? null : JSON.parse(text);
}
