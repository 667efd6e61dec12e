/** Every report that the person keeps offline, as far as this device has it. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { partNames } from "../db/blocks.ts";
import type { ClientDb } from "../db/client-db.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";

export interface KeptReport {
  readonly campaignId: Id;
  /** Of its campaign; null: that was deleted, and its report is not here any more. */
  readonly name: string | null;
  readonly recipients: number;
  /** When what is here was true at the server; null: nothing is here. */
  readonly asOf: Instant | null;
  /** Parts that are here, of all; a part is half a block. */
  readonly parts: number;
  readonly allParts: number;
  readonly bytes: number;
  readonly isComplete: boolean;
}

/** In the order in which they were pinned. Give it back by `device.detach`. */
export function watchKeptReports(device: Device): Live<readonly KeptReport[]> {
  return device.live<readonly KeptReport[]>([], keptReports);
}

export async function keptReports(db: ClientDb): Promise<readonly KeptReport[]> {
  const pins = (await db.pin.toArray()).toSorted((a, b) => a.doc.at - b.doc.at);
  const campaigns = new Set(pins.map(({ doc }) => doc.campaignId));
  return Promise.all([...campaigns].map((campaignId) => one(db, campaignId)));
}

async function one(db: ClientDb, campaignId: Id): Promise<KeptReport> {
  const [campaign, report, names] = await Promise.all([
    db.campaign.get(campaignId),
    db.report.get(campaignId),
    partNames(db, campaignId),
  ]);
  return {
    campaignId,
    name: campaign?.doc.name ?? null,
    recipients: report?.total ?? 0,
    asOf: report?.asOf ?? null,
    parts: names.length,
    allParts: 2 * (report?.blocks.length ?? 0),
    bytes: names.reduce((sum, { bytes }) => sum + bytes, 0),
    isComplete: report?.isComplete ?? false,
  };
}
