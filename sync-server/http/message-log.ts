/** The log of messages across campaigns, page by page and as a file. */
import { may } from "#domain/access/permission.ts";
import { inboundStatus, logStatus } from "#domain/report/log-status.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { logFileQuery, logPage, logQuery, type LogItem } from "#protocol/rest/message-log.ts";
import type { FastifyInstance } from "fastify";
import type * as v from "valibot";
import type { InboundRow, LogFilter, LogPlace, OutboundRow } from "../store/log-store.ts";
import type { Store } from "../store/store.ts";
import { exportBatch } from "./export/recipients.ts";
import { logFile } from "./export/message-log.ts";
import { addressShower } from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

export interface MessageLogDeps {
  readonly store: Pick<Store, "reports">;
  readonly publicUrl: string;
}

const usualLimit = 100;

export function registerMessageLog(
  app: FastifyInstance,
  { store, publicUrl }: MessageLogDeps,
): void {
  route(app, {
    method: "GET",
    url: "/api/v1/messages",
    summary: "Messages of all campaigns and what people wrote, the newest first",
    permission: "report.read",
    query: logQuery,
    answers: { 200: logPage },
    handle: async ({ caller, query }) => {
      const { rows, next } = await store.reports.log({
        ...toFilter(query, caller),
        workspace: caller.workspace,
        after: toPlace(query.cursor),
        limit: query.limit ?? usualLimit,
      });
      return { items: rows.map((row) => toItem(row, caller)), next: toCursor(next) };
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/messages.csv",
    summary: "The same log as a file of ten columns, streamed",
    permission: "report.export",
    query: logFileQuery,
    answers: { 200: "csv" },
    handle: async ({ caller, query, reply }) => {
      reply.header("content-type", "text/csv; charset=utf-8");
      reply.header("content-disposition", 'attachment; filename="messages.csv"');
      reply.header("cache-control", "no-store");
      const filter = { ...toFilter(query, caller), workspace: caller.workspace };
      return logFile({
        read: (after) => store.reports.log({ ...filter, after, limit: exportBatch }),
        toItem: (row) => toItem(row, caller),
        words: query.words,
        publicUrl,
      });
    },
  });
}

/** Whoever may not see addresses may not find out about them by searching, either. */
function toFilter(query: v.InferOutput<typeof logQuery>, caller: Caller): LogFilter {
  const { from, to, channel, direction, state, carrier, campaign } = query;
  const q = query.q?.trim() ?? "";
  return {
    from: from === undefined ? -Infinity : Date.parse(from),
    to: to === undefined ? Infinity : Date.parse(to),
    channel: channel ?? null,
    direction: direction ?? null,
    states: state ?? [],
    carrier: carrier ?? null,
    campaignId: campaign ?? null,
    q: q === "" ? null : q,
    inAddress: maySee(caller),
  };
}

function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}

function toCursor(place: LogPlace | null): string | null {
  if (place === null) return null;
  return [place.distribution, place.n, place.at, place.seq].join(".");
}

function toPlace(cursor: string | undefined): LogPlace | null {
  const [distribution = 0, n = 0, at = 0, seq = 0] = (cursor ?? "").split(".").map(Number);
  return cursor === undefined ? null : { distribution, n, at, seq };
}

function toItem(row: OutboundRow | InboundRow, caller: Caller): LogItem {
  const { channel, campaignId, campaignNumber, campaignName, n, account } = row;
  const address = addressShower({ type: channel }, maySee(caller))(row.address);
  const date = toTime(row.date);
  const about = { date, channel, campaignId, campaignNumber, campaignName, n };
  if (row.direction === "inbound") {
    return {
      ...about,
      ...unsent,
      sender: address,
      recipient: account,
      statusDate: date,
      meaning: row.what,
    };
  }
  const { name, carrier, state, reason, statusAt } = row;
  return {
    ...about,
    direction: "outbound",
    sender: account,
    recipient: address,
    name,
    carrier,
    state,
    status: logStatus(channel, { state, reason }),
    reason,
    reasonText: reason === "none" ? "" : reasonText(reason),
    statusDate: statusAt === 0 ? null : toTime(statusAt),
    meaning: null,
  };
}

/** What a message has not that somebody wrote to us. */
const unsent = {
  direction: "inbound",
  name: "",
  carrier: null,
  state: null,
  status: inboundStatus,
  reason: "none",
  reasonText: "",
} as const;

function toTime(at: number): string {
  return new Date(at).toISOString();
}
