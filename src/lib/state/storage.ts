/** What the browser tells of its storage. Parts of it are missing in some browsers. */
import type { StorageUse } from "./sync.svelte.ts";

export async function readStorage(): Promise<StorageUse> {
  // Missing in some browsers on plain http.
  const storage: StorageManager | undefined = navigator.storage;
  const estimate = await storage?.estimate?.();
  const persisted = (await storage?.persisted?.()) ?? false;
  return { usage: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted };
}

let hasAsked = false;

/** Asks the browser once not to clear what is kept; after the first change that exists only here. */
export async function askToPersist(): Promise<void> {
  if (hasAsked) return;
  hasAsked = true;
  const storage: StorageManager | undefined = navigator.storage;
  const isPersisted = (await storage?.persisted?.()) ?? false;
  if (!isPersisted) await storage?.persist?.();
}

/** A number on the app's icon; where there is none, nothing. */
export function showBadge(count: number): void {
  if (!("setAppBadge" in navigator)) return;
  const done = count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count);
  // Refused without leave for notifications on some systems: the app bar shows the count anyway.
  done.catch(() => undefined);
}
