/**
 * One server for one data folder: two engines on the same messages would send them twice. The
 * lock is the file system's own, on a file beside the database, so it ends with its process,
 * however that ends.
 */
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { toStoreError } from "./database.ts";

/** Takes the lock and answers its release; throws StoreError `busy` when another process has it. */
export function takeLock(path: string): () => void {
  const db = openLock(path);
  try {
    db.exec("pragma locking_mode = exclusive");
    db.exec("begin exclusive");
    return () => db.close();
  } catch (error) {
    db.close();
    const failed = toStoreError(error, "cannot lock the data folder");
    if (failed.failure !== "busy") throw failed;
    throw new StoreError("busy", "another server runs with this data folder");
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw toStoreError(error, "cannot open the lock of the data folder");
  }
}
