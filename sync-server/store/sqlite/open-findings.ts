/** Whether the sums of opens are what the opens give, and whoever opened counts as having read. */
import { stateCodes } from "#domain/message/state.ts";
import type { Finding } from "../admin-store.ts";
import type { Database, Row } from "./database.ts";
import type { Place } from "./delivery-place.ts";

export function openFindings(db: Database, place: Place): readonly Finding[] {
  return [...sumsAgainstOpens(db, place), ...statesAgainstOpens(db, place)];
}

function sumsAgainstOpens(db: Database, { seq }: Place): readonly Finding[] {
  const counted = describe(
    db.all("select visitor, opens, recipients, by_proxy from open_sum where distribution = ?", seq),
  );
  const inRows = describe(
    db.all(
      `select visitor, count(*) as opens, count(distinct message) as recipients,
          sum(by_proxy) as by_proxy from open where distribution = ? group by visitor`,
      seq,
    ),
  );
  if (counted === inRows) return [];
  const words = `the sums say ${counted || "none"}, but the opens give ${inRows || "none"}`;
  return [{ check: "open", detail: words }];
}

function describe(rows: readonly Row[]): string {
  return rows
    .map((row) => {
      const [opens, recipients] = [Number(row["opens"]), Number(row["recipients"])];
      return `${String(row["visitor"])}: ${opens} of ${recipients} recipients, ${Number(row["by_proxy"])} by proxies`;
    })
    .toSorted()
    .join("; ");
}

function statesAgainstOpens(db: Database, { ws, seq }: Place): readonly Finding[] {
  const [first, ...more] = db.all(
    `select distinct o.message as n from open o
       join message m on m.ws = ?1 and m.distribution = o.distribution and m.n = o.message
      where o.distribution = ?2 and o.visitor = 'person' and m.state <> ?3`,
    ws,
    seq,
    stateCodes.read,
  );
  if (first === undefined) return [];
  const detail = `${more.length + 1} messages were opened and do not count as read: message ${Number(first["n"])} is one`;
  return [{ check: "open", detail }];
}
