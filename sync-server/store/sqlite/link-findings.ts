/** Whether the sums of clicks, who clicked first, and the messages' marks are what the clicks give. */
import type { ClickSum } from "#domain/engagement/link-report.ts";
import { hasMark } from "#domain/message/marks.ts";
import type { Finding } from "../admin-store.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { readSums, toSum } from "./link-rows.ts";

export function linkFindings(db: Database, place: Place): readonly Finding[] {
  const sums = readSums(db, place.seq);
  return [
    ...sumsAgainstClicks(db, place, sums),
    ...sharesAgainstSums(sums),
    ...firstsAgainstClicks(db, place),
    ...marksAgainstClicks(db, place),
  ];
}

/** Judged clicks, each for its link and for all links together (0), and for each of what it tells. */
const clicksOf = `with judged as (
    select seq, message, link, at, device, os, country, visitor from click
     where distribution = ?1 and visitor is not null),
  counted as (select * from judged union all
    select seq, message, 0, at, device, os, country, visitor from judged)`;

const sumsSql = `${clicksOf},
  told as (
    select link, visitor, 'all' as what, '' as name, message, at from counted
    union all select link, visitor, 'device', device, message, at from counted
    union all select link, visitor, 'os', os, message, at from counted
    union all select link, visitor, 'country', country, message, at from counted)
  select link, visitor, what, name, count(*) as clicks, count(distinct message) as recipients,
      min(at) as first_at, max(at) as last_at
    from told group by link, visitor, what, name`;

function sumsAgainstClicks(
  db: Database,
  { seq }: Place,
  sums: readonly ClickSum[],
): readonly Finding[] {
  const counted = new Map(sums.map((sum) => [nameOf(sum), describe(sum)]));
  const inRows = new Map(
    db
      .all(sumsSql, seq)
      .map(toSum)
      .map((sum) => [nameOf(sum), describe(sum)]),
  );
  return differing(counted, inRows).map((name) => ({
    check: "click",
    detail: `${name}: the sums say ${counted.get(name) ?? "none"}, but the clicks give ${inRows.get(name) ?? "none"}`,
  }));
}

/** A recipient counts where they clicked first, which only the sums of all shares together tell. */
function describe({ what, clicks, recipients, firstAt, lastAt }: ClickSum): string {
  const people = what === "all" ? ` of ${recipients} recipients` : "";
  return `${clicks} clicks${people} from ${firstAt} to ${lastAt}`;
}

function nameOf({ link, visitor, what, name }: ClickSum): string {
  return `link ${link}, ${visitor}, ${what} "${name}"`;
}

/** I-6: whoever adds up the recipients of a breakdown finds those of the link. */
function sharesAgainstSums(sums: readonly ClickSum[]): readonly Finding[] {
  const groups = Map.groupBy(sums, ({ link, visitor }) => `link ${link}, ${visitor}`);
  return [...groups].flatMap(([name, all]) => {
    const of = (what: ClickSum["what"]): number =>
      all.filter((sum) => sum.what === what).reduce((total, sum) => total + sum.recipients, 0);
    return (["device", "os", "country"] as const)
      .filter((what) => of(what) !== of("all"))
      .map((what) => ({
        check: "identity",
        detail: `${name}: by ${what} there are ${of(what)} recipients, together ${of("all")}`,
      }));
  });
}

function firstsAgainstClicks(db: Database, { seq }: Place): readonly Finding[] {
  const wrong = db.all(
    `${clicksOf},
     clicked as (select distinct link, visitor, message from counted),
     known as (select link, visitor, message from click_first where distribution = ?1)
     select 'is missing' as how, * from (select * from clicked except select * from known)
     union all select 'has no click', * from (select * from known except select * from clicked)`,
    seq,
  );
  const [first] = wrong;
  if (first === undefined) return [];
  const detail = `who clicked first differs ${wrong.length} times: message ${Number(first["message"])} at link ${Number(first["link"])}, ${String(first["visitor"])}, ${String(first["how"])}`;
  return [{ check: "click", detail }];
}

/** Whoever clicked has the mark, and nobody else. */
function marksAgainstClicks(db: Database, { ws, seq }: Place): readonly Finding[] {
  const people = new Set(
    db
      .all("select distinct message from click where distribution = ? and visitor = 'person'", seq)
      .map((row) => Number(row["message"])),
  );
  const marked = new Set(
    db
      .all("select n, marks from message where ws = ? and distribution = ? and marks > 0", ws, seq)
      .filter((row) => hasMark(Number(row["marks"]), "clicked"))
      .map((row) => Number(row["n"])),
  );
  const [first] = people.symmetricDifference(marked);
  if (first === undefined) return [];
  const detail = `${marked.size} messages are marked as clicked, but the clicks give ${people.size}: message ${first} differs`;
  return [{ check: "click", detail }];
}

/** The names whose words differ, or that only one of both has. */
function differing(
  counted: ReadonlyMap<string, string>,
  inRows: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...counted.keys(), ...inRows.keys()]);
  return [...names].filter((name) => counted.get(name) !== inRows.get(name));
}
