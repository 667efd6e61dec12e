/** The rows of a report as files: exactly those of the filter, all of one moment, with its snapshot's name. */
import { isRecurring } from "#domain/campaign/live.ts";
import { breakdownLines } from "#domain/report/breakdowns.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import { exportQuery } from "#protocol/rest/report.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import * as v from "valibot";
import type { RowFilter, RunPlace } from "../store/report-store.ts";
import type { HeldReads, Store } from "../store/store.ts";
import { createHeldFiles, fileHeaders } from "./export/held-files.ts";
import {
  csvFile,
  exportBatch,
  fileName,
  xlsxFile,
  type FileRow,
  type RecipientFile,
} from "./export/recipients.ts";
import { fileTypes } from "./file-types.ts";
import { HttpProblem } from "./problem.ts";
import { addressShower } from "./report-answers.ts";
import { maySee, toFilter } from "./report-filter.ts";
import { reported } from "./report-snapshots.ts";
import { route, type Caller } from "./route.ts";

interface ExportDeps {
  readonly store: Pick<Store, "reports" | "hold">;
  readonly clock: () => number;
}

const params = v.object({ id });

const kinds = {
  csv: { summary: "The same rows as a file, streamed", write: csvFile },
  xlsx: {
    summary: "The same rows as a workbook of Excel, with a sheet that states filter and time",
    write: xlsxFile,
  },
} as const;

export function registerExport(app: FastifyInstance, { store, clock }: ExportDeps): void {
  const files = createHeldFiles(store);
  for (const kind of ["csv", "xlsx"] as const) {
    const { summary, write } = kinds[kind];
    route(app, {
      method: "GET",
      url: `/api/v1/campaigns/:id/export.${kind}`,
      summary,
      permission: "report.export",
      params,
      query: exportQuery,
      answers: { 200: kind },
      handle: async ({ caller, params: { id: campaignId }, query, reply }) => {
        const { snapshot, ...filter } = query;
        const wanted = { caller, campaignId, filter: toFilter(filter, caller), snapshot };
        const { workspace } = caller;
        if ((await store.reports.campaign({ workspace, campaignId })) === null) {
          throw new HttpProblem("not_found");
        }
        return files(async (held) => {
          const found = await fileOf({ store, held, clock }, wanted);
          describe(reply, found, kind);
          return write(found.file);
        });
      },
    });
  }
}

interface Wanted {
  readonly caller: Caller;
  readonly campaignId: string;
  readonly filter: RowFilter;
  readonly snapshot: string | undefined;
}

interface Found {
  readonly file: RecipientFile;
  /** How many it will have. */
  readonly rows: number;
}

async function fileOf(
  { store, held, clock }: ExportDeps & { readonly held: HeldReads },
  { caller, campaignId, filter, snapshot: asked }: Wanted,
): Promise<Found> {
  const { workspace } = caller;
  const now = clock();
  const report = await held.reports.report({ workspace, campaignId, now });
  if (report === null) throw new HttpProblem("not_found");
  const { campaign, rollup, tally } = report;
  const snapshot = snapshotOf(rollup);
  if (asked !== undefined && asked !== snapshot) throw new HttpProblem("rows_moved_on");
  await store.reports.keepSnapshot({
    workspace,
    snapshot,
    report: { campaign: reported(campaign), rollup, tally },
    now,
  });
  const rowsOf = { workspace, campaignId, filter, limit: exportBatch };
  const isOfRuns = isRecurring(campaign);
  return {
    file: {
      facts: {
        campaign,
        filter,
        asOf: now,
        snapshot,
        total: rollup.total,
        breakdowns: breakdownLines(campaign.type, rollup),
        fallsBack: rollup.fallback !== undefined,
        isOfRuns,
      },
      read: (after) =>
        isOfRuns
          ? held.reports.runRows({ ...rowsOf, after: placeOf(after) })
          : held.reports.rows({ ...rowsOf, after: after?.n ?? 0 }),
      show: addressShower(campaign, maySee(caller)),
    },
    rows: await held.reports.countRows({ workspace, campaignId, filter }),
  };
}

function placeOf(row: FileRow | null): RunPlace {
  return { distribution: row?.distribution ?? 0, n: row?.n ?? 0 };
}

function describe(reply: FastifyReply, { file, rows }: Found, kind: keyof typeof kinds): void {
  const { facts } = file;
  reply.header("content-type", kind === "csv" ? "text/csv; charset=utf-8" : fileTypes[kind]);
  reply.header("content-disposition", `attachment; filename="${fileName(facts, kind)}"`);
  reply.header("cache-control", "no-store");
  reply.header(fileHeaders.rows, rows);
  reply.header(fileHeaders.snapshot, facts.snapshot);
}
