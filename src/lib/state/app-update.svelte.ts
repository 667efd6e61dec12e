import type { Workbox } from "workbox-window";
import { fetchOptionalParts } from "./optional-parts.ts";

const checkEveryMs = 60 * 60 * 1000;
/** The first page and the first sync are done by then, on a slow network too. */
const optionalAfterMs = 10 * 1000;

/**
 * Keeps the service worker registered and says when a newer app is ready. It never reloads by
 * itself: `accept` does, in every open tab, when the person says so.
 */
export class AppUpdate {
  isReady = $state(false);
  #workbox: Workbox | null = null;

  /** Registers the service worker; returns what stops the checks for updates. */
  start(): () => void {
    void this.#register();
    // Navigations inside the app never make the browser look for an update.
    const timer = setInterval(this.#check, checkEveryMs);
    document.addEventListener("visibilitychange", this.#check);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", this.#check);
    };
  }

  accept(): void {
    this.#workbox?.messageSkipWaiting();
  }

  async #register(): Promise<void> {
    // The page does not wait for it: what it registers is for the next start.
    const { Workbox } = await import("workbox-window");
    const workbox = new Workbox("/service-worker.js");
    this.#workbox = workbox;
    workbox.addEventListener("waiting", () => (this.isReady = true));
    workbox.addEventListener("controlling", (event) => {
      if (event.isUpdate) location.reload();
    });
    const registration = await workbox.register();
    claimPage(registration);
    cacheOptional();
  }

  readonly #check = (): void => {
    // Offline, the check fails; the next one will do.
    if (document.visibilityState === "visible") this.#workbox?.update().catch(() => undefined);
  };
}

/**
 * A page that loaded while the worker was being installed, or was reloaded past the cache, has no
 * controller although one is active: what it fetches later would fail offline. It asks for it.
 */
function claimPage(registration: ServiceWorkerRegistration | undefined): void {
  if (navigator.serviceWorker.controller !== null) return;
  registration?.active?.postMessage({ type: "CLAIM_CLIENTS" });
}

/** What few people need is fetched when nothing else is to be done, and not where data is dear. */
function cacheOptional(): void {
  const { connection } = navigator as Navigator & { connection?: { readonly saveData?: boolean } };
  if (connection?.saveData === true) return;
  setTimeout(() => void fetchOptionalParts(), optionalAfterMs);
  // Whoever leaves sooner may come back where there is no network.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void fetchOptionalParts();
  });
}
