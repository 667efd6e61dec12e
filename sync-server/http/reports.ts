/** The report of a campaign: counters, rows, export, activity, and the blocks that devices keep. */
import { may } from "#domain/access/permission.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { countsByChannel } from "#domain/report/by-channel.ts";
import {
  activityPage,
  activityQuery,
  channelsAnswer,
  channelsQuery,
  messageFilter,
  messagePage,
  messageQuery,
  reportAnswer,
} from "#protocol/rest/report.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import * as v from "valibot";
import type { RowFilter } from "../store/report-store.ts";
import type { Store } from "../store/store.ts";
import {
  csvFile,
  exportBatch,
  fileName,
  xlsxFile,
  type RecipientFile,
} from "./export/recipients.ts";
import { registerMessage, type MessageDeps } from "./campaign-message.ts";
import { fileTypes } from "./file-types.ts";
import { HttpProblem } from "./problem.ts";
import { registerBlocks } from "./report-blocks.ts";
import {
  addressShower,
  toActivityItem,
  toMessageRow,
  toReport,
  type ShowAddress,
} from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

export interface ReportRoutesDeps extends Pick<MessageDeps, "keys"> {
  readonly store: Pick<Store, "reports" | "sync">;
  readonly clock: () => number;
}

const campaignUrl = "/api/v1/campaigns/:id";
const params = v.object({ id });
const usualLimit = 100;

export function registerReports(app: FastifyInstance, deps: ReportRoutesDeps): void {
  const { store, clock } = deps;
  route(app, {
    method: "GET",
    url: `${campaignUrl}/report`,
    summary: "The counters of a campaign, its reasons and its series over time",
    permission: "report.read",
    params,
    answers: { 200: reportAnswer },
    handle: async ({ caller, params: { id: campaignId } }) => {
      const { workspace } = caller;
      const data = await store.reports.report({ workspace, campaignId, now: clock() });
      if (data === null) throw new HttpProblem("not_found");
      return toReport(data);
    },
  });
  registerChannels(app, deps);
  registerRows(app, deps);
  registerMessage(app, {
    ...deps,
    shower: async (caller, campaignId) =>
      showerOf(await campaignOf(store, caller, campaignId), caller),
  });
  registerActivity(app, deps);
  registerBlocks(app, deps);
}

function registerChannels(app: FastifyInstance, { store }: ReportRoutesDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/reports/channels",
    summary: "Messages sent, delivered, failed and recovered by channel, in a time range",
    permission: "report.read",
    query: channelsQuery,
    answers: { 200: channelsAnswer },
    handle: async ({ caller: { workspace }, query }) => {
      const campaigns = await store.sync.list({ workspace, kind: "campaign" });
      const rollups = await store.sync.list({ workspace, kind: "rollup" });
      const byId = new Map(rollups.map((rollup) => [rollup.id, rollup]));
      const rows = campaigns.map((campaign) => ({
        campaign,
        rollup: byId.get(campaign.id) ?? null,
      }));
      const from = query.from === undefined ? -Infinity : Date.parse(query.from);
      const to = query.to === undefined ? Infinity : Date.parse(query.to);
      return { items: countsByChannel(rows, { from, to }).map((counts) => ({ ...counts })) };
    },
  });
}

function registerRows(app: FastifyInstance, { store, clock }: ReportRoutesDeps): void {
  route(app, {
    method: "GET",
    url: `${campaignUrl}/messages`,
    summary: "The recipients of a campaign with what became of their message",
    permission: "report.read",
    params,
    query: messageQuery,
    answers: { 200: messagePage },
    handle: async ({ caller, params: { id: campaignId }, query }) => {
      const campaign = await campaignOf(store, caller, campaignId);
      const limit = query.limit ?? usualLimit;
      const rows = await store.reports.rows({
        workspace: caller.workspace,
        campaignId,
        filter: toFilter(query, caller),
        after: cursorOf(query.cursor),
        limit: limit + 1,
      });
      const show = showerOf(campaign, caller);
      const page = rows.slice(0, limit);
      const next = rows.length > limit ? String(page.at(-1)?.n ?? "") : null;
      return { items: page.map((row) => toMessageRow(row, show)), next };
    },
  });
  route(app, {
    method: "GET",
    url: `${campaignUrl}/export.csv`,
    summary: "The same rows as a file, streamed",
    permission: "report.export",
    params,
    query: messageFilter,
    answers: { 200: "csv" },
    handle: async ({ caller, params: { id: campaignId }, query, reply }) => {
      const file = await fileOf(store, { caller, campaignId, filter: toFilter(query, caller) });
      asFile(reply, "text/csv; charset=utf-8", fileName(file.campaign, "csv"));
      return csvFile(file);
    },
  });
  route(app, {
    method: "GET",
    url: `${campaignUrl}/export.xlsx`,
    summary: "The same rows as a workbook of Excel, with a sheet that states filter and time",
    permission: "report.export",
    params,
    query: messageFilter,
    answers: { 200: "xlsx" },
    handle: async ({ caller, params: { id: campaignId }, query, reply }) => {
      const filter = toFilter(query, caller);
      const file = await fileOf(store, { caller, campaignId, filter });
      asFile(reply, fileTypes.xlsx, fileName(file.campaign, "xlsx"));
      return xlsxFile(file, { filter, asOf: clock() });
    },
  });
}

interface Wanted {
  readonly caller: Caller;
  readonly campaignId: string;
  readonly filter: RowFilter;
}

async function fileOf(
  store: ReportRoutesDeps["store"],
  { caller, campaignId, filter }: Wanted,
): Promise<RecipientFile> {
  const campaign = await campaignOf(store, caller, campaignId);
  const { workspace } = caller;
  return {
    campaign,
    read: (after) =>
      store.reports.rows({ workspace, campaignId, filter, after, limit: exportBatch }),
    show: showerOf(campaign, caller),
  };
}

function asFile(reply: FastifyReply, type: string, name: string): void {
  reply.header("content-type", type);
  reply.header("content-disposition", `attachment; filename="${name}"`);
  reply.header("cache-control", "no-store");
}

function registerActivity(app: FastifyInstance, { store }: ReportRoutesDeps): void {
  const answer = async (
    { workspace }: Caller,
    campaignId: string | null,
    query: v.InferOutput<typeof activityQuery>,
  ): Promise<v.InferOutput<typeof activityPage>> => {
    const limit = query.limit ?? usualLimit;
    const entries = await store.reports.activity({
      workspace,
      campaignId,
      from: query.from === undefined ? null : Date.parse(query.from),
      to: query.to === undefined ? null : Date.parse(query.to),
      before: query.cursor === undefined ? null : cursorOf(query.cursor),
      limit: limit + 1,
    });
    const page = entries.slice(0, limit);
    const next = entries.length > limit ? String(page.at(-1)?.seq ?? "") : null;
    return { items: page.map(toActivityItem), next };
  };
  route(app, {
    method: "GET",
    url: `${campaignUrl}/activity`,
    summary: "What happened to a campaign, newest first",
    permission: "report.read",
    params,
    query: activityQuery,
    answers: { 200: activityPage },
    handle: async ({ caller, params: { id: campaignId }, query }) => {
      await campaignOf(store, caller, campaignId);
      return answer(caller, campaignId, query);
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/activity",
    summary: "What happened in the workspace, newest first",
    permission: "report.read",
    query: activityQuery,
    answers: { 200: activityPage },
    handle: async ({ caller, query }) => answer(caller, null, query),
  });
}

async function campaignOf(
  store: ReportRoutesDeps["store"],
  { workspace }: Caller,
  campaignId: string,
): Promise<Campaign> {
  const campaign = await store.reports.campaign({ workspace, campaignId });
  if (campaign === null) throw new HttpProblem("not_found");
  return campaign;
}

function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}

function showerOf(campaign: Campaign, caller: Caller): ShowAddress {
  return addressShower(campaign, maySee(caller));
}

/** Whoever may not see addresses may not find out about them by searching, either. */
function toFilter(query: v.InferOutput<typeof messageFilter>, caller: Caller): RowFilter {
  const q = query.q?.trim() ?? "";
  return {
    states: query.state ?? [],
    reasons: query.reason ?? [],
    q: q === "" ? null : q,
    inAddress: maySee(caller),
  };
}

function cursorOf(cursor: string | undefined): number {
  return cursor === undefined ? 0 : Number(cursor);
}
