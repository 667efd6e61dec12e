/** When the page has drawn what this device has: only then comes what needs the network. */

export interface Drawing {
  readonly drawn: Promise<void>;
  /** The page is in the document: the next frame shows it. */
  readonly begin: () => void;
}

/** A page that failed to draw, or that nobody sees, syncs all the same. */
const patienceMs = 2_000;

export function awaitDrawing(): Drawing {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, patienceMs);
  return {
    drawn: promise,
    begin: () => {
      requestAnimationFrame(() => setTimeout(resolve, 0));
    },
  };
}
