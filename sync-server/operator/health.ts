/** What an operator should look at, though the server works: for `/health` and the metrics. */
import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dayMs, minuteMs, type Instant } from "#domain/core/time.ts";
import type { EngineStatus } from "../delivery/engine.ts";
import { healthWarnings, type HealthWarning, type OperatorFacts } from "../http/health-warnings.ts";
import { secretPath } from "../providers/secrets.ts";
import { lastBackup } from "./backup-note.ts";
import type { Recounts } from "./recounts.ts";

export interface HealthSources {
  readonly dataDir: string;
  readonly clock: () => Instant;
  readonly engine: { status(): EngineStatus };
  readonly recounts: Pick<Recounts, "last" | "sinceThen">;
}

/** Below this, a large import or a busy day may fill the disk. */
const lowDiskBytes = 1_000_000_000;
const backupEveryMs = 7 * dayMs;
/** The engine looks at least every half minute. */
const stillAfterMs = 2 * minuteMs;

export function createHealth(sources: HealthSources): () => Promise<OperatorFacts> {
  const { dataDir, clock, engine, recounts } = sources;
  const startedAt = clock();
  return async () => {
    const { bavail, bsize } = await statfs(dataDir);
    const { steppedAt, failedSteps, troubles, isBehind } = engine.status();
    const last = recounts.last();
    const facts = {
      freeBytes: bavail * bsize,
      backedUpAt: lastBackup(dataDir)?.at ?? null,
      steppedAt,
      failedSteps,
      stuckCampaigns: troubles.length,
      isBehind,
      recountedAt: last?.at ?? null,
      findings: (last?.findings.length ?? 0) + recounts.sinceThen().length,
    };
    return {
      ...facts,
      warnings: warningsOf(facts, { now: clock(), startedAt, madeAt: madeAt(dataDir) }),
    };
  };
}

interface Moments {
  readonly now: Instant;
  readonly startedAt: Instant;
  readonly madeAt: Instant;
}

function warningsOf(
  facts: Omit<OperatorFacts, "warnings">,
  { now, startedAt, madeAt: made }: Moments,
): readonly HealthWarning[] {
  const isWarned: Readonly<Record<HealthWarning, boolean>> = {
    disk_low: facts.freeBytes < lowDiskBytes,
    backup_old: now - (facts.backedUpAt ?? made) > backupEveryMs,
    engine_still: now - (facts.steppedAt ?? startedAt) > stillAfterMs,
    campaign_stuck: facts.stuckCampaigns > 0,
    receipts_behind: facts.isBehind,
    doctor_findings: facts.findings > 0,
  };
  return healthWarnings.filter((warning) => isWarned[warning]);
}

/** When the data folder was made: its secret is written first and never again. */
function madeAt(dataDir: string): Instant {
  return statSync(secretPath(dataDir)).mtimeMs;
}
