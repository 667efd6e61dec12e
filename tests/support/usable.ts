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
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .exclude("iframe")
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  expect(found, name).toEqual([]);
}

/** Nothing of the page lies beside the screen. */
export async function expectFits(page: Page, name: string): Promise<void> {
  const hidden = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  // What follows the window's width does so a frame later.
  await expect.poll(hidden, `pixels beside a screen: ${name}`).toBeLessThanOrEqual(0);
}

async function turn(page: Page, direction: string): Promise<void> {
  await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
}
