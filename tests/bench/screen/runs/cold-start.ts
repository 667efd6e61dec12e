/** A start of the app in a browser that was just started itself: when something is on the screen. */
import { number, object, parse, type InferOutput } from "valibot";
import { openProfile, slowDown } from "./profile.ts";

/** What is looked for on a page. */
export interface Sought {
  readonly path: string;
  readonly selector: string;
  readonly text: string;
}

/** When it was painted, ms after the navigation began: by anybody, and by the app itself. */
const Seen = object({ first: number(), drawn: number() });
export type Seen = InferOutput<typeof Seen>;

/** A browser that starts with what it kept, and one page in it; its processor so many times slower. */
export async function coldStart(
  profile: string,
  url: string,
  sought: Sought,
  slowdown: number,
): Promise<Seen> {
  const context = await openProfile(profile);
  try {
    const page = await context.newPage();
    await slowDown(page, slowdown);
    await page.addInitScript(watch, sought);
    // Asked in any other way, the page would be at work for the question.
    const told = page.waitForEvent("console", (entry) => entry.text().startsWith('{"first"'));
    await page.goto(`${url}${sought.path}`);
    const { first, drawn } = parse(Seen, JSON.parse((await told).text()));
    return { first: Math.round(first), drawn: Math.round(drawn) };
  } finally {
    await context.close();
  }
}

/** Runs in the page, before anything of it: tells when what is sought was painted. */
function watch({ selector, text }: Sought): void {
  let first = 0;
  const look = (): void => {
    const isThere = [...document.querySelectorAll(selector)].some(
      ({ textContent }) => textContent.trim() === text,
    );
    if (!isThere) {
      requestAnimationFrame(look);
      return;
    }
    const isDrawn = document.getElementById("last-look") === null;
    // What is there now is on the screen when the next frame begins.
    requestAnimationFrame((at) => {
      if (first === 0) first = at;
      if (isDrawn) console.log(JSON.stringify({ first, drawn: at }));
      else look();
    });
  };
  look();
}
