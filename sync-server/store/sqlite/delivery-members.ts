/** Whom the frozen audience of a distribution means: one after another, or one that is asked about. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import { audienceWhere } from "./audience-sql.ts";
import type { Database, Row } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";

/** Whom the frozen audience of a distribution means. */
export function ruleOf(db: Database, { seq }: Pick<Distribution, "seq">): AudienceRule {
  const row = db.get("select rule from distribution where seq = ?", seq);
  return JSON.parse(String(row?.["rule"]));
}

/** What a message takes of its contact, and where the contact lives. */
export const memberColumns = `contact.seq, contact.email, contact.phone, contact.first_name,
  contact.last_name, contact.time_zone, contact.country, contact.city`;

/** The contact's columns; none when the audience does not mean them. */
export function memberOf(
  db: Database,
  workspace: string,
  rule: AudienceRule,
  contact: number,
): Row | undefined {
  const where = audienceWhere(rule);
  return db.get(
    `select ${memberColumns} from contact
      where contact.workspace = ? and contact.seq = ? and ${where.sql}`,
    workspace,
    contact,
    ...where.values,
  );
}

/** In order of seq whatever the planner thinks of the other indexes: the `+` keeps it from sorting each batch. */
export function nextMembers(
  db: Database,
  { workspace }: Pick<Distribution, "workspace">,
  {
    rule,
    after,
    limit,
  }: { readonly rule: AudienceRule; readonly after: number; readonly limit: number },
): readonly Row[] {
  const where = audienceWhere(rule);
  return db.all(
    `select ${memberColumns} from contact
      where +contact.workspace = ? and contact.seq > ? and ${where.sql}
      order by contact.seq limit ?`,
    workspace,
    after,
    ...where.values,
    limit,
  );
}
