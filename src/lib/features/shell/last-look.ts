/**
 * The pages that people begin with, as this device showed them last: the start page, the list of
 * campaigns, and the reports that were seen last. The page itself paints it before any part of the app has come
 * (app.html), and the app takes its place when it has the same to show: on a slow device that is a
 * second later. Only for the version that drew it, as another one has other styles.
 */

/** With the path: one page. */
const storageKey = "fieldcast.look";
/** Those that are kept, the last one first. */
const listKey = "fieldcast.looks";
/** All of them are read when the browser starts. */
const mostKept = 4;
/** Of the browser's five million; a longer page would slow down what it shall hasten. */
const mostChars = 300_000;
/** The icon of the installed app leads to the first; the others are campaigns, and what one came to. */
const beginnings = /^\/(campaigns(\/[\da-f-]{36})?)?$/;

/** `stamp`: another one when the page has other numbers to show. */
type Kept = readonly [path: string, stamp: string];

let complete: Promise<unknown> = Promise.resolve();
/** Parts of the page that are still to come. */
let coming = 0;

/** Whether a look at this page is kept: only as it opens, as its other parts may show addresses. */
export function isBeginning({ pathname, search }: Pick<URL, "pathname" | "search">): boolean {
  return search === "" && beginnings.test(pathname);
}

/** `frame`: the whole page as it stands. While a part of it comes, what was kept before stays. */
export function keepLook(path: string, stamp: string, frame: Element): void {
  if (coming > 0) return;
  const version = document.documentElement.dataset["version"];
  const html = firstSight(frame);
  const others = kept().filter(([other]) => other !== path);
  others.splice(mostKept - 1).forEach(drop);
  try {
    if (html.length > mostChars) throw new RangeError("too long to be kept");
    localStorage.setItem(listKey, JSON.stringify([[path, stamp], ...others]));
    localStorage.setItem(storageKey + path, JSON.stringify({ version, html }));
  } catch {
    // It would come late, or the storage is full: the next start begins with an empty page.
    drop([path, stamp]);
  }
}

/** Those whose numbers have moved since: nobody shall see older ones than the device has. */
export function forgetPast(stampOf: (path: string) => string): void {
  for (const each of kept()) if (stampOf(each[0]) !== each[1]) drop(each);
}

/** Nobody is signed in any more: the next one must not see it. */
export function forgetLook(): void {
  kept().forEach(drop);
  localStorage.removeItem(listKey);
  // As it was called while the start page was the only one.
  localStorage.removeItem(storageKey);
}

/** The page is drawn, and has as much to show as it had when this is there as well. */
export function lookUntil<T>(part: Promise<T>): Promise<T> {
  coming += 1;
  complete = Promise.allSettled([complete, part.finally(() => (coming -= 1))]);
  return part;
}

/** The app has drawn the page. */
export async function endLook(): Promise<void> {
  await complete;
  document.getElementById("last-look")?.remove();
}

function drop([path]: Kept): void {
  localStorage.removeItem(storageKey + path);
}

function kept(): Kept[] {
  return JSON.parse(localStorage.getItem(listKey) ?? "[]");
}

const cards = ".card, .cards > li";

/** Without the cards below the window: nobody sees them before the app has drawn them itself. */
function firstSight(frame: Element): string {
  const copy = document.createElement("template");
  copy.innerHTML = frame.outerHTML;
  const copies = copy.content.querySelectorAll(cards);
  const { top } = frame.getBoundingClientRect();
  frame.querySelectorAll(cards).forEach((card, n) => {
    if (card.getBoundingClientRect().top - top > innerHeight) copies[n]?.remove();
  });
  return copy.innerHTML;
}
