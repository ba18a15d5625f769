import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, type Shop } from "./fixture";

/** Creates data and returns the addresses of all pages. */
async function addresses(shop: Shop): Promise<string[]> {
  const item = await shop.item({ category: "Lighting", description: "A lamp." });
  await shop.block(item, 2);
  const order = await shop.order([[item, 1]]);
  return [
    "/",
    "/categories",
    "/categories/Lighting",
    "/items",
    "/items?q=nothing-has-this-name",
    `/items/${item.id}`,
    "/blocks",
    "/orders",
    "/orders/new",
    `/orders/${order.id}`,
    "/warehouses",
    "/warehouses/1",
    "/blocks?state=ended",
  ];
}

test("the navigation marks the current section, and moves the focus to its content", async ({ page, visit }) => {
  await visit("/");
  const navigation = page.getByRole("navigation", { name: "Main" });
  for (const name of ["Categories", "Items", "Blocks", "Orders", "Warehouses", "Overview"]) {
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
  await expect(account.getByRole("link")).toHaveText("Local admin, no sign-in");
  await account.getByRole("link").click();
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

async function sidewaysScroll(page: Page): Promise<number> {
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

test("no page scrolls horizontally on a phone", async ({ page, shop, visit }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const address of await addresses(shop)) {
    await visit(address);
    expect(await sidewaysScroll(page), address).toBe(0);
    expect(await tablesCut(page), address).toEqual([]);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds no violations in the ${colorScheme} theme`, async ({ page, shop, visit }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const address of await addresses(shop)) {
      await visit(address);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      expect(found, address).toEqual([]);
    }
  });
}
