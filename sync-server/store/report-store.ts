/** The part of storage that reports, exports and the activity need. */
export type ReportStore = Record<never, never>;
