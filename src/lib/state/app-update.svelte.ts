import { Workbox } from "workbox-window";

const checkEveryMs = 60 * 60 * 1000;

/**
 * Keeps the service worker registered and says when a newer app is ready. It never reloads by
 * itself: `accept` does, in every open tab, when the person says so.
 */
export class AppUpdate {
  isReady = $state(false);
  readonly #workbox = new Workbox("/service-worker.js");

  /** Registers the service worker; returns what stops the checks for updates. */
  start(): () => void {
    this.#workbox.addEventListener("waiting", () => (this.isReady = true));
    this.#workbox.addEventListener("controlling", (event) => {
      if (event.isUpdate) location.reload();
    });
    void this.#workbox.register();

    // Navigations inside the app never make the browser look for an update.
    const timer = setInterval(this.#check, checkEveryMs);
    document.addEventListener("visibilitychange", this.#check);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", this.#check);
    };
  }

  accept(): void {
    this.#workbox.messageSkipWaiting();
  }

  readonly #check = (): void => {
    // Offline, the check fails; the next one will do.
    if (document.visibilityState === "visible") this.#workbox.update().catch(() => undefined);
  };
}
