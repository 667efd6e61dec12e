/** The promise of preflight-store.ts over SQLite: the engine's own decisions, counted beforehand. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { dayMs } from "#domain/core/time.ts";
import { reasons, type Reason } from "#domain/message/reason.ts";
import type { PreflightStore } from "../preflight-store.ts";
import { audienceWhere } from "./audience-sql.ts";
import { contactOf, storedAs } from "./contact-columns.ts";
import type { Value } from "./database.ts";
import { countAgain } from "./delivery-again.ts";
import { createOutlook, quietHoursOf, whereaboutsOf, type Timing } from "./delivery-timing.ts";
import { capOf } from "./limits-settings.ts";
import type { PartOperations } from "./operation.ts";
import { frozenOperations } from "./preflight-frozen.ts";
import { speedOperations } from "./preflight-speed.ts";
import { zoneOf } from "./preflight-zone.ts";

const suppressedSql = `exists (select 1 from suppression x where x.workspace = contact.workspace
  and x.kind = ? and x.address = contact.KIND and (x.until is null or x.until > ?))`;
const grantedSql = `exists (select 1 from consent s where s.workspace = contact.workspace
  and s.contact = contact.seq and s.channel = ? and s.granted = 1)`;
const overSql = `(select count(*) from pressure p join workspace w on w.seq = p.ws
  where w.id = contact.workspace and p.contact = contact.seq and p.channel = ? and p.at > ?) >= ?`;

export const preflightOperations: PartOperations<PreflightStore> = {
  reads: [
    "again",
    "atWork",
    "candidates",
    "fallback",
    "fates",
    "frozen",
    "frozenCandidates",
    "reached",
  ],
  operations: {
    ...frozenOperations,
    ...speedOperations,
    again: countAgain,

    fates: (db, { workspace, rule, channel, now }) => {
      const kind = addressKindOf[channel];
      const cap = capOf(db, workspace, channel);
      const where = audienceWhere(rule);
      const capped: readonly Value[] =
        cap === null ? [] : [channel, now - cap.days * dayMs, cap.messages];
      const rows = db.all(
        `select case
            when address is null or address = '' then 'no_address'
            when place > 1 then 'duplicate_recipient'
            when suppressed then 'suppressed'
            when not granted then 'no_consent'
            when over then 'frequency_cap'
            else 'none' end as reason, count(*) as n
          from (select contact.${kind} as address,
              row_number() over (partition by contact.${kind} order by contact.seq) as place,
              ${suppressedSql.replace("KIND", kind)} as suppressed,
              ${grantedSql} as granted,
              ${cap === null ? "0" : overSql} as over
            from contact where contact.workspace = ? and ${where.sql})
          group by 1 order by 2 desc`,
        kind,
        now,
        channel,
        ...capped,
        workspace,
        ...where.values,
      );
      return rows.map((row) => ({ reason: reasonNamed(row["reason"]), n: Number(row["n"]) }));
    },

    fallback: (db, { workspace, rule, channel, now }) => {
      const kind = addressKindOf[channel];
      const second = addressKindOf[fallbackChannel];
      const where = audienceWhere(rule);
      const row = db.get(
        `select count(*) filter (where unaddressed) as straight,
            count(*) filter (where not unaddressed and granted and not suppressed) as further
          from (select contact.${kind} is null or contact.${kind} = '' as unaddressed,
              row_number() over (partition by contact.${second} order by contact.seq) as place,
              ${grantedSql} as granted,
              ${suppressedSql.replace("KIND", kind)} as suppressed
            from contact where contact.workspace = ? and ${where.sql}
              and contact.${second} <> '' and ${grantedSql}
              and not ${suppressedSql.replace("KIND", second)})
         where place = 1`,
        channel,
        kind,
        now,
        workspace,
        ...where.values,
        fallbackChannel,
        second,
        now,
      );
      return { straight: Number(row?.["straight"]), further: Number(row?.["further"]) };
    },

    candidates: (db, { campaign, workspace, rule, columns, after, limit, start }) => {
      const kind = addressKindOf[campaign.type];
      const timing = createOutlook(campaign, quietHoursOf(db, workspace), start);
      const where = audienceWhere(rule);
      const cap = capOf(db, workspace, campaign.type);
      const capped: readonly Value[] =
        cap === null ? [] : [campaign.type, start - cap.days * dayMs, cap.messages];
      return db
        .all(
          `select contact.seq, contact.seq as n, contact.time_zone, contact.country, contact.city,
              ${columns.map((column) => `contact.${storedAs[column]}, `).join("")}
              contact.${kind} as address
            from contact
           where +contact.workspace = ? and contact.seq > ? and ${where.sql}
             and contact.${kind} is not null and contact.${kind} <> '' and ${grantedSql}
             and not ${suppressedSql.replace("KIND", kind)} ${cap === null ? "" : `and not ${overSql}`}
           order by contact.seq limit ?`,
          workspace,
          after,
          ...where.values,
          campaign.type,
          kind,
          start,
          ...capped,
          limit,
        )
        .map((row) => ({
          seq: Number(row["seq"]),
          address: String(row["address"]),
          contact: contactOf(row, columns),
          ...whenOf(timing.of(row), () => zoneOf(whereaboutsOf(row), campaign)),
        }));
    },
  },
};

function whenOf(timing: Timing, zone: () => string) {
  return {
    waitsUntil: timing.what === "wait" ? timing.until : null,
    zone: timing.what === "wait" ? zone() : null,
    missed: timing.what === "skip" ? timing.reason : null,
  };
}

function reasonNamed(value: unknown): Reason {
  return reasons.find((reason) => reason === value) ?? "unknown";
}
