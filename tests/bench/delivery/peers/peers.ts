/** Whom the engine is measured beside, and their pinned versions. */
import { bullMqAlways } from "./bullmq.ts";
import { graphileWorker, graphileWorkerBare } from "./graphile-worker.ts";
import type { Peer } from "./peer.ts";
import { pgBoss, pgBossBare } from "./pg-boss.ts";

export const peers: readonly Peer[] = [
  bullMqAlways,
  pgBoss,
  graphileWorker,
  pgBossBare,
  graphileWorkerBare,
];

export const versions = {
  bullmq: "6.7.0",
  ioredis: "6.0.0",
  "pg-boss": "12.35.0",
  "graphile-worker": "0.18.0",
} as const;
