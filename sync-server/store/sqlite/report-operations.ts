/** The promise of report-store.ts over SQLite. */
import type { ReportStore } from "../report-store.ts";
import type { PartOperations } from "./operation.ts";

export const reportOperations: PartOperations<ReportStore> = { reads: [], operations: {} };
