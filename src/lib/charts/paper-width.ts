/** A plot is drawn for paper as wide as it will stand there, so that its words are as large as others. */
import { flushSync } from "svelte";

const paperWidth = 640;

/** Answers what ends it. */
export function fitPaper(read: () => number, write: (width: number) => void): () => void {
  let onScreen = 0;
  const change = (event: Event): void => {
    // Whoever takes pictures for a file says so, too, but is no printer.
    if (!event.isTrusted) return;
    const isNow = event.type === "beforeprint";
    if (isNow) onScreen = read();
    write(isNow ? Math.min(onScreen, paperWidth) : onScreen);
    flushSync();
  };
  addEventListener("beforeprint", change);
  addEventListener("afterprint", change);
  return () => {
    removeEventListener("beforeprint", change);
    removeEventListener("afterprint", change);
  };
}
