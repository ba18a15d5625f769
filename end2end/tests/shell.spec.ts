import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture";
import { hydratedPages, open, overflow, serverPages } from "./pages";

test("the navigation marks the current section, and moves the focus to its content", async ({ page, visit }) => {
  await visit("/");
  const navigation = page.getByRole("navigation", { name: "Sections" });
  for (const name of ["Categories", "Items", "Holds", "Orders", "Warehouses", "Overview"]) {
    await navigation.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page).toHaveTitle(`${name} · Stockhold`);
    await expect(navigation.locator("[aria-current=page]")).toHaveText(name);
    await expect(page.getByRole("main")).toBeFocused();
  }
});

test("the skip link leads to the content", async ({ page, visit }) => {
  await visit("/items");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Download CSV" })).toBeFocused();
});

test("every page states that no sign-in is needed", async ({ page, visit }) => {
  await visit("/items");
  const account = page.getByRole("complementary", { name: "Account" });
  await expect(account.getByRole("link").first()).toHaveText("Local admin, no sign-in");
  await account.getByRole("link").first().click();
  await expect(page.getByRole("main")).toContainText("everyone on this machine is an administrator");
});

test("an unknown address returns status 404 and an explanation", async ({ request }) => {
  const response = await request.get("/no/such/page");
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain("There is no page at this address.");
});

test("the server renders the chosen theme", async ({ page, visit }) => {
  await visit("/");
  await page.getByLabel("Dark theme").check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get("/items")).text();
  expect(html).toContain('data-theme="dark"');
  await page.reload();
  await expect(page.getByLabel("Dark theme")).toBeChecked();
});

/** Returns the tables with a part that is neither visible nor reachable by scrolling. */
async function tablesCut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".table-box:not([tabindex])")]
      .filter((box) => box.firstElementChild!.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "auto")
      .map((box) => box.querySelector("caption")?.textContent ?? ""),
  );
}

test("no page scrolls horizontally on a phone", async ({ page, shop, request }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 360, height: 740 });
  for (const address of [...(await hydratedPages(shop)), ...(await serverPages(shop, request))]) {
    await open(page, address);
    expect.soft(await overflow(page), address).toBe(0);
    expect.soft(await tablesCut(page), address).toEqual([]);
  }
});

/** Runs axe on each page, and checks that no part is beyond the window. Reports all findings at once. */
async function expectAccessible(page: Page, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    await open(page, address);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect.soft(found, address).toEqual([]);
    expect.soft(await overflow(page), `${address} is as wide as the window`).toBe(0);
  }
}

test("axe finds no violations in the light theme", async ({ page, shop, request }) => {
  test.setTimeout(360_000);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await expectAccessible(page, [...(await hydratedPages(shop)), ...(await serverPages(shop, request))]);
});

test("axe finds no violations in the dark theme", async ({ page, shop }) => {
  test.setTimeout(360_000);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectAccessible(page, await hydratedPages(shop));
});

test("axe finds no violations in forced colours at 200 %, and no page is cut", async ({ page, shop, request }) => {
  test.setTimeout(360_000);
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  // A window of 1,280 by 800 pixels at 200 %.
  await page.setViewportSize({ width: 640, height: 400 });
  await expectAccessible(page, [...(await hydratedPages(shop)), ...(await serverPages(shop, request))]);
});
