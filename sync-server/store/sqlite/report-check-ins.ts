/** Visits that campaigns may have brought: of people whom they reached, soon after they went out. */
import { broughtWithinMs } from "#domain/engagement/check-in.ts";
import { inflateRawSync } from "node:zlib";
import type { Instant } from "#domain/core/time.ts";
import type { Id } from "#domain/core/id.ts";
import type { ReportStore } from "../report-store.ts";
import type { Database } from "./database.ts";
import { narrowing, wayNarrowing } from "./report-narrowed.ts";
import { carriersOf, hasBit } from "./report-reach.ts";
import type { Operations } from "./operation.ts";

type ReportOperations = Operations<ReportStore>;

export interface CheckIn {
  readonly workspace: Id;
  /** The contact's short number. */
  readonly contact: number;
  readonly at: Instant;
}

/** Told twice for the same moment, it is one. */
export function noteCheckIn(db: Database, { workspace, contact, at }: CheckIn): void {
  db.run(
    "insert or ignore into check_in (workspace, at, contact) values (?, ?, ?)",
    workspace,
    at,
    contact,
  );
}

/**
 * A visit that several campaigns may have brought is one. What goes out as something happens has no
 * moment of its own from which it could be counted.
 */
export const checkIns: ReportOperations["checkIns"] = (db, { workspace, ...narrowed }) => {
  const { where, values } = narrowing(narrowed);
  const ways = wayNarrowing(narrowed);
  const carriers = JSON.stringify(carriersOf(db, narrowed.carrier));
  const found = new Set<string>();
  for (const reach of db.all(
    `select r.first, r.bits, d.created_at from distribution d
       join reach r on r.ws = d.ws and r.distribution = d.seq
         and r.carrier in (select value from json_each(?))
      where d.workspace = ? ${where} ${ways.where}
        and not exists (select 1 from document c where c.workspace = d.workspace
          and c.kind in ('campaign', 'deletedCampaign') and c.id = d.campaign
          and json_type(c.doc, '$.trigger') = 'object')
        and exists (select 1 from check_in i where i.workspace = d.workspace
          and i.at between d.created_at and d.created_at + ${broughtWithinMs})`,
    carriers,
    workspace,
    ...values,
    ...ways.values,
  )) {
    const launchedAt = Number(reach["created_at"]);
    if (!(reach["bits"] instanceof Uint8Array)) continue;
    const bits = inflateRawSync(reach["bits"]);
    for (const visit of db.all(
      "select at, contact from check_in where workspace = ? and at between ? and ?",
      workspace,
      launchedAt,
      launchedAt + broughtWithinMs,
    )) {
      const contact = Number(visit["contact"]);
      const isReached = hasBit(bits, contact - Number(reach["first"]));
      if (isReached) found.add(`${Number(visit["at"])} ${contact}`);
    }
  }
  return found.size;
};
