/** Recounts what is kept of contacts beside their rows: used by the command `doctor`. */
import type { Finding } from "../admin-store.ts";
import type { Database } from "./database.ts";

/** What is wrong is what the query finds. An import that is under way is left out: it is still counting. */
const checks = [
  {
    check: "a list has as many members as it says",
    sql: `select d.workspace, d.id, json_extract(d.doc, '$.count') as says,
        (select count(*) from list_member m where m.workspace = d.workspace and m.list = d.id) as has
      from document d
      where d.kind = 'list' and d.dead = 0 and says <> has
        and not exists (select 1 from document i
          where i.workspace = d.workspace and i.kind = 'import' and i.dead = 0
            and json_extract(i.doc, '$.listId') = d.id
            and json_extract(i.doc, '$.state') = 'receiving')`,
  },
  {
    check: "an import's rows are those that it created, updated and turned away",
    sql: `select d.workspace, d.id, json_extract(d.doc, '$.rows') as says,
        r.created + r.updated + (select count(*) from import_reject j
          where j.workspace = d.workspace and j.import = d.id) as has
      from document d join import_run r on r.workspace = d.workspace and r.import = d.id
      where d.kind = 'import' and d.dead = 0 and says <> has
        and json_extract(d.doc, '$.state') <> 'receiving'`,
  },
  {
    check: "the consent that holds is the latest word in the log",
    sql: `select c.workspace, c.contact, c.channel, l.at from consent c
      join consent_log l on l.workspace = c.workspace and l.contact = c.contact
        and l.channel = c.channel
        and (l.at > c.at or (l.at = c.at and l.granted < c.granted))`,
  },
  {
    check: "a consent belongs to a contact",
    sql: `select workspace, contact, channel from consent
      where not exists (select 1 from contact where contact.seq = consent.contact)`,
  },
  {
    check: "a member of a list is a contact",
    sql: `select workspace, list, contact from list_member
      where not exists (select 1 from contact where contact.seq = list_member.contact)`,
  },
] as const;

/** Everything that should be equal and is not; empty when all is well. */
export function contactFindings(db: Database): readonly Finding[] {
  return checks.flatMap(({ check, sql }) =>
    db.all(sql).map((row) => ({
      check,
      detail: Object.entries(row)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", "),
    })),
  );
}
