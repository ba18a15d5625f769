import { hydrated, expect, row, test, unique, toast } from "./fixture";
import { pressKey } from "./keys";

test("an item is created, found, and opened", async ({ page, visit }) => {
  const name = unique("Reading lamp");
  await visit("/items");
  await page.getByRole("link", { name: "New item" }).click();
  const dialog = page.getByRole("dialog", { name: "New item" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Price").fill("1299.5");
  await dialog.getByLabel("Category").fill(unique("Lighting"));
  const units = dialog.getByLabel("First stock, in units");
  await units.fill("1e3");
  await units.hover();
  await page.mouse.wheel(0, 200);
  await dialog.getByRole("button", { name: "Create item" }).click();
  await expect(units).toHaveValue("1e3");
  expect(await units.evaluate((input: HTMLInputElement) => input.validity.patternMismatch)).toBe(true);
  await units.fill("12");
  await dialog.getByRole("button", { name: "Create item" }).click();
  await expect(toast(page, `${name} created, 12 units available.`)).toBeVisible();
  await expect(dialog).toBeHidden();

  await pressKey(page, "/");
  await expect(page.getByRole("searchbox", { name: "Search items by name" })).toBeFocused();
  await page.keyboard.type(name.slice(3).toUpperCase());
  // The whole text: a part of it already finds the item.
  await expect(page).toHaveURL(new RegExp(`\\?q=${encodeURIComponent(name.slice(3).toUpperCase())}$`));
  await expect(page.getByRole("rowheader")).toHaveText([name]);
  await expect(row(page, name)).toContainText("1,299.50");
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("searchbox", { name: "Search items by name" })).toHaveValue(name.slice(3).toUpperCase());
  await expect(page.getByRole("rowheader")).toHaveText([name]);

  await page.getByRole("rowheader", { name }).getByRole("link").click();
  await expect(page).toHaveTitle(`${name} · Stockhold`);
});

test("a search without result can be cleared", async ({ page, visit }) => {
  await visit(`/items?q=${unique("nothing")}`);
  await expect(page.getByText("No items match")).toBeVisible();
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

test("a filter keeps its value while categories are added and removed", async ({ page, shop, visit }) => {
  const category = unique("Crates");
  await shop.item({ category });
  await visit("/items");
  const filter = page.getByRole("combobox", { name: "Category" });
  await filter.selectOption(category);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  for (const word of ["Aprons", "Zips", "Crayons"]) {
    const other = unique(word);
    await shop.item({ category: other });
    await expect(filter.locator("option", { hasText: other })).toBeAttached();
    await expect(filter).toHaveValue(category);
  }
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
  await expect(toast(page, `${name} saved.`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Old", { exact: true })).toBeHidden();
});

test("units are received and written off, with the available units shown", async ({ page, shop, visit }) => {
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
  await expect(toast(page, "Received 7 (now 12).")).toBeVisible();
  await expect(row(levels, warehouse.code)).toContainText("12");

  await page.getByRole("button", { name: `Write off in ${warehouse.code}` }).click();
  const writeOff = page.getByRole("dialog", { name: "Write off units" });
  await writeOff.getByLabel("Units").fill("13");
  await expect(writeOff.getByText("Only 12 available.")).toBeVisible();
  await writeOff.getByLabel("Reason").fill("Water damage");
  await writeOff.getByRole("button", { name: "Write off units" }).click();
  const rejection = writeOff.getByRole("alert");
  await expect(rejection).toContainText("Requested13");
  await expect(rejection).toContainText("Available12");
  await writeOff.getByLabel("Units").fill("2");
  await writeOff.getByRole("button", { name: "Write off units" }).click();
  await expect(toast(page, "Wrote off 2")).toBeVisible();

  const movements = page.getByRole("table", { name: "Movements of this item, newest first" });
  for (const reload of [false, true]) {
    if (reload) await page.reload();
    await expect(row(levels, warehouse.code)).toContainText("10");
    await expect(row(movements, "Water damage")).toContainText("−2");
    await expect(row(movements, "Delivery 4711")).toContainText("+7");
  }
});

test("an address opens a dialog with the warehouse preselected", async ({ page, shop, visit }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const item = await shop.item({ quantity: 5, warehouseId: near.id });
  await shop.stock(item, far, 3);
  for (const [dialogName, title, field] of [
    ["place", "Hold stock", "Hold for"],
    ["edit", "Edit item", "Name"],
    [`receive.${far.id}`, "Receive units", "Warehouse"],
    [`write-off.${far.id}`, "Write off units", "Warehouse"],
    [`move.${near.id}`, `Move units out of ${near.code}`, "To warehouse"],
  ] as const) {
    await visit(`/items/${item.id}?do=${dialogName}`);
    const dialog = page.getByRole("dialog", { name: title });
    await expect(dialog.getByLabel(field)).toBeVisible();
    if (field === "Warehouse") await expect(dialog.getByLabel(field)).toHaveValue(String(far.id));
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(new RegExp(`/items/${item.id}$`));
  }
});

test("a missing item returns status 404 and an explanation", async ({ request }) => {
  const missing = await request.get("/items/987654321");
  expect(missing.status()).toBe(404);
  expect(await missing.text()).toContain("There is no item 987654321.");
  const nonsense = await request.get("/items/abc");
  expect(nonsense.status()).toBe(404);
  expect(await nonsense.text()).toContain("There is no page at this address.");
});

test("units move to another warehouse, with both levels shown before", async ({ page, shop, visit }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const item = await shop.item({ quantity: 12, warehouseId: near.id });
  await shop.stock(item, far, 3);
  await visit(`/items/${item.id}`);
  const levels = page.getByRole("table", { name: "Stock by warehouse" });
  await page.getByRole("button", { name: `Move in ${near.code}` }).click();
  const dialog = page.getByRole("dialog", { name: `Move units out of ${near.code}` });
  await dialog.getByLabel("To warehouse").selectOption({ label: `${far.code} · ${far.name}` });
  await dialog.getByLabel("Units").fill("13");
  await expect(dialog.getByText("Only 12 available here.")).toBeVisible();
  await dialog.getByLabel("Units").fill("5");
  await expect(dialog.getByText("Here 12 → 7, there 3 → 8")).toBeVisible();
  await dialog.getByLabel("Reason").fill("Nearer to the fair");
  await dialog.getByRole("button", { name: "Move units" }).click();
  await expect(toast(page, `Moved 5 to ${far.code} (now 8).`)).toBeVisible();
  await expect(row(levels, near.code).getByRole("cell").first()).toHaveText("7");
  await expect(row(levels, far.code).getByRole("cell").first()).toHaveText("8");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(toast(page, "Undone: the units are back.")).toBeVisible();
  await expect(row(levels, near.code).getByRole("cell").first()).toHaveText("12");
});

test("an item's chart and movements show the level, the reason, the time and the actor", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  await shop.block(item, 4);
  await visit(`/items/${item.id}`);
  await expect(page.getByRole("img", { name: /Available: 6 now, between 0 and / })).toBeVisible();
  const history = page.getByRole("table", { name: "Movements of this item, newest first" });
  const blocked = row(history, "Held · hold");
  await expect(blocked).toContainText("−4");
  await expect(blocked).toContainText("10 → 6");
  await expect(blocked.getByRole("cell").last()).toHaveText("local");
  await expect(blocked.locator("time")).toHaveAttribute("title", / UTC$/);
  await shop.block(item, 1);
  await expect(page.getByRole("img", { name: /Available: 5 now, between 0 and / })).toBeVisible();
  const spans = page.getByRole("navigation", { name: "How far back" });
  await spans.getByRole("link", { name: "1 hour" }).click();
  await expect(page).toHaveURL(/hours=1$/);
  await expect(page.getByRole("img", { name: /Available: 5 now, between 0 and / })).toBeVisible();
  await expect(row(history, "6 → 5")).toBeVisible();
});

test("old data stays while newer data is fetched, and a skeleton is shown without data", async ({ page, shop, visit }) => {
  const category = unique("Slow");
  const item = await shop.item({ category });
  await visit(`/items?category=${encodeURIComponent(category)}`);
  let respond = () => {};
  const mayRespond = new Promise<void>((resolve) => (respond = resolve));
  await page.route("**/rpc/{list_items,overview}*", async (route) => {
    await mayRespond;
    await route.continue();
  });
  await page.getByRole("columnheader", { name: "Available" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=quantityDesc/);
  await expect(row(page, item.name)).toBeVisible();
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.locator("main .skeleton")).toBeVisible();
  respond();
  await expect(page.getByRole("region", { name: "Figures" })).toBeVisible();
  await expect(page.locator("main .skeleton")).toBeHidden();
});

test("a failed request shows its problem and request id, and can be retried", async ({ page, shop, visit, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const item = await shop.item();
  await visit("/orders");
  await page.route("**/rpc/get_item?*", (route) =>
    route.fulfill({
      status: 409,
      json: { type: "", title: "It did not work", status: 409, code: "conflict", detail: "Wait a little.", requestId: "req-4711" },
    }),
  );
  await page.keyboard.press("Control+k");
  await page.keyboard.type(item.name);
  await expect(page.getByRole("option", { name: item.name })).toBeVisible();
  await page.keyboard.press("Enter");
  const problem = page.getByRole("alert");
  await expect(problem).toContainText("Wait a little.");
  await problem.getByRole("button", { name: "Copy request id" }).click();
  await expect(problem.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("req-4711");
  const again = problem.getByRole("button", { name: "Try again" });
  const retried = page.waitForRequest("**/rpc/get_item?*");
  await again.click();
  await retried;
  await page.unroute("**/rpc/get_item?*");
  // A live update may fetch the data before the click.
  await expect(async () => {
    if (await again.isVisible()) await again.click({ timeout: 1000 });
    await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible({ timeout: 2000 });
  }).toPass();
});

test("an item that somebody else has changed is not overwritten, and undo keeps that change", async ({ page, shop, visit }) => {
  const item = await shop.item({ description: "Old" });
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit item" });
  await dialog.getByLabel("Price").fill("20");
  const other = await page.request.patch(`/api/items/${item.id}`, { data: { description: "New" } });
  expect(other.ok()).toBe(true);
  await dialog.getByRole("button", { name: "Save item" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Changed in the meantime");
  page.once("dialog", (question) => question.accept());
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();

  await page.reload();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await dialog.getByLabel("Price").fill("20");
  await dialog.getByRole("button", { name: "Save item" }).click();
  const saved = toast(page, `${item.name} saved.`);
  await expect(saved).toBeVisible();
  expect((await page.request.patch(`/api/items/${item.id}`, { data: { price: "30" } })).ok()).toBe(true);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Changed in the meantime" })).toBeVisible();
  expect((await (await page.request.get(`/api/items/${item.id}`)).json()).price).toBe("30.00");
});

test("an item is archived and restored on the page of its changes", async ({ page, shop, visit }) => {
  const item = await shop.item();
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Changes" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Changes of ${item.name}` })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveText(["Item created"]);
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveText(["Item archived", "Item created"]);
  await page.getByRole("link", { name: "Open item" }).click();
  await expect(page.getByText("Archived: it can't be sold.")).toBeVisible();
  await page.goto("/archive");
  await page.getByRole("link", { name: item.name }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("rowheader").first()).toHaveText("Item restored");
});
