/** What an operator should look at while the server works. Stable names: monitors match them. */
export const healthWarnings = [
  "disk_low",
  "backup_old",
  "engine_still",
  "campaign_stuck",
  "receipts_behind",
  "doctor_findings",
] as const;

export type HealthWarning = (typeof healthWarnings)[number];

export interface OperatorFacts {
  readonly warnings: readonly HealthWarning[];
  readonly freeBytes: number;
  /** null: no back-up was made of this data folder yet. */
  readonly backedUpAt: number | null;
  /** When a step of the engine last ended well. */
  readonly steppedAt: number | null;
  readonly failedSteps: number;
  readonly stuckCampaigns: number;
  /** More receipts come than are merged at once: they wait in the inbox. */
  readonly isBehind: boolean;
  /** When the doctor last recounted everything, and what it has found since. */
  readonly recountedAt: number | null;
  readonly findings: number;
}
