// Search, scanner, missing pages, lists and saved views.
import { expect, hydrated, row, scan, test, toast, unique } from "./fixture";

test("the palette finds orders, holds and warehouses, and keeps the chosen option", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  const reference = unique("WEB").replace(" ", "-");
  const order = await shop.order([[item, 2]], reference);
  const { blockId } = await shop.block(item, 1);
  const warehouse = await shop.warehouse();
  await visit("/");
  const palette = page.getByRole("dialog", { name: "Search or run a command" });

  await page.keyboard.press("Control+k");
  await page.keyboard.type(reference);
  await expect(palette.getByRole("option", { name: `Order ${order.id} · ${reference}` })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/orders/${order.id}$`));

  await page.keyboard.press("Control+k");
  await page.keyboard.type(`#${blockId}`);
  await expect(palette.getByRole("option", { name: `Hold ${blockId} · ${item.name}` })).toBeVisible();

  const input = palette.getByRole("combobox");
  await input.fill(warehouse.name);
  await expect(palette.getByRole("option", { name: warehouse.name })).toHaveAttribute("aria-selected", "true");

  // The option that a person has moved to stays chosen while results arrive below it.
  await input.fill("order");
  await page.keyboard.press("ArrowDown");
  const chosen = palette.getByRole("option", { selected: true });
  const name = await chosen.textContent();
  await input.press("End");
  const found = page.waitForResponse(/rpc\/search/);
  await input.fill("orde");
  await found;
  await expect(palette.getByRole("status")).toContainText("found");
  await expect(chosen).toHaveText(name!);

  await input.fill("nothing has this name");
  await expect(palette.getByText("Nothing found for “nothing has this name”.")).toBeVisible();
});

test("Enter before the results opens the first one", async ({ page, shop, visit }) => {
  const item = await shop.item();
  await visit("/");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(item.name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("a scanned barcode opens its item", async ({ page, request, shop, visit }) => {
  const item = await shop.item();
  const barcode = String(Date.now());
  const changed = await request.patch(`/api/items/${item.id}`, { data: { barcodes: [barcode] } });
  expect(changed.ok()).toBe(true);
  await visit("/orders");
  await scan(page, barcode);
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
  await scan(page, `${barcode}9`);
  const message = page.getByText(`No item has the barcode ${barcode}9.`);
  await expect(message).toBeVisible();
  await message.getByRole("link").click();
  await expect(page).toHaveURL(/\/search\?q=/);
});

test("an item that does not exist has a page with a way on, also after a click", async ({ page, visit }) => {
  await visit("/items");
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "/items/999999999";
    link.textContent = "Old link";
    document.querySelector("main")!.append(link);
  });
  await page.getByRole("link", { name: "Old link" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Item not found" })).toBeVisible();
  await expect(page).toHaveTitle(/Item not found/);
  await page.getByRole("link", { name: /^See all/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Items" })).toBeVisible();
});

test("pages lead forward and back, rows open, and Back restores the place", async ({ page, shop, visit }) => {
  const category = unique("Pages");
  const items = [];
  for (let made = 0; made < 27; made += 1) items.push(await shop.item({ category }));
  await visit(`/items?category=${encodeURIComponent(category)}&size=25`);
  await expect(page.getByText("27 items")).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(25);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  await page.getByRole("link", { name: "Previous page" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(25);
  const size = page.getByRole("navigation", { name: "Rows per page" });
  await size.getByRole("link", { name: "50", exact: true }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(27);

  const last = row(page, items[26]!.name);
  await last.scrollIntoViewIfNeeded();
  const y = await page.evaluate(() => window.scrollY);
  expect(y).toBeGreaterThan(0);
  await last.getByRole("cell").last().click();
  await expect(page.getByRole("heading", { level: 1, name: items[26]!.name })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("rowheader")).toHaveCount(27);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(y);
});

test("Shift selects a range, and an action changes all selected items", async ({ page, shop, visit }) => {
  const category = unique("Bulk");
  for (let made = 0; made < 4; made += 1) await shop.item({ category });
  await visit(`/items?category=${encodeURIComponent(category)}`);
  const checks = page.getByRole("checkbox", { name: /^Select row/ });
  await checks.nth(0).check();
  await checks.nth(2).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Selected rows" });
  await expect(bar).toContainText("3 selected");
  await bar.getByRole("button", { name: "Change category" }).click();
  const dialog = page.getByRole("dialog", { name: /^Change category/ });
  await dialog.getByRole("textbox").fill(`${category} new`);
  await dialog.getByRole("button", { name: "Change category" }).click();
  await expect(toast(page, "3 items changed.")).toHaveCount(1);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
});

test("several orders are allocated and cancelled at once", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 3 });
  const reference = unique("BULK");
  await shop.order([[item, 2]], reference);
  await shop.order([[item, 2]], reference);
  await visit(`/orders?reference=${encodeURIComponent(reference)}`);
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  const bar = page.getByRole("region", { name: "Selected rows" });
  await bar.getByRole("button", { name: "Allocate what is available" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Allocate what is available" }).click();
  await expect(page.getByRole("cell", { name: "Allocated" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "Partial" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await bar.getByRole("button", { name: "Cancel orders" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel orders" }).click();
  await expect(page.getByRole("cell", { name: "Cancelled" })).toHaveCount(2);
});

test("a saved view is a tab for all, and is renamed and deleted", async ({ page, shop, visit, browser }) => {
  const category = unique("Views");
  await shop.item({ category });
  const name = unique("Morning list");
  await visit(`/items?category=${encodeURIComponent(category)}&sort=quantityAsc`);
  await page.getByText("View", { exact: true }).click();
  await page.getByLabel("Save this view as").fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const tabs = page.getByRole("navigation", { name: "Saved views" });
  await expect(tabs.getByRole("link", { name })).toHaveAttribute("aria-current", "true");

  const other = await (await browser.newContext()).newPage();
  await other.goto("/items");
  await hydrated(other);
  await other.getByRole("navigation", { name: "Saved views" }).getByRole("link", { name }).click();
  await expect(other.getByRole("rowheader")).toHaveCount(1);
  await other.keyboard.press("Control+k");
  await other.keyboard.type(name);
  await expect(other.getByRole("option", { name })).toBeVisible();
  await other.context().close();

  const own = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Delete view ${name}` }) });
  await own.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Rename the view to").fill(`${name} 2`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(tabs.getByRole("link", { name: `${name} 2` })).toBeVisible();
  await page.getByRole("button", { name: `Delete view ${name} 2` }).click();
  await expect(tabs.getByRole("link", { name: `${name} 2` })).toBeHidden();
});

test("sortable headings say so", async ({ page, shop, visit }) => {
  await shop.item();
  await visit("/items");
  const heading = page.getByRole("columnheader", { name: "Item" });
  await expect(heading).toHaveAttribute("aria-sort", "none");
  await expect(heading.locator("svg")).toBeVisible();
  await heading.getByRole("link").click();
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await heading.getByRole("link").click();
  await expect(heading).toHaveAttribute("aria-sort", "descending");
});
