/** Composition root: opens the device's database, starts syncing, and gives both to the pages. */
import type { App } from "./state/app-context.ts";

export { getApp, setAppContext, type App } from "./state/app-context.ts";

/** Needs no network: whoever was signed in last sees their data at once. */
export function openApp(): Promise<App> {
  return Promise.reject(new Error("the app is not assembled yet"));
}
