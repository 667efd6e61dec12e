import { createContext } from "svelte";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

/** Reading out the state of things more often than this would talk over the person. */
const quietMs = 10_000;

/**
 * Short messages at the edge of the screen, and the one voice of the app: every spoken line goes
 * through the same polite region.
 */
export class Toaster {
  toasts = $state.raw<readonly Toast[]>([]);
  /** What the live region says. */
  spoken = $state("");
  #next = 1;
  #lastSaid = -quietMs;
  #later: ReturnType<typeof setTimeout> | undefined;

  /** Shows and speaks a message; with an act, it stays ten seconds, long enough to undo. */
  show(text: string, action: Toast["action"] = null): void {
    const toast = { id: this.#next++, text, action };
    this.toasts = [...this.toasts.slice(-2), toast];
    this.spoken = text;
    setTimeout(() => this.dismiss(toast.id), action === null ? 5_000 : 10_000);
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  /** Speaks without showing, at most once in ten seconds: the last state wins. */
  say(text: string): void {
    clearTimeout(this.#later);
    const waitMs = Math.max(0, this.#lastSaid + quietMs - performance.now());
    this.#later = setTimeout(() => {
      this.#lastSaid = performance.now();
      this.spoken = text;
    }, waitMs);
  }
}

export const [getToaster, setToaster] = createContext<Toaster>();
