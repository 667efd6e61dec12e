/** What only the rows of messages tell, across campaigns. */
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type { ReportStore, StoppedRow } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import { toChannel } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";
import { carrierNarrowing, narrowing } from "./report-narrowed.ts";

type ReportOperations = Operations<ReportStore>;

/** Of campaigns that have any, the newest first; of each the rows in their order. */
export const stoppedMessages: ReportOperations["stopped"] = (db, args) => {
  const { workspace, reasons, after, limit, ...narrowed } = args;
  const { where, values } = narrowing(narrowed);
  const ofCarrier = carrierNarrowing(narrowed.carrier);
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
          and (d.seq < ? or (d.seq = ? and m.n > ?)) ${where} ${ofCarrier.where}
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
      ...ofCarrier.values,
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
