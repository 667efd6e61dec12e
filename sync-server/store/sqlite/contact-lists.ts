/** Lists of contacts: their documents, kept in step with their members. */
import type { Write } from "#domain/sync/decision.ts";
import type { List } from "#domain/sync/document.ts";
import type { Database } from "./database.ts";

/** The text of a living document. What the database holds of it was written by `publish` alone. */
export function readDocument(
  db: Database,
  workspace: string,
  kind: "list" | "import" | "audience",
  id: string,
): string | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return row === undefined ? null : String(row["doc"]);
}

/** The list with its members counted, and a revision more. */
export function recountedList(db: Database, workspace: string, id: string): List | null {
  const text = readDocument(db, workspace, "list", id);
  if (text === null) return null;
  const list: List = JSON.parse(text);
  const row = db.get(
    "select count(*) as n from list_member where workspace = ? and list = ?",
    workspace,
    id,
  );
  return { ...list, rev: list.rev + 1, count: Number(row?.["n"]) };
}

/** Takes a contact off every list; answers the lists that it was on, as they shall be published. */
export function leaveLists(db: Database, workspace: string, contact: number): readonly Write[] {
  const lists = db.all(
    "select id from document where workspace = ? and kind = 'list' and dead = 0",
    workspace,
  );
  return lists.flatMap((row): Write[] => {
    const id = String(row["id"]);
    const left = db.run(
      "delete from list_member where workspace = ? and list = ? and contact = ?",
      workspace,
      id,
      contact,
    );
    const doc = left === 0 ? null : recountedList(db, workspace, id);
    return doc === null ? [] : [{ kind: "list", id, doc }];
  });
}
