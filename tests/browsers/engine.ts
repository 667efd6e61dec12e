/** What the checks need of a browser, whichever way it is driven. */

/** A tab. */
export interface Tab {
  go(url: string): Promise<void>;
  /** Runs an expression in the page; its value must be plain. */
  run(expression: string): Promise<unknown>;
}

export interface Browser {
  readonly version: string;
  openTab(): Promise<Tab>;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Programs that must be there. */
  readonly programs: readonly string[];
  open(): Promise<Browser>;
}

/** Asks until it holds; says what it waited for when it does not. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`waited in vain for ${what}`);
}
