// What every page has to keep: axe finds nothing in any colours, and no part is beyond the window.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const desktop = { width: 1280, height: 720 };

/** The ways in which a page is shown. `rules`: those of axe that can fail; all rules if they are absent. */
const modes = [
  { name: "light", media: { colorScheme: "light", forcedColors: "none" }, size: desktop },
  // The elements are those of the light theme.
  {
    name: "dark",
    media: { colorScheme: "dark", forcedColors: "none" },
    size: desktop,
    rules: ["color-contrast", "link-in-text-block"],
  },
  // A window of 1,280 by 800 pixels at 200 %.
  {
    name: "forced colours at 200 %",
    media: { colorScheme: "light", forcedColors: "active" },
    size: { width: 640, height: 400 },
  },
] as const;

/** Checks the open page, or its open dialog, in all modes and on a phone. Reports all findings at once. */
export async function expectAccessible(page: Page, place: string): Promise<void> {
  const dialog = (await page.locator("dialog[open]").count()) > 0;
  for (const mode of modes) {
    await page.emulateMedia({ ...mode.media, reducedMotion: "reduce" });
    await page.setViewportSize(mode.size);
    const found = await axeFindings(page, dialog ? "dialog[open]" : null, "rules" in mode ? [...mode.rules] : []);
    expect.soft(found, `${place}: ${mode.name}`).toEqual([]);
    expect.soft(await overflow(page), `${place} is as wide as the window: ${mode.name}`).toBe(0);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
  await page.setViewportSize({ width: 360, height: 740 });
  // The layout follows the new size after the next frame.
  const fits = expect.configure({ soft: true });
  await fits.poll(() => overflow(page), { message: `${place} on a phone` }).toBe(0);
  expect.soft(await tablesCut(page), `${place} on a phone`).toEqual([]);
  await page.setViewportSize(desktop);
}

/** Returns the findings of axe in the page, or in one of its elements, by these rules, or by all without one. */
async function axeFindings(page: Page, element: string | null, rules: string[]): Promise<string[]> {
  await transitionsEnd(page);
  // Pages have no frames, so axe needs no window of its own.
  let axe = new AxeBuilder({ page }).setLegacyMode();
  if (element) axe = axe.include(element);
  if (rules.length > 0) axe = axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Checks that axe finds nothing in the open page as it is shown now. The page has to be loaded. */
export async function expectNoFindings(page: Page): Promise<void> {
  expect(await axeFindings(page, null, [])).toEqual([]);
}

/** Waits until all colours are those of the present mode: a transition begins with the frame after a change. */
async function transitionsEnd(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map((transition) => transition.finished));
  });
}

/** Returns the CSS pixels by which a page is wider than the window. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Returns the tables with a part that is neither visible nor reachable by scrolling. */
async function tablesCut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".table-box:not([tabindex])")]
      .filter((box) => box.firstElementChild!.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "auto")
      .map((box) => box.querySelector("caption")?.textContent ?? ""),
  );
}
