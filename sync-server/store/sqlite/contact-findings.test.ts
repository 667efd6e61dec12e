import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { contactFindings } from "./contact-findings.ts";
import { contactOperations } from "./contact-operations.ts";
import { openDatabase, type Connection } from "./database.ts";

const opened: Connection[] = [];

afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

/** A database in which one import of two contacts, one with a consent, has ended. */
function anImportedDatabase(): Connection {
  const db = openDatabase({ path: ":memory:", readOnly: false });
  opened.push(db);
  const { operations } = contactOperations;
  const [workspace, id, now] = ["w1", randomUUID(), 10];
  const empty = { phone: null, firstName: "", lastName: "", country: "", city: "", timeZone: "" };
  const row = (email: string, line: number) =>
    ({
      ...empty,
      id: randomUUID(),
      email,
      line,
      fields: {},
      consents: [],
      dropped: null,
      notes: [],
    }) as const;
  const said = { channel: "email", granted: true, at: 5, source: "t" } as const;
  operations.startImport(db, {
    workspace,
    id,
    fileName: "f.csv",
    listId: randomUUID(),
    listName: "f",
    heading: ["email"],
    now,
  });
  operations.importRows(db, {
    workspace,
    importId: id,
    contacts: [{ ...row("a@b.cd", 2), consents: [said] }, row("b@b.cd", 3)],
    rejects: [{ line: 4, reason: "column_count", field: "", cells: [] }],
    show: false,
    now,
  });
  operations.endImport(db, { workspace, id, problem: null, by: null, now });
  return db;
}

test("after an import all is well", () => {
  expect(contactFindings(anImportedDatabase())).toEqual([]);
});

test.each([
  ["delete from list_member where contact = 1", "a list has as many members as it says"],
  [
    "update import_run set created = created + 1",
    "an import's rows are those that it created, updated and turned away",
  ],
  ["update consent set at = at - 1", "the consent that holds is the latest word in the log"],
  ["update consent set contact = 99", "a consent belongs to a contact"],
  ["update list_member set contact = 99 where contact = 1", "a member of a list is a contact"],
])("%s is found", (damage, check) => {
  const db = anImportedDatabase();
  db.run(damage);
  expect(contactFindings(db).map((finding) => finding.check)).toContain(check);
});
