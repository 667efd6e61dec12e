/** The report of a campaign: counters, rows, export, activity, and the blocks that devices keep. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isRecurring } from "#domain/campaign/live.ts";
import { countsByChannel } from "#domain/report/by-channel.ts";
import {
  channelsAnswer,
  channelsQuery,
  messagePage,
  messageQuery,
  reportAnswer,
  reportQuery,
} from "#protocol/rest/report.ts";
import { activityPage, activityQuery } from "#protocol/rest/activity.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { RunPlace } from "../store/report-store.ts";
import type { Store } from "../store/store.ts";
import { registerMessage, type MessageDeps } from "./campaign-message.ts";
import { HttpProblem } from "./problem.ts";
import { registerBlocks } from "./report-blocks.ts";
import { registerExport } from "./report-export.ts";
import { registerHours } from "./report-hours.ts";
import { maySee, toFilter } from "./report-filter.ts";
import { createSnapshots } from "./report-snapshots.ts";
import {
  addressShower,
  toActivityItem,
  toMessageRow,
  toReport,
  toRunRow,
  type ShowAddress,
} from "./report-answers.ts";
import { paceOf } from "./report-pace.ts";
import { route, type Caller } from "./route.ts";

export interface ReportRoutesDeps extends Pick<MessageDeps, "keys"> {
  readonly store: Pick<Store, "preflight" | "reports" | "sync" | "hold">;
  readonly clock: () => number;
}

const campaignUrl = "/api/v1/campaigns/:id";
const params = v.object({ id });
const usualLimit = 100;

export function registerReports(app: FastifyInstance, deps: ReportRoutesDeps): void {
  const { store, clock } = deps;
  const snapshots = createSnapshots(store);
  route(app, {
    method: "GET",
    url: `${campaignUrl}/report`,
    summary: "The counters of a campaign, its reasons and its series over time",
    permission: "report.read",
    params,
    query: reportQuery,
    answers: { 200: reportAnswer },
    handle: async ({ caller, params: { id: campaignId }, query }) => {
      const { workspace } = caller;
      const asked = { workspace, campaignId, now: clock() };
      if (query.snapshot !== undefined) {
        return toReport(await snapshots.past(asked, query.snapshot), null);
      }
      const report = await snapshots.present(asked);
      return toReport(report, await paceOf(store, workspace, report.campaign));
    },
  });
  registerHours(app, deps);
  registerChannels(app, deps);
  registerRows(app, deps);
  registerExport(app, deps);
  registerMessage(app, {
    ...deps,
    shower: async (caller, campaignId) =>
      showerOf(await campaignOf(store, caller, campaignId), caller),
  });
  registerActivity(app, deps);
  registerBlocks(app, deps);
}

function registerChannels(app: FastifyInstance, { store, clock }: ReportRoutesDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/reports/channels",
    summary: "Messages sent, delivered, failed and recovered by channel, in a time range",
    permission: "report.read",
    query: channelsQuery,
    answers: { 200: channelsAnswer },
    handle: async ({ caller: { workspace }, query }) => {
      const rows = await store.reports.counted({ workspace, now: clock() });
      const from = query.from === undefined ? -Infinity : Date.parse(query.from);
      const to = query.to === undefined ? Infinity : Date.parse(query.to);
      return { items: countsByChannel(rows, { from, to }).map((counts) => ({ ...counts })) };
    },
  });
}

function registerRows(app: FastifyInstance, { store }: ReportRoutesDeps): void {
  route(app, {
    method: "GET",
    url: `${campaignUrl}/messages`,
    summary:
      "The recipients of a campaign with what became of their message; of one that repeats those of all its runs",
    permission: "report.read",
    params,
    query: messageQuery,
    answers: { 200: messagePage },
    handle: async ({ caller, params: { id: campaignId }, query }) => {
      const campaign = await campaignOf(store, caller, campaignId);
      const limit = query.limit ?? usualLimit;
      const filter = toFilter(query, caller);
      const asked = { workspace: caller.workspace, campaignId, filter, limit: limit + 1 };
      const show = showerOf(campaign, caller);
      if (isRecurring(campaign)) {
        const rows = await store.reports.runRows({ ...asked, after: runPlaceOf(query.cursor) });
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        const next = rows.length > limit && last !== undefined ? runCursor(last) : null;
        return { items: page.map((row) => toRunRow(row, show)), next };
      }
      const rows = await store.reports.rows({ ...asked, after: cursorOf(query.cursor) });
      const page = rows.slice(0, limit);
      const next = rows.length > limit ? String(page.at(-1)?.n ?? "") : null;
      return { items: page.map((row) => toMessageRow(row, show)), next };
    },
  });
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

function showerOf(campaign: Campaign, caller: Caller): ShowAddress {
  return addressShower(campaign, maySee(caller));
}

function runCursor({ distribution, n }: RunPlace): string {
  return `${distribution}.${n}`;
}

function runPlaceOf(cursor: string | undefined): RunPlace {
  const [distribution = 0, n = 0] = (cursor ?? "").split(".").map(Number);
  return { distribution, n };
}

function cursorOf(cursor: string | undefined): number {
  return cursor === undefined ? 0 : Number(cursor);
}
