/** Time that passes for a campaign that repeats, while its server is down. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "#domain/core/time.ts";
import type { RealServer } from "../real-server.ts";

/** Its next time lies this far back when the server starts. */
export function putNextAt({ dataDir }: Pick<RealServer, "dataDir">, id: string, ago: number): void {
  const at = Math.floor((Date.now() - ago) / minuteMs) * minuteMs;
  const wall = new Date(at).toISOString().slice(0, 16);
  const db = new DatabaseSync(join(dataDir, "fieldcast.db"));
  db.prepare(
    `update document set due_at = :at, doc = json_set(doc, '$.schedule.at', :at,
       '$.schedule.zone', 'UTC', '$.schedule.wall', :wall, '$.schedule.repeat.from', :wall)
      where kind = 'campaign' and id = :id`,
  ).run({ at, wall, id });
  db.close();
}
