/** What an administrator needs to help, as text to copy. No content and no addresses are in it. */
import { hourMs } from "#domain/core/time.ts";
import { formatBytes, formatDuration } from "#lib/i18n/format.ts";
import type { SyncPlace, Trouble } from "#lib/state/sync-place.ts";
import type { PendingCommand, StorageUse } from "#lib/state/sync.svelte.ts";

export interface Facts {
  readonly now: number;
  readonly version: string;
  readonly status: string;
  readonly isOnline: boolean;
  readonly lastContactAt: number | null;
  readonly clockOffsetMs: number | null;
  /** When that was measured; null: never. */
  readonly clockComparedAt: number | null;
  readonly pending: readonly Pick<PendingCommand, "mid" | "name" | "subject" | "at" | "state">[];
  readonly attention: number;
  readonly storage: StorageUse;
  /** Null: nobody is signed in. */
  readonly place: SyncPlace | null;
  /** Oldest first. */
  readonly troubles: readonly Trouble[];
  readonly workspace: string | null;
  readonly user: string | null;
  readonly browser: string;
}

export function diagnosisText(facts: Facts): string {
  const lines = [
    `Fieldcast diagnosis of ${iso(facts.now)}`,
    `app version: ${facts.version}`,
    `workspace: ${facts.workspace ?? "none"}`,
    `user: ${facts.user ?? "none"}`,
    `status: ${facts.status} (browser says ${facts.isOnline ? "online" : "offline"})`,
    `last contact: ${facts.lastContactAt === null ? "never" : iso(facts.lastContactAt)}`,
    `clock: ${clockText(facts.clockOffsetMs, ageOf(facts.clockComparedAt, facts.now))}`,
    `storage: ${storageText(facts.storage)}`,
    `needs attention: ${facts.attention}`,
    `unsent: ${facts.pending.length}`,
    ...facts.pending.map(
      ({ mid, name, subject, at, state }) =>
        `  #${mid} ${name} ${subject.join("/")} at ${iso(at)}: ${state}`,
    ),
    ...placeLines(facts.place),
    `failed requests: ${facts.troubles.length === 0 ? "none" : "the last of them"}`,
    ...facts.troubles.map(troubleLine),
    `browser: ${facts.browser}`,
  ];
  return `${lines.join("\n")}\n`;
}

function placeLines(place: SyncPlace | null): string[] {
  if (place === null) return [];
  const { client, epoch, cursors, isStaging, lastMid } = place;
  const stands = Object.entries(cursors).map(([feed, ver]) => `${feed} ${ver}`);
  return [
    `device: ${client}`,
    `server history: ${epoch ?? "none heard"}`,
    `cursors: ${stands.join(", ")}${isStaging ? " (more came and is not shown yet)" : ""}`,
    `last change: #${lastMid}`,
  ];
}

function troubleLine({ at, request, kind, status, requestId, times }: Trouble): string {
  const often = times === 1 ? "" : `, ${times} times`;
  const id = requestId === null ? "" : `, request ${requestId}`;
  return `  ${iso(at)} ${request}: ${kind} (${status}${id})${often}`;
}

/**
 * "This device is 2 min behind the server": only what is worth a word. `ageMs`: of the comparison;
 * null: there was none that still counts.
 */
export function clockText(offsetMs: number | null, ageMs: number | null): string {
  if (offsetMs === null || ageMs === null) return "not compared with the server’s yet";
  const since = ageMs < hourMs ? "" : `, as compared ${formatDuration(ageMs)} ago`;
  const size = Math.abs(offsetMs);
  if (size < 2_000) return `right, within two seconds${since}`;
  const way = offsetMs > 0 ? "behind" : "ahead of";
  return `this device is ${formatDuration(size)} ${way} the server${since}`;
}

export function ageOf(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, now - at);
}

export function storageText({ usage, quota, persisted }: StorageUse): string {
  const used = usage === null ? "use unknown" : `${formatBytes(usage)} used`;
  const room = quota === null ? "" : ` of ${formatBytes(quota)}`;
  return `${used}${room}, ${persisted ? "protected" : "may be cleared by the browser"}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
