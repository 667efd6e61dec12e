/** Segments and usage across campaigns (S4): by status, carrier, country and month, and what did not arrive. */
import { may } from "#domain/access/permission.ts";
import type { Reason } from "#domain/message/reason.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { usageOf, type Usage } from "#domain/report/usage.ts";
import { usageSnapshot } from "#domain/report/usage-snapshot.ts";
import { nameOfMonth } from "#domain/schedule/month.ts";
import {
  stoppedFileQuery,
  stoppedPage,
  stoppedQuery,
  usageAnswer,
  usageQuery,
  type StoppedItem,
  type UsageAnswer,
} from "#protocol/rest/usage.ts";
import type { FastifyInstance } from "fastify";
import type * as v from "valibot";
import type { StoppedRow, UsageNarrowed } from "../store/report-store.ts";
import type { Store } from "../store/store.ts";
import { createHeldFiles, fileHeaders } from "./export/held-files.ts";
import { exportBatch } from "./export/recipients.ts";
import { stoppedFile } from "./export/stopped.ts";
import { HttpProblem } from "./problem.ts";
import { addressShower, toCarrierPart } from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

export interface UsageDeps {
  readonly store: Pick<Store, "reports" | "sync" | "hold">;
  readonly clock: () => number;
}

const usualLimit = 100;

/** Why messages of a list did not arrive. */
const reasonsOf = {
  blocked: ["carrier_rejected", "spam_filtered"],
  unreachable: ["unreachable", "not_capable", "expired"],
} as const satisfies Record<v.InferOutput<typeof stoppedQuery>["kind"], readonly Reason[]>;

export function registerUsage(app: FastifyInstance, { store, clock }: UsageDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/usage",
    summary: "Segments and messages by status, carrier, country and month, across campaigns",
    permission: "report.read",
    query: usageQuery,
    answers: { 200: usageAnswer },
    handle: async ({ caller: { workspace }, query }) => {
      const narrowed = toNarrowed(query);
      const { zone = "UTC" } = query;
      const usage = usageOf(
        await store.reports.counted({ workspace, now: clock() }),
        narrowed,
        zone,
      );
      const snapshot = usageSnapshot(narrowed, zone, usage);
      if ((query.snapshot ?? snapshot) !== snapshot) throw new HttpProblem("snapshot_gone");
      const audiences = await store.sync.list({ workspace, kind: "audience" });
      return {
        asOf: toTime(clock()),
        zone,
        snapshot,
        ...toAnswer(usage),
        customersReached: await customersReached(store, { workspace, ...narrowed }, clock()),
        // After it: whom campaigns reached is kept by then.
        checkIns: await store.reports.checkIns({ workspace, ...narrowed }),
        estimatedReach: audiences.flatMap(({ id, name, count, reachable, countedAt }) =>
          count === null || reachable === null || countedAt === null
            ? []
            : [{ id, name, contacts: count, ...reachable, countedAt: toTime(countedAt) }],
        ),
      };
    },
  });
  registerStopped(app, { store, clock });
}

/** What did not arrive, as a list and as a file. */
function registerStopped(app: FastifyInstance, { store, clock }: UsageDeps): void {
  const files = createHeldFiles(store);
  route(app, {
    method: "GET",
    url: "/api/v1/usage/messages",
    summary:
      "Messages that carriers blocked, or whose phones could not be reached, of all campaigns",
    permission: "report.read",
    query: stoppedQuery,
    answers: { 200: stoppedPage },
    handle: async ({ caller, query }) => {
      const limit = query.limit ?? usualLimit;
      const rows = await store.reports.stopped({
        ...toNarrowed(query),
        workspace: caller.workspace,
        reasons: reasonsOf[query.kind],
        after: toPlace(query.cursor),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const isMore = rows.length > limit && last !== undefined;
      const next = isMore ? `${last.distribution}.${last.n}` : null;
      return { items: page.map((row) => toItem(row, caller)), next };
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/usage/messages.csv",
    summary: "The same messages as a file, streamed",
    permission: "report.export",
    query: stoppedFileQuery,
    answers: { 200: "csv" },
    handle: async ({ caller, query, reply }) => {
      const { workspace } = caller;
      const { kind, zone = "UTC" } = query;
      const narrowed = toNarrowed(query);
      const reasons = reasonsOf[kind];
      return files(async ({ reports }) => {
        const usage = usageOf(await reports.counted({ workspace, now: clock() }), narrowed, zone);
        const snapshot = usageSnapshot(narrowed, zone, usage);
        const name = `${kind}-messages-${snapshot}.csv`;
        reply.header("content-type", "text/csv; charset=utf-8");
        reply.header("content-disposition", `attachment; filename="${name}"`);
        reply.header("cache-control", "no-store");
        reply.header(fileHeaders.snapshot, snapshot);
        return stoppedFile({
          read: (after) =>
            reports.stopped({ ...narrowed, workspace, reasons, after, limit: exportBatch }),
          toItem: (row) => toItem(row, caller),
        });
      });
    },
  });
}

/** Only campaigns whose messages changed since the last time are read whole. */
async function customersReached(
  { reports }: UsageDeps["store"],
  of: UsageNarrowed & { readonly workspace: string },
  now: number,
): Promise<number> {
  for (const distribution of await reports.staleReach({ ...of, now })) {
    const reach = await reports.readReach({ distribution });
    await reports.keepReach({ reach, now });
  }
  return reports.reached(of);
}

function toNarrowed({
  from,
  to,
  type,
  carrier,
}: Omit<v.InferOutput<typeof usageQuery>, "zone" | "snapshot">): UsageNarrowed {
  return {
    from: from === undefined ? -Infinity : Date.parse(from),
    to: to === undefined ? Infinity : Date.parse(to),
    type: type ?? null,
    carrier: carrier ?? null,
  };
}

function toPlace(cursor: string | undefined) {
  const [distribution, n] = (cursor ?? "").split(".").map(Number);
  return distribution === undefined || n === undefined ? null : { distribution, n };
}

function toAnswer({
  campaigns,
  messages,
  segments,
  carriers,
  countries,
  factors,
  months,
  clicked,
}: Usage): Omit<
  UsageAnswer,
  "asOf" | "zone" | "snapshot" | "customersReached" | "checkIns" | "estimatedReach"
> {
  return {
    campaigns,
    messages: { ...messages },
    segments: { ...segments },
    carriers: carriers.map(toCarrierPart),
    countries: countries.map(toCarrierPart),
    factors: { ...factors },
    months: months.map(({ month, costs, ...use }) => {
      return { month: nameOfMonth(month), ...use, costs: costs.map((cost) => ({ ...cost })) };
    }),
    clicked,
  };
}

function toItem(row: StoppedRow, { access, role }: Caller): StoppedItem {
  const { campaignId, type, n, name, state, reason, segments, carrier, country } = row;
  const show = addressShower({ type }, may(role, "address.see", access));
  return {
    campaignId,
    n,
    address: show(row.address),
    name,
    type,
    carrier,
    country,
    state,
    reason,
    reasonText: reasonText(reason),
    segments,
    at: toTime(row.at),
  };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
