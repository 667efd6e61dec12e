/** The stations of a campaign's way, with the moment of each: pure. */
import type { Campaign, Edition } from "#domain/campaign/campaign.ts";
import type { Annotation } from "#domain/report/annotation.ts";
import type { Instant } from "#domain/core/time.ts";
import { formatCount, formatDateTime, formatDuration } from "#lib/i18n/format.ts";

export interface Station {
  readonly key: string;
  readonly label: string;
  /** Null: not reached yet. */
  readonly at: Instant | null;
  readonly note: string;
}

type Dates = Pick<
  Campaign,
  | "createdAt"
  | "schedule"
  | "phase"
  | "launchedAt"
  | "startedAt"
  | "submittedAt"
  | "completedAt"
  | "editions"
  | "annotations"
>;

/** `createdBy`: the name of who made it. The schedule is a station only when there is one (S3-23). */
export function stationsOf(campaign: Dates, createdBy: string): Station[] {
  const { createdAt, schedule, launchedAt, startedAt, submittedAt, completedAt } = campaign;
  const stations: Station[] = [
    { key: "created", label: "Created", at: createdAt, note: `by ${createdBy}` },
  ];
  if (schedule !== null) {
    stations.push({
      key: "scheduled",
      label: "Scheduled for",
      at: schedule.at,
      note: zoneNote(schedule.at, schedule.zone),
    });
  }
  stations.push(
    { key: "launched", label: "Launched", at: launchedAt, note: "" },
    { key: "started", label: "Sending began", at: startedAt, note: "" },
    ...edits(campaign.editions ?? []),
    { key: "submitted", label: "All messages handed over", at: submittedAt, note: "" },
  );
  const isCanceled = campaign.phase === "canceled";
  stations.push({
    key: "completed",
    label: isCanceled ? "Canceled" : "Completed",
    at: completedAt,
    note: completionNote(startedAt, completedAt),
  });
  return withRemarks(stations, campaign.annotations ?? []);
}

/** Each remark at its moment, among what has happened. */
function withRemarks(stations: readonly Station[], remarks: readonly Annotation[]): Station[] {
  const all = [...stations];
  for (const { id, at, text } of remarks) {
    const later = all.findIndex((station) => station.at === null || station.at > at);
    const remark = { key: `remark ${id}`, label: text, at, note: "Remark" };
    all.splice(later === -1 ? all.length : later, 0, remark);
  }
  return all;
}

/** Each edit while it was paused, with how many had the text before it. */
function edits(editions: readonly Edition[]): Station[] {
  return editions.slice(1).map(({ n, since }, index) => {
    const handed = editions[index]?.handed ?? 0;
    const note = `${formatCount(handed, "recipient")} had the text before`;
    return { key: `edition ${n}`, label: "Text changed", at: since, note };
  });
}

/** How long the campaign took from its first message to its end (S3-21); null while it runs. */
export function completionTimeMs({
  startedAt,
  completedAt,
}: Pick<Campaign, "startedAt" | "completedAt">): number | null {
  return startedAt === null || completedAt === null ? null : Math.max(0, completedAt - startedAt);
}

function completionNote(startedAt: Instant | null, completedAt: Instant | null): string {
  const tookMs = completionTimeMs({ startedAt, completedAt });
  return tookMs === null ? "" : `took ${formatDuration(tookMs)}`;
}

/** The time as it was chosen, where that is another zone than this device's. */
function zoneNote(at: Instant, zone: string): string {
  const here = formatDateTime(at);
  const there = formatDateTime(at, zone);
  return here === there ? "" : there;
}
