// Going through the app without a pointer, as somebody who sees where the focus is.
import { expect, type Locator, type Page } from "@playwright/test";

/** Tab, and Tab again, until the focus is there; every stop on the way is seen. */
export async function tabTo(
  page: Page,
  wanted: Locator,
  key: "Tab" | "Shift+Tab" = "Tab",
): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let presses = 0; presses < 90; presses++) {
    await page.keyboard.press(key);
    await expectFocusSeen(page);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${key} does not reach ${wanted.toString()}`);
}

/** WCAG 2.4.7 and 2.4.11: what has the focus shows it, and nothing hides all of it. */
export async function expectFocusSeen(page: Page): Promise<void> {
  // A browser scrolls to the focus a frame or two after it moved.
  await expect.poll(() => page.evaluate(troubleOfFocus)).toBe("");
}

/** Runs in the page: "" where all is well, or nothing has the focus. */
function troubleOfFocus(): string {
  const element = document.activeElement;
  if (element === null || element === document.body) return "";
  const name = element.outerHTML.slice(0, 160);
  // A chip or a row may show it for what is inside of it.
  const around = element.parentElement?.closest("label, li, tr, article, div") ?? element;
  const isMarked = [element, around].some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
  });
  if (!isMarked) return `does not show its focus: ${name}`;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const found = [0.5, 0.1, 0.9].map((share) =>
    document.elementFromPoint(left + (right - left) * share, top + (bottom - top) * share),
  );
  const isSeen = found.some((each) => element.contains(each) || each?.contains(element) === true);
  const over = found[0]?.outerHTML.slice(0, 160) ?? "the edge of the screen";
  return isSeen ? "" : `has the focus below ${over}: ${name}`;
}
