/** The hours of a campaign, for what devices know by longer spans only. */
import type { Id } from "#domain/core/id.ts";
import { hourMs } from "#domain/core/time.ts";
import type { HourSpan } from "#domain/report/hour-spans.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import {
  hoursAnswer,
  hoursQuery,
  mostHours,
  type HoursAnswer,
} from "#protocol/rest/report-hours.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

interface HoursDeps {
  readonly store: Pick<Store, "reports">;
  readonly clock: () => number;
}

export function registerHours(app: FastifyInstance, deps: HoursDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/campaigns/:id/hours",
    summary: "What happened to a campaign in each hour; by the day what is older than ninety days",
    permission: "report.read",
    params: v.object({ id }),
    query: hoursQuery,
    answers: { 200: hoursAnswer },
    handle: async ({ caller: { workspace }, params: { id: campaignId }, query }) =>
      answer(deps, { workspace, campaignId }, query),
  });
}

async function answer(
  { store, clock }: HoursDeps,
  of: { readonly workspace: Id; readonly campaignId: Id },
  { limit = mostHours, cursor = "0", snapshot: asked }: v.InferOutput<typeof hoursQuery>,
): Promise<HoursAnswer> {
  const found = await store.reports.hours({ ...of, now: clock() });
  if (found === null) throw new HttpProblem("not_found");
  const snapshot = snapshotOf(found.rollup);
  // Pages of two moments would count twice what lies between them, or not at all.
  if (asked !== undefined && asked !== snapshot) throw new HttpProblem("rows_moved_on");
  const rest = found.spans.filter((span) => placeOf(span) > Number(cursor));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    snapshot,
    asOf: new Date(found.rollup.at).toISOString(),
    items: page.map(({ at, spanMs, entered, marked }) => ({
      at: new Date(at).toISOString(),
      spanMs,
      entered: { ...entered },
      marked: { ...marked },
    })),
    next: last === undefined || rest.length === page.length ? null : String(placeOf(last)),
  };
}

/** A day and its first hour begin together: the day comes first. */
function placeOf({ at, spanMs }: HourSpan): number {
  return (at / hourMs) * 2 + (spanMs > hourMs ? 0 : 1);
}
