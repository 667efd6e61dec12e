/** When the last back-up of a data folder was made: a small file, for the health of the server. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const shape = v.object({ at: v.number(), path: v.string(), bytes: v.number() });

export type BackupNote = v.InferOutput<typeof shape>;

export function noteBackup(dataDir: string, note: BackupNote): void {
  writeFileSync(join(dataDir, "last-backup.json"), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

/** Null: none was made yet. */
export function lastBackup(dataDir: string): BackupNote | null {
  try {
    const text = readFileSync(join(dataDir, "last-backup.json"), "utf8");
    const parsed = v.safeParse(shape, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
