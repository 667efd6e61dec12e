// Whether anything keeps anybody from using a page: in every width, theme and direction.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

type Look = readonly [width: number, theme: "light" | "dark", direction: "ltr" | "rtl"];

/** Each pair of two of them: what goes wrong needs two, and each look costs a second. */
const looks: readonly Look[] = [
  [1280, "light", "ltr"],
  [820, "dark", "ltr"],
  [360, "light", "ltr"],
  [360, "dark", "rtl"],
  [820, "light", "rtl"],
  [1280, "dark", "rtl"],
];

/** As it stands now: nothing needs scrolling sideways, and axe finds nothing. */
export async function expectUsable(page: Page): Promise<void> {
  await expect(page.getByRole("heading").first()).toBeVisible();
  const own = await page.evaluate(() => document.documentElement.dir);
  for (const [width, colorScheme, direction] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await turn(page, direction);
    await expectFits(page, `${direction}, ${width} wide`);
    await expectNothingFound(page, `${colorScheme}, ${direction}, ${width} wide`);
  }
  await turn(page, own);
}

/** Without a page of another size, theme or direction: as it is. */
export async function expectNothingFound(page: Page, name: string): Promise<void> {
  // Without frames: the preview's sandbox lets no script in.
  const axe = axeOf(page)
    .setLegacyMode(true)
    .exclude("iframe")
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]);
  await untilStill(page);
  expect(await violationsOf(axe), name).toEqual([]);
}

/** As it is, also by those rules of axe that are of no standard. */
export async function expectAccessible(page: Page): Promise<void> {
  // Frames are looked at by way of an empty page beside it, which takes as long again.
  const isAlone = page.frames().length === 1;
  await untilStill(page);
  expect(await violationsOf(axeOf(page).setLegacyMode(isAlone))).toEqual([]);
}

/** As it stands now, in light and dark: it fits each width, and axe finds nothing. */
export async function expectFitsAll(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 820, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expectFits(page, `${colorScheme}, ${width} wide`);
    }
    await expectAccessible(page);
  }
}

/** Nothing of the page lies beside the screen. */
export async function expectFits(page: Page, name: string): Promise<void> {
  const hidden = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  // What follows the window's width does so a frame later.
  await expect.poll(hidden, `pixels beside a screen: ${name}`).toBeLessThanOrEqual(0);
}

/** Colours on their way to others, of another theme or of a button that may be pressed now, are of neither. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}

/** What it finds is all that is told: to describe each element that is well takes it twice as long. */
function axeOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
}

async function violationsOf(axe: AxeBuilder): Promise<readonly (readonly string[])[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}

async function turn(page: Page, direction: string): Promise<void> {
  await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
}
