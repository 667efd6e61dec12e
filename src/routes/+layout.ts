import { preloadCode } from "$app/navigation";
import type { App } from "#lib/state/app-context.ts";

// One static shell for every address: pages are drawn on the device, from the device's own data.
export const ssr = false;
export const prerender = false;

/**
 * Opens the device's storage before the first page is drawn; a refusal is shown in words. The
 * storage and the sync come in a part of their own, beside the frame and not before it.
 */
export async function load(): Promise<{ app: App | null; failure: string | null }> {
  try {
    const { openApp } = await import("#lib/app.ts");
    const app = await openApp();
    // Nobody is in yet: the door comes while the server is asked which one it is.
    if (app.session.status === "loading") void preloadCode("/sign-in");
    return { app, failure: null };
  } catch (error) {
    return { app: null, failure: error instanceof Error ? error.message : String(error) };
  }
}
