/** What only the rows of messages tell, across campaigns. */
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type { ReportStore, StoppedRow } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import { toChannel } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";
import { standsBySecond } from "./fallen.ts";
import { carrierNarrowing, channelsAsked, narrowing } from "./report-narrowed.ts";
import { stoppedRows } from "./stopped-messages.ts";

type ReportOperations = Operations<ReportStore>;

const states = ["failed", "undelivered"] as const;

/** Of campaigns that have any, the newest first; of each the rows in their order. */
export const stoppedMessages: ReportOperations["stopped"] = (db, args) => {
  const { workspace, reasons, after, limit, from, to, ...way } = args;
  const { where, values } = narrowing({ from, to, type: null, carrier: null });
  const asked = channelsAsked(way);
  const ofCarrier = carrierNarrowing(way.carrier);
  const found: StoppedRow[] = [];
  const campaigns = db.all(
    `select d.seq, d.ws, d.campaign, d.channel, d.falls_back from distribution d
      where d.workspace = ? and d.seq <= ? ${where}
        and (d.channel in (select value from json_each(?)) or (d.falls_back = 1 and ?))
        and exists (select 1 from tally t where t.ws = d.ws and t.distribution = d.seq
          and t.state in (select value from json_each(?)) and t.n > 0
          and t.reason in (select value from json_each(?)))
      order by d.seq desc`,
    workspace,
    after?.distribution ?? Number.MAX_SAFE_INTEGER,
    ...values,
    JSON.stringify(asked),
    asked.includes(fallbackChannel) ? 1 : 0,
    JSON.stringify(states.map((state) => stateCodes[state])),
    JSON.stringify(reasons.map(reasonCode)),
  );
  for (const campaign of campaigns) {
    if (found.length >= limit) break;
    const place = { ws: Number(campaign["ws"]), seq: Number(campaign["seq"]) };
    const own = toChannel(campaign["channel"]);
    const fell = campaign["falls_back"] === 1 ? standsBySecond("m") : "0";
    const rows = stoppedRows(db, place, {
      states,
      reasons,
      after: place.seq === after?.distribution ? after.n : 0,
      limit: limit - found.length,
      columns: `m.n, m.address, m.name, m.state, m.reason, m.segments, m.at,
        c.name as carrier, c.country, ${fell} as fell`,
      join: "left join carrier c on c.seq = m.carrier",
      where: `${ofCarrier.where} ${asked.includes(own) ? "" : `and ${fell}`}
        ${asked.includes(fallbackChannel) ? "" : `and not ${fell}`}`,
      values: ofCarrier.values,
    });
    found.push(...rows.map((row) => toStopped({ ...campaign, ...row })));
  }
  return found;
};

function toStopped(row: Readonly<Record<string, unknown>>): StoppedRow {
  return {
    distribution: Number(row["seq"]),
    campaignId: String(row["campaign"]),
    type: row["fell"] === 1 ? fallbackChannel : toChannel(row["channel"]),
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
