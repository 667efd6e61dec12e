/** The reports that a person keeps offline, and how far each is on this device. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { partNames } from "../db/blocks.ts";
import type { ClientDb, StoredReport } from "../db/client-db.ts";
import { dropReport, usualBudget } from "../db/room.ts";
import { newId } from "../sync/new-id.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";
import { fetchOptionalParts } from "./optional-parts.ts";
import type { Writer } from "./writer.svelte.ts";

/** What this device has of one report. */
export interface OfflineReport {
  /** The person's pins of it; none: it is not pinned. */
  readonly pins: readonly Id[];
  /** When what is here was true at the server; null: nothing is here. */
  readonly asOf: Instant | null;
  /** Parts that are here, of all; a part is half a block. */
  readonly parts: number;
  readonly allParts: number;
  readonly bytes: number;
  /** Everything of one moment is here. */
  readonly isComplete: boolean;
}

export const notOffline: OfflineReport = {
  pins: [],
  asOf: null,
  parts: 0,
  allParts: 0,
  bytes: 0,
  isComplete: false,
};

/** Stored bytes of one recipient, measured: both parts, sealed, with a name and an address. */
const bytesEach = 90;

/** Whether a report of so many recipients may be pinned beside the others. */
export interface PinRoom {
  /** About what it takes on this device. */
  readonly bytes: number;
  /** What keeps it out: the device's limit of recipients or bytes, or the browser's quota. */
  readonly tooLarge: "recipients" | "bytes" | "quota" | null;
}

export interface PinsDeps {
  readonly device: Device;
  readonly writer: Writer;
}

export class PinsState {
  readonly #deps: PinsDeps;

  constructor(deps: PinsDeps) {
    this.#deps = deps;
  }

  /** For as long as a page shows it; give it back by `leave`. */
  watch(campaignId: Id): Live<OfflineReport> {
    return this.#deps.device.live<OfflineReport>(notOffline, (db) => reportOf(db, campaignId));
  }

  leave(watched: Live<OfflineReport>): void {
    this.#deps.device.detach(watched);
  }

  /** The rest of the report's screens is fetched with it, where data is dear too. */
  add(campaignId: Id): Promise<Result<Id, Refusal>> {
    const id = newId();
    if ("serviceWorker" in navigator) void fetchOptionalParts();
    return this.#deps.writer.write({ name: "pin.add", args: { id, campaignId } }, id);
  }

  /** On every device of the person; here its parts go at once. */
  async remove(campaignId: Id): Promise<Result<null, Refusal>> {
    const { device, writer } = this.#deps;
    const { db } = device;
    if (db === null) return { ok: true, value: null };
    for (const id of await pinsOf(db, campaignId)) {
      const done = await writer.write({ name: "pin.remove", args: { id } }, null);
      if (!done.ok && done.error.type !== "gone") return done;
    }
    await dropReport(db, campaignId);
    return { ok: true, value: null };
  }

  /** What it would take to keep a report of so many recipients, before anything is fetched. */
  async roomFor(campaignId: Id, recipients: number): Promise<PinRoom> {
    const { db } = this.#deps.device;
    const bytes = recipients * bytesEach;
    const others = db === null ? [] : await pinnedReports(db, campaignId);
    const sum = (of: (report: StoredReport) => number) =>
      others.reduce((total, report) => total + of(report), 0);
    const { pinnedBytes, pinnedRecipients } = usualBudget;
    if (recipients + sum(({ total }) => total) > pinnedRecipients) {
      return { bytes, tooLarge: "recipients" };
    }
    if (bytes + sum((report) => report.bytes) > pinnedBytes) return { bytes, tooLarge: "bytes" };
    // Missing in some browsers on plain http.
    const storage: StorageManager | undefined = navigator.storage;
    const { quota, usage } = (await storage?.estimate?.()) ?? {};
    const isFull = quota !== undefined && (usage ?? 0) + bytes > quota * usualBudget.quotaShare;
    return { bytes, tooLarge: isFull ? "quota" : null };
  }
}

async function reportOf(db: ClientDb, campaignId: Id): Promise<OfflineReport> {
  const [pins, report, names] = await Promise.all([
    pinsOf(db, campaignId),
    db.report.get(campaignId),
    partNames(db, campaignId),
  ]);
  if (report === undefined) return { ...notOffline, pins };
  return {
    pins,
    asOf: report.asOf,
    parts: names.length,
    allParts: 2 * report.blocks.length,
    bytes: names.reduce((sum, { bytes }) => sum + bytes, 0),
    isComplete: report.isComplete,
  };
}

async function pinsOf(db: ClientDb, campaignId: Id): Promise<readonly Id[]> {
  const pins = await db.pin.filter(({ doc }) => doc.campaignId === campaignId).toArray();
  return pins.map(({ id }) => id);
}

async function pinnedReports(db: ClientDb, but: Id): Promise<readonly StoredReport[]> {
  const pins = await db.pin.toArray();
  const ids = [...new Set(pins.map(({ doc }) => doc.campaignId))].filter((id) => id !== but);
  return (await db.report.bulkGet(ids)).filter((report) => report !== undefined);
}
