/** What only the rows of messages tell, across campaigns. */
import { addressKindOf, channels } from "#domain/campaign/channel.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import { unknownCarrierName } from "#domain/report/usage.ts";
import type { ReportStore, StoppedRow, UsageNarrowed } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import type { Database, Value } from "./database.ts";
import { toChannel } from "./delivery-rows.ts";

type Reading<K extends "reached" | "stopped"> = (
  db: Database,
  args: Parameters<ReportStore[K]>[0],
) => Awaited<ReturnType<ReportStore[K]>>;

export const reachedContacts: Reading<"reached"> = (db, { workspace, ...narrowed }) => {
  const { where, values } = conditions(narrowed);
  const row = db.get(
    `select count(distinct m.contact) as n from distribution d
       join message m on m.ws = d.ws and m.distribution = d.seq and m.state in (?, ?)
       left join carrier c on c.seq = m.carrier
      where d.workspace = ? ${where}`,
    stateCodes.delivered,
    stateCodes.read,
    workspace,
    ...values,
  );
  return Number(row?.["n"]);
};

/** Of campaigns that have any, the newest first; of each the rows in their order. */
export const stoppedMessages: Reading<"stopped"> = (db, args) => {
  const { workspace, reasons, after, limit, ...narrowed } = args;
  const { where, values } = conditions(narrowed);
  const codes = JSON.stringify(reasons.map(reasonCode));
  const stopped = [stateCodes.failed, stateCodes.undelivered];
  const from = after ?? { distribution: Number.MAX_SAFE_INTEGER, n: 0 };
  return db
    .all(
      `select d.seq, d.campaign, d.channel, m.n, m.address, m.name, m.state, m.reason, m.segments, m.at,
          c.name as carrier, c.country
         from distribution d join message m on m.ws = d.ws and m.distribution = d.seq
         left join carrier c on c.seq = m.carrier
        where d.workspace = ? and exists (select 1 from tally t where t.ws = d.ws
            and t.distribution = d.seq and t.state in (?, ?) and t.n > 0
            and t.reason in (select value from json_each(?)))
          and m.state in (?, ?) and m.reason in (select value from json_each(?))
          and (d.seq < ? or (d.seq = ? and m.n > ?)) ${where}
        order by d.seq desc, m.n limit ?`,
      workspace,
      ...stopped,
      codes,
      ...stopped,
      codes,
      from.distribution,
      from.distribution,
      from.n,
      ...values,
      limit,
    )
    .map(toStopped);
};

function toStopped(row: Readonly<Record<string, unknown>>): StoppedRow {
  return {
    distribution: Number(row["seq"]),
    campaignId: String(row["campaign"]),
    type: toChannel(row["channel"]),
    n: Number(row["n"]),
    address: String(row["address"]),
    name: String(row["name"]),
    state: stateOf(Number(row["state"])),
    reason: reasonOf(Number(row["reason"])),
    segments: Number(row["segments"]),
    at: Number(row["at"]),
    carrier: textOrNull(row["carrier"]),
    country: textOrNull(row["country"]),
  };
}

/** Only they have carriers. */
const phoneChannels = channels.filter((channel) => addressKindOf[channel] === "phone");

function conditions({ from, to, type, carrier }: UsageNarrowed): {
  readonly where: string;
  readonly values: readonly Value[];
} {
  const parts: string[] = [];
  const values: Value[] = [];
  const narrow = (condition: string, value: Value): void => {
    parts.push(`and ${condition}`);
    values.push(value);
  };
  if (Number.isFinite(from)) narrow("d.created_at >= ?", from);
  if (Number.isFinite(to)) narrow("d.created_at < ?", to);
  if (type !== null) narrow("d.channel = ?", type);
  if (carrier !== null) {
    narrow("d.channel in (select value from json_each(?))", JSON.stringify(phoneChannels));
  }
  if (carrier === unknownCarrierName) parts.push("and coalesce(c.name, '') = ''");
  else if (carrier !== null) narrow("c.name = ?", carrier);
  return { where: parts.join(" "), values };
}
