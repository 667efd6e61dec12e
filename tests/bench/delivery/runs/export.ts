/** One file out of a store on disk, as the server writes it: `node export.ts DATABASE csv|xlsx`. Prints JSON. */
import { breakdownLines } from "#domain/report/breakdowns.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import { csvFile, exportBatch, xlsxFile } from "#server/http/export/recipients.ts";
import { openThreadedReader } from "#server/store/sqlite/threaded.ts";
import { campaignId, workspace } from "../../../support/delivery/world.ts";

const [path = "", kind] = process.argv.slice(2);
const store = await openThreadedReader(path);
const filter = { states: [], reasons: [], carrier: null, edition: null, q: null, inAddress: true };
const of = { workspace, campaignId };
const began = performance.now();
const held = await store.hold();
const report = await held.reports.report({ ...of, now: Date.now() });
if (report === null) throw new Error("there is no campaign");
const { campaign, rollup } = report;
const breakdowns = breakdownLines(campaign.type, rollup);
const facts = { campaign, filter, asOf: Date.now(), snapshot: snapshotOf(rollup), breakdowns };
const file = {
  facts: { ...facts, total: rollup.total },
  read: (row: { readonly n: number } | null) =>
    held.reports.rows({ ...of, filter, after: row?.n ?? 0, limit: exportBatch }),
  show: (address: string) => address,
};
let bytes = 0;
for await (const piece of kind === "csv" ? csvFile(file) : xlsxFile(file)) {
  bytes += Buffer.byteLength(piece);
}
const ms = Math.round(performance.now() - began);
await held.close();
await store.close();
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
console.log(JSON.stringify({ ms, bytes, peakRssMb }));
