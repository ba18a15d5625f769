import { alive, expect, row, test, unique, told } from "./fixture";

test("an item is created, found, and opened", async ({ page, visit }) => {
  const name = unique("Reading lamp");
  await visit("/items");
  await page.getByRole("link", { name: "New item" }).click();
  const dialog = page.getByRole("dialog", { name: "New item" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Price").fill("1299.5");
  await dialog.getByLabel("Category").fill(unique("Lighting"));
  await dialog.getByLabel("First stock, in units").fill("12");
  await dialog.getByRole("button", { name: "Create item" }).click();
  await expect(told(page, `${name} is created, 12 units available.`)).toBeVisible();
  await expect(dialog).toBeHidden();

  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search items by name" })).toBeFocused();
  await page.keyboard.type(name.slice(3).toUpperCase());
  await expect(page).toHaveURL(/\?q=/);
  await expect(page.getByRole("rowheader")).toHaveText([name]);
  await expect(row(page, name)).toContainText("1,299.50");
  await page.reload();
  await alive(page);
  await expect(page.getByRole("searchbox", { name: "Search items by name" })).toHaveValue(name.slice(3).toUpperCase());
  await expect(page.getByRole("rowheader")).toHaveText([name]);

  await page.getByRole("rowheader", { name }).getByRole("link").click();
  await expect(page).toHaveTitle(`${name} · Stockhold`);
});

test("a search without result can be cleared", async ({ page, visit }) => {
  await visit(`/items?q=${unique("nothing")}`);
  await expect(page.getByText("No item matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear the search and filters" }).click();
  await expect(page).toHaveURL(/\/items$/);
  await expect(page.getByRole("searchbox", { name: "Search items by name" })).toHaveValue("");
});

test("items are filtered by category, sorted, and paged", async ({ page, shop, visit }) => {
  const category = unique("Crates");
  for (let quantity = 1; quantity <= 51; quantity += 1) await shop.item({ category, quantity });

  await visit("/items");
  await page.getByRole("combobox", { name: "Category" }).selectOption(category);
  await expect(page).toHaveURL(/\?category=Crates/);
  await expect(page.getByRole("rowheader")).toHaveCount(50);
  await page.getByRole("columnheader", { name: "Available" }).getByRole("link").click();
  await expect(page.getByRole("row").nth(1)).toContainText("51");
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await expect(page.getByRole("combobox", { name: "Category" })).toHaveValue(category);
  await page.reload();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.goBack();
  await expect(page.getByRole("rowheader")).toHaveCount(50);
  await page.goForward();
  await page.getByRole("link", { name: "First page" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(50);
});

test("an item is edited", async ({ page, shop, visit }) => {
  const item = await shop.item({ description: "Old" });
  const name = unique("Desk lamp");
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit item" });
  await expect(dialog.getByLabel("Price")).toHaveValue("9.90");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("");
  await dialog.getByRole("button", { name: "Save item" }).click();
  await expect(told(page, `${name} is saved.`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Old", { exact: true })).toBeHidden();
});

test("units are received and written off, with what is there told", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ quantity: 5, warehouseId: warehouse.id });
  await visit(`/items/${item.id}`);
  const levels = page.getByRole("table", { name: "Stock by warehouse" });

  await page.getByRole("button", { name: `Receive in ${warehouse.code}` }).click();
  const receive = page.getByRole("dialog", { name: "Receive units" });
  await receive.getByLabel("Units").fill("7");
  await expect(receive.getByText("Available: 5 → 12")).toBeVisible();
  await receive.getByLabel("Reason").fill("Delivery 4711");
  await receive.getByRole("button", { name: "Receive units" }).click();
  await expect(told(page, "7 units received")).toBeVisible();
  await expect(row(levels, warehouse.code)).toContainText("12");

  await page.getByRole("button", { name: `Write off in ${warehouse.code}` }).click();
  const writeOff = page.getByRole("dialog", { name: "Write off units" });
  await writeOff.getByLabel("Units").fill("13");
  await expect(writeOff.getByText("Only 12 available.")).toBeVisible();
  await writeOff.getByLabel("Reason").fill("Water damage");
  await writeOff.getByRole("button", { name: "Write off units" }).click();
  const refusal = writeOff.getByRole("alert");
  await expect(refusal).toContainText("Asked13");
  await expect(refusal).toContainText("Available12");
  await writeOff.getByLabel("Units").fill("2");
  await writeOff.getByRole("button", { name: "Write off units" }).click();
  await expect(told(page, "2 units written off")).toBeVisible();

  const movements = page.getByRole("table", { name: "Movements of this item, newest first" });
  for (const reload of [false, true]) {
    if (reload) await page.reload();
    await expect(row(levels, warehouse.code)).toContainText("10");
    await expect(row(movements, "Water damage")).toContainText("−2");
    await expect(row(movements, "Delivery 4711")).toContainText("+7");
  }
});

test("an item that is not there says so, with its status", async ({ request }) => {
  const missing = await request.get("/items/987654321");
  expect(missing.status()).toBe(404);
  expect(await missing.text()).toContain("There is no item 987654321.");
  const nonsense = await request.get("/items/abc");
  expect(nonsense.status()).toBe(404);
  expect(await nonsense.text()).toContain("Nothing is at this address.");
});
