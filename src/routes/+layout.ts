import { openApp } from "#lib/app.ts";
import type { LayoutLoad } from "./$types";

// One static shell for every address: pages are drawn on the device, from the device's own data.
export const ssr = false;
export const prerender = false;

/** Opens the device's storage before the first page is drawn; a refusal is shown in words. */
export const load: LayoutLoad = async () => {
  try {
    return { app: await openApp(), failure: null };
  } catch (error) {
    return { app: null, failure: error instanceof Error ? error.message : String(error) };
  }
};
