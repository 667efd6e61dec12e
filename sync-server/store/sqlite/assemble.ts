/** Makes the whole store out of a way to run its operations. */
import type { HeldReads, Moved, Store, StoreLoad } from "../store.ts";
import { toPart, type Run } from "./operation.ts";
import { parts } from "./parts.ts";

export interface Backing {
  readonly run: Run;
  readonly onMove: (listener: (moved: readonly Moved[]) => void) => () => void;
  /** Left out where nothing ever waits. */
  readonly load?: () => StoreLoad;
  /** Left out where nobody writes besides whoever reads: its own reads do. */
  readonly hold?: () => Promise<HeldReads>;
  readonly close: () => Promise<void>;
}

const idle: StoreLoad = { writes: 0, reads: 0 };

export function assemble({ run, onMove, load, hold, close }: Backing): Store {
  const reports = toPart("reports", parts.reports, run);
  const sync = toPart("sync", parts.sync, run);
  return {
    access: toPart("access", parts.access, run),
    admin: toPart("admin", parts.admin, run),
    bounces: toPart("bounces", parts.bounces, run),
    budgets: toPart("budgets", parts.budgets, run),
    codes: toPart("codes", parts.codes, run),
    contacts: toPart("contacts", parts.contacts, run),
    delivery: toPart("delivery", parts.delivery, run),
    devices: toPart("devices", parts.devices, run),
    limits: toPart("limits", parts.limits, run),
    links: toPart("links", parts.links, run),
    notices: toPart("notices", parts.notices, run),
    preflight: toPart("preflight", parts.preflight, run),
    reports,
    signUps: toPart("signUps", parts.signUps, run),
    subscriptions: toPart("subscriptions", parts.subscriptions, run),
    sync,
    onMove,
    load: load ?? (() => idle),
    hold: hold ?? (async () => ({ reports, sync, close: async () => undefined })),
    close,
  };
}

/** A set of listeners, and the calling of them. */
export function createListeners(): {
  readonly onMove: Backing["onMove"];
  readonly tell: (moved: readonly Moved[]) => void;
} {
  const listeners = new Set<(moved: readonly Moved[]) => void>();
  return {
    onMove: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (moved) => {
      if (moved.length === 0) return;
      for (const listener of listeners) listener(moved);
    },
  };
}
