/**
 * The page that the app starts with, as this device showed it last. The page itself paints it
 * before any part of the app has come (app.html), and the app takes its place when it has the
 * same to show: on a slow device that is a second later. Only for the version that drew it, as
 * another one has other styles.
 */

const storageKey = "fieldcast.look";
/** The icon of the installed app leads here. */
const startPath = "/";
/** Of the browser's five million; a longer page would slow down what it shall hasten. */
const mostChars = 300_000;

export function isStart(path: string): boolean {
  return path === startPath;
}

/** `frame`: the whole page as it stands, with everything that it has to show. */
export function keepLook(frame: Element): void {
  const version = document.documentElement.dataset["version"];
  const html = frame.outerHTML;
  if (html.length > mostChars) return forgetLook();
  try {
    localStorage.setItem(storageKey, JSON.stringify({ path: startPath, version, html }));
  } catch {
    // The browser's storage is full: the next start begins with an empty page.
    forgetLook();
  }
}

/** Nobody is signed in any more: the next one must not see it. */
export function forgetLook(): void {
  localStorage.removeItem(storageKey);
}

/** The app has drawn the page. */
export function endLook(): void {
  document.getElementById("last-look")?.remove();
}
