/** When and how to offer that the app is put on the home screen: after a first campaign, never at once. */
import { dayMs } from "#domain/core/time.ts";

const storageKey = "fieldcast.install.later";
const laterMs = 30 * dayMs;

/** Chromium's event, which the DOM types do not know. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

export class Install {
  #event: InstallEvent | null = $state.raw(null);
  #isPutOff = $state(false);
  #isInstalled = $state(false);
  readonly #isApple = isApplePhoneOrTablet();

  /** Listens from the start, because the browser offers only once; returns what stops it. */
  start(now: number): () => void {
    this.#isInstalled = matchMedia("(display-mode: standalone)").matches;
    this.#isPutOff = Number(localStorage.getItem(storageKey) ?? 0) > now;
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener("beforeinstallprompt", (event) => this.#stash(event), { signal });
    addEventListener("appinstalled", () => this.#installed(), { signal });
    return () => stop.abort();
  }

  /** `prompt`: the browser asks; `apple`: only a person can do it, by the share menu. */
  get way(): "prompt" | "apple" | null {
    if (this.#isInstalled || this.#isPutOff) return null;
    if (this.#event !== null) return "prompt";
    return this.#isApple ? "apple" : null;
  }

  async install(): Promise<void> {
    const event = this.#event;
    this.#event = null;
    await event?.prompt();
  }

  later(now: number): void {
    this.#isPutOff = true;
    localStorage.setItem(storageKey, String(now + laterMs));
  }

  #stash(event: Event): void {
    event.preventDefault();
    if (isInstallEvent(event)) this.#event = event;
  }

  #installed(): void {
    this.#isInstalled = true;
    // Installed apps are seldom refused; it protects the outbox from being cleared.
    void navigator.storage?.persist?.();
  }
}

function isInstallEvent(event: Event): event is InstallEvent {
  return "prompt" in event && typeof event.prompt === "function";
}

/** An iPad says that it is a Mac; a Mac has no touch screen. */
function isApplePhoneOrTablet(): boolean {
  return /iPhone|iPad/.test(navigator.userAgent) || isTouchMac();
}

function isTouchMac(): boolean {
  return navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1;
}
