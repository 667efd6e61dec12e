/** Where this device stands with the server, for the diagnosis: read once, when it is asked for. */
import type { Id } from "#domain/core/id.ts";
import type { Feed } from "#domain/sync/document.ts";
import type { ClientDb } from "../db/client-db.ts";

export type { Trouble } from "../sync/troubles.ts";

export interface SyncPlace {
  /** This device's name to the server. */
  readonly client: Id;
  /** The history of the server that it is of; null: it heard of none. */
  readonly epoch: string | null;
  readonly cursors: Readonly<Partial<Record<Feed, number>>>;
  /** Pages came that are not shown yet. */
  readonly isStaging: boolean;
  readonly lastMid: number;
}

export async function readPlace(db: ClientDb | null): Promise<SyncPlace | null> {
  const meta = (await db?.meta.get("sync"))?.value;
  if (meta === undefined) return null;
  const { client, epoch, cursors, staging, lastMid } = meta;
  return { client, epoch, cursors, isStaging: staging !== null, lastMid };
}
