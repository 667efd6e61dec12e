/** What an alert may watch: a share of a campaign's messages. */
export const alertMeasures = ["failed", "skipped", "opted_out", "complained"] as const;

export type AlertMeasure = (typeof alertMeasures)[number];
