import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, row, test, unique, type Shop } from "./fixture";

/** An address of every page, with content on each. */
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
    "/import",
    "/blocks?state=ended",
  ];
}

test("the navigation shows where one is, and moves the focus there", async ({ page, visit }) => {
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

test("the keyboard skips to the content", async ({ page, visit }) => {
  await visit("/items");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Download CSV" })).toBeFocused();
});

test("an address that leads nowhere says so, with its status", async ({ request }) => {
  const response = await request.get("/no/such/page");
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain("Nothing is at this address.");
});

test("the chosen colours are there from the first byte", async ({ page, visit }) => {
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

/** The tables of which a part is out of sight, and can't be scrolled to. */
async function tablesCut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".table-box:not([tabindex])")]
      .filter((box) => box.firstElementChild!.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "auto")
      .map((box) => box.querySelector("caption")?.textContent ?? ""),
  );
}

test("no page scrolls sideways on a phone", async ({ page, shop, visit }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const address of await addresses(shop)) {
    await visit(address);
    expect(await sidewaysScroll(page), address).toBe(0);
    expect(await tablesCut(page), address).toEqual([]);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in ${colorScheme} colours`, async ({ page, shop, visit }) => {
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

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the pages read, and the search works", async ({ page, shop }) => {
    const item = await shop.item();
    await page.goto("/items");
    await page.getByRole("searchbox", { name: "Search items by name" }).fill(item.name);
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByRole("rowheader")).toHaveText([item.name]);
    await page.getByRole("link", { name: item.name }).click();
    await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
  });

  test("forms post, and tell what came of it", async ({ page, shop }) => {
    const item = await shop.item({ quantity: 6 });
    await page.goto(`/items/${item.id}`);
    await page.getByRole("link", { name: "Block units" }).click();
    const dialog = page.getByRole("dialog", { name: "Block units" });
    await dialog.getByLabel("Units").fill("2");
    await dialog.getByRole("button", { name: "Block units" }).click();
    await expect(page).toHaveURL(new RegExp(`/items/${item.id}$`));
    await expect(page.getByText("Done.")).toBeVisible();
    await expect(page.getByRole("definition").first()).toHaveText("4");

    await page.getByRole("link", { name: "Block units" }).click();
    await dialog.getByLabel("Units").fill("9");
    await dialog.getByRole("button", { name: "Block units" }).click();
    await expect(page.getByText(/Too few units are available/)).toBeVisible();
    await expect(page.getByRole("definition").first()).toHaveText("4");
  });

  test("units are received, a block is confirmed, an order allocated and cancelled", async ({ page, shop }) => {
    const warehouse = await shop.warehouse();
    const item = await shop.item({ quantity: 6, warehouseId: warehouse.id });
    await page.goto(`/items/${item.id}`);
    await page.getByRole("link", { name: "Receive units" }).click();
    const receive = page.getByRole("dialog", { name: "Receive units" });
    await receive.getByLabel("Units").fill("4");
    await receive.getByLabel("Warehouse").selectOption({ label: `${warehouse.code} · ${warehouse.name}` });
    await receive.getByLabel("Reason").fill("Delivery");
    await receive.getByRole("button", { name: "Receive units" }).click();
    await expect(page.getByText("Done.")).toBeVisible();
    await expect(page.getByRole("definition").first()).toHaveText("10");

    const { blockId } = await shop.block(item, 3);
    await page.goto(`/blocks?item=${item.id}`);
    await page.getByRole("button", { name: `Extend block ${blockId}` }).click();
    await expect(page.getByText("Done.")).toBeVisible();
    await page.getByRole("button", { name: `Confirm block ${blockId}` }).click();
    await expect(page.getByRole("button", { name: `Confirm block ${blockId}` })).toBeHidden();
    await expect(page.getByText("Permanent", { exact: true }).last()).toBeVisible();

    const order = await shop.order([[item, 2]]);
    await page.goto(`/orders/${order.id}`);
    await page.getByRole("button", { name: `Allocate from ${warehouse.code}` }).click();
    await expect(page.getByText(`taken out of ${warehouse.code}`)).toBeVisible();
    await page.getByRole("link", { name: "Cancel order" }).click();
    await page.getByRole("button", { name: "Cancel this order" }).click();
    await expect(page.getByText(`went back to ${warehouse.code}`)).toBeVisible();
  });

  test("units are written off and moved", async ({ page, shop }) => {
    const [near, far] = [await shop.warehouse(), await shop.warehouse()];
    const item = await shop.item({ quantity: 6, warehouseId: near.id });
    await shop.stock(item, far, 1);
    await page.goto(`/items/${item.id}`);
    await page.getByRole("button", { name: `Write off in ${near.code}` }).click();
    const writeOff = page.getByRole("dialog", { name: "Write off units" });
    await expect(writeOff.getByLabel("Warehouse")).toHaveValue(String(near.id));
    await writeOff.getByLabel("Units").fill("2");
    await writeOff.getByLabel("Reason").fill("Water damage");
    await writeOff.getByRole("button", { name: "Write off units" }).click();
    await expect(page.getByText("Done.")).toBeVisible();
    await expect(page.getByRole("definition").first()).toHaveText("5");

    await page.getByRole("button", { name: `Move in ${near.code}` }).click();
    const move = page.getByRole("dialog", { name: `Move units out of ${near.code}` });
    await move.getByLabel("Units").fill("3");
    await move.getByLabel("To warehouse").selectOption({ label: `${far.code} · ${far.name}` });
    await move.getByLabel("Reason").fill("Nearer to the buyers");
    await move.getByRole("button", { name: "Move units" }).click();
    await expect(page.getByText("Done.")).toBeVisible();
    const levels = page.getByRole("table", { name: "Stock by warehouse" });
    await expect(row(levels, near.code).getByRole("cell").first()).toHaveText("1");
    await expect(row(levels, far.code).getByRole("cell").first()).toHaveText("4");
  });

  test("a dialog is closed without doing anything", async ({ page, shop }) => {
    const item = await shop.item({ quantity: 6 });
    for (const close of ["Close", "Cancel"]) {
      await page.goto(`/items/${item.id}?do=place`);
      const dialog = page.getByRole("dialog", { name: "Block units" });
      await dialog.getByRole("button", { name: close }).click();
      await expect(dialog).toBeHidden();
      await expect(page.getByRole("definition").first()).toHaveText("6");
    }
  });

  test("a category is renamed, and one is led to its new name", async ({ page, shop }) => {
    const [before, after] = [unique("Audio / Video & 100%"), unique("Sound & Vision")];
    const item = await shop.item({ category: before });
    await page.goto("/categories");
    await page.getByRole("button", { name: `Rename ${before}` }).click();
    await expect(page.getByRole("dialog", { name: `Rename ${before}` })).toBeVisible();

    await page.goto(`/categories/${encodeURIComponent(before)}`);
    await page.getByRole("link", { name: "Rename or merge" }).click();
    const dialog = page.getByRole("dialog", { name: `Rename ${before}` });
    await expect(dialog.getByLabel("New name")).toHaveValue(before);
    await dialog.getByLabel("New name").fill(after);
    await dialog.getByRole("button", { name: "Rename category" }).click();
    await expect(page.getByText("Done.")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: after })).toBeVisible();
    await expect(page.getByRole("rowheader")).toHaveText([item.name]);
  });

  test("an order is written: items are found, added, counted and taken away", async ({ page, shop }) => {
    const word = unique("Lantern").replaceAll(" ", "");
    const red = await shop.item({ name: `${word} red` });
    const green = await shop.item({ name: `${word} green` });
    await page.goto("/orders/new");
    await expect(page.getByRole("button", { name: "Create order" })).toBeDisabled();
    const reference = unique("WEB");
    await page.getByLabel("Reference").fill(reference);
    await page.getByRole("combobox", { name: "Add an item" }).fill(word);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `Add ${red.name}` }).click();
    await page.getByLabel(`Quantity of ${red.name}`).fill("3");
    // What is in the order is not offered again, and what was typed stays.
    await expect(page.getByRole("button", { name: `Add ${red.name}` })).toBeHidden();
    await page.getByRole("button", { name: `Add ${green.name}` }).click();
    await expect(page.getByLabel(`Quantity of ${red.name}`)).toHaveValue("3");
    await expect(page.getByLabel(`Quantity of ${green.name}`)).toHaveValue("1");
    await page.getByRole("button", { name: `Remove ${green.name}` }).click();
    await expect(page.getByLabel(`Quantity of ${green.name}`)).toBeHidden();
    await page.getByRole("combobox", { name: "Add an item" }).fill(unique("Nothing"));
    await page.getByRole("button", { name: "Find items" }).click();
    await expect(page.getByText("No other item has these words")).toBeVisible();
    await page.getByLabel(`Quantity of ${red.name}`).fill("4");
    await page.getByRole("button", { name: "Create order" }).click();
    await expect(page.getByRole("heading", { level: 1, name: reference })).toBeVisible();
    const lines = page.getByRole("table", { name: "Lines of this order" });
    await expect(lines.getByRole("row")).toHaveCount(2);
    await expect(row(lines, red.name)).toContainText("4");
  });
});
