/** Campaigns that watch their people: whose date comes, and who comes into the audience. */
import type { Audience } from "#domain/audience/audience.ts";
import { dayMs, minuteMs } from "#domain/core/time.ts";
import type { Connection } from "#server/store/sqlite/database.ts";
import {
  anAudience,
  readCampaign,
  startOfTime,
  workspace,
  type ContactSeed,
} from "../../support/delivery/world.ts";
import type { Plan } from "./plan.ts";
import type { Comings, Run } from "./run.ts";
import { Violation } from "./violation.ts";

export function noComings(): Comings {
  return { came: new Map(), stayed: new Set(), changed: new Set() };
}

const list = "00000000-0000-7000-8000-0000000000f1";

/** When the campaigns by date go out, and the dates that people may have: today's, tomorrow's, none. */
export const dateTime = "12:20";
/** What stands in the column, and when that comes. */
interface Coming {
  readonly text: string;
  readonly at: number | null;
}

const dates: readonly [Coming, ...Coming[]] = [
  { text: "1990-11-21", at: startOfTime + 20 * minuteMs },
  { text: "1990-11-22", at: startOfTime + 20 * minuteMs + dayMs },
  { text: "", at: null },
];

function dateOf(n: number): Coming {
  return dates[n % dates.length] ?? dates[0];
}

/** When everybody's date has come. */
const allCameAt = startOfTime + 2 * dayMs;

export function fieldsOf(kind: Plan["kind"], n: number): Pick<ContactSeed, "fields"> {
  return kind === "dated" ? { fields: { Birthday: dateOf(n).text } } : {};
}

export function audienceOf(kind: Plan["kind"]): Audience {
  return anAudience(kind === "entering" ? { rule: { kind: "list", listId: list } } : {});
}

function isMemberAtFirst(n: number): boolean {
  return n % 3 === 0;
}

/** Who is in the audience when it begins, and what they may be written to for. */
export function beginComings({ db, ledger, plan }: Pick<Run, "db" | "ledger" | "plan">): void {
  for (let n = 1; n <= plan.people; n++) {
    const { at } = dateOf(n);
    if (plan.kind === "dated" && at !== null) ledger.happened(addressOf(n), at);
    if (plan.kind !== "entering" || !isMemberAtFirst(n)) continue;
    join(db, n);
    if (plan.trigger.existing === "send") ledger.happened(addressOf(n), startOfTime);
  }
}

/** Somebody's date is corrected. */
export function changeDate({ clock, comings, db, ledger, plan, random }: Run): void {
  const n = 1 + random.below(plan.people);
  const { text, at } = random.pick(dates);
  comings.changed.add(n);
  if (at !== null) ledger.happened(addressOf(n), Math.max(at, 0));
  db.transact([
    () =>
      db.run(
        "update contact set fields = ?, updated_at = ? where seq = ?",
        JSON.stringify({ Birthday: text }),
        clock.now,
        n,
      ),
  ]);
}

/** Somebody comes into the audience, or leaves it. */
export async function moveSomebody(run: Run): Promise<void> {
  const { clock, comings, db, ledger, plan, random } = run;
  const n = 1 + random.below(plan.people);
  const { phase } = await readCampaign(run.store, run.campaignIds[0]);
  const isIn = db.get("select 1 from list_member where contact = ?", n) !== undefined;
  if (isIn) {
    comings.stayed.delete(n);
    db.transact([() => db.run("delete from list_member where contact = ?", n)]);
    return;
  }
  comings.came.set(n, (comings.came.get(n) ?? 0) + 1);
  // Who went and came back between two looks never left, as far as anybody can tell.
  const isNews = db.get("select 1 from watched where contact = ?", n) === undefined;
  if (phase === "active" && isNews) comings.stayed.add(n);
  ledger.happened(addressOf(n), clock.now);
  db.transact([() => join(db, n)]);
}

function join(db: Connection, n: number): void {
  db.run("insert into list_member (workspace, list, contact) values (?, ?, ?)", workspace, list, n);
}

function addressOf(n: number): string {
  return `person${n}@example.org`;
}

/** Nobody is brought in more often than they came, or than their date did. */
export function checkComings({ comings, db, plan }: Run): void {
  for (const { contact, n } of rowsOf(db)) {
    const most = plan.kind === "dated" ? 1 : mostOf(plan, comings, contact);
    if (n > most) throw new Violation("coming", `${addressOf(contact)} came in ${n} times`);
  }
}

function mostOf({ trigger }: Plan, { came }: Comings, n: number): number {
  const isMeant = trigger.existing === "send" && isMemberAtFirst(n);
  const all = (came.get(n) ?? 0) + (isMeant ? 1 : 0);
  return trigger.againAfterHours === null ? Math.min(1, all) : all;
}

/** Once everybody's date has come and every change was heard of, nobody is missing. */
export function checkNobodyMissed(run: Run): void {
  const { canceled, comings, db, isEnded, plan } = run;
  if (isEnded || canceled.size > 0 || plan.rules.validForMs !== null || plan.leavesPauses) return;
  const known = new Set(rowsOf(db).map(({ contact }) => contact));
  for (let n = 1; n <= plan.people; n++) {
    const isDue =
      plan.kind === "dated"
        ? dateOf(n).at !== null && !comings.changed.has(n)
        : comings.stayed.has(n);
    if (isDue && !known.has(n)) throw new Violation("coming", `${addressOf(n)} was missed`);
  }
}

export function untilAllCame({ clock }: Pick<Run, "clock">): number {
  return Math.max(0, allCameAt - clock.now);
}

function rowsOf(db: Connection): readonly { readonly contact: number; readonly n: number }[] {
  return db
    .all("select contact, count(*) as n from message group by contact")
    .map(({ contact, n }) => ({ contact: Number(contact), n: Number(n) }));
}
