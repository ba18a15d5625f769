import { hydrated, expect, pick, row, test, unique, toast } from "./fixture";

test("an order is created with several lines, by keyboard", async ({ page, shop, visit }) => {
  const [lamp, chair] = [await shop.item({ quantity: 5 }), await shop.item({ name: unique("Chair") })];
  await visit("/orders");
  await page.getByRole("link", { name: "New order" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New order" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Create order" })).toBeDisabled();

  await pick(page, "Add an item", lamp.name);
  const quantity = page.getByLabel(`Quantity of ${lamp.name}`);
  await expect(quantity).toBeFocused();
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Add an item" })).toBeFocused();
  await pick(page, "Add an item", chair.name);
  await expect(page.getByLabel(`Quantity of ${chair.name}`)).toBeFocused();
  await page.keyboard.type("2");
  const reference = unique("WEB");
  await page.getByLabel("Reference").fill(reference);
  await page.getByRole("button", { name: "Create order" }).click();

  await expect(page.getByRole("heading", { level: 1, name: reference })).toBeVisible();
  const lines = page.getByRole("table", { name: "Lines of this order" });
  for (const reload of [false, true]) {
    if (reload) await page.reload();
    await expect(row(lines, lamp.name)).toContainText("3");
    await expect(row(lines, chair.name)).toContainText("2");
  }

  await page.getByRole("link", { name: "Orders", exact: true }).first().click();
  await expect(row(page, reference)).toContainText("Pending");
});

test("an address with lines opens the form with these lines", async ({ page, shop, visit }) => {
  const [lamp, chair] = [await shop.item(), await shop.item({ name: unique("Chair") })];
  await visit(`/orders/new?units-${lamp.id}=3&units-${chair.id}=2&units-999999999=1`);
  await expect(page.getByLabel(`Quantity of ${lamp.name}`)).toHaveValue("3");
  // The lines can be edited.
  await page.getByLabel(`Quantity of ${lamp.name}`).fill("4");
  await page.getByRole("button", { name: `Remove ${chair.name}` }).click();
  await expect(page.getByLabel(`Quantity of ${chair.name}`)).toBeHidden();
  await expect(page.getByRole("button", { name: "Find items" })).toBeHidden();
  await page.getByRole("button", { name: "Create order" }).click();
  const lines = page.getByRole("table", { name: "Lines of this order" });
  await expect(lines.getByRole("row")).toHaveCount(2);
  await expect(row(lines, lamp.name)).toContainText("4");
});

test("the lines of a new order survive a reload and show live units", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 5 });
  await visit("/orders/new");
  await pick(page, "Add an item", item.name);
  await page.getByLabel(`Quantity of ${item.name}`).fill("4");
  await page.getByLabel("Reference").fill("WEB 7");
  await expect(page).toHaveURL(new RegExp(`units-${item.id}=4`));
  await expect(page).toHaveURL(/reference=WEB/);
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel(`Quantity of ${item.name}`)).toHaveValue("4");
  await expect(page.getByLabel("Reference")).toHaveValue("WEB 7");
  const line = page.getByRole("row").filter({ hasText: item.name });
  await expect(line).toContainText("5");
  await shop.block(item, 3);
  await expect(line.getByRole("cell").first()).toHaveText("2");
});

test("a preview shows every warehouse side by side, then one takes every line", async ({ page, shop, visit }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const scarce = await shop.item({ quantity: 3, warehouseId: near.id });
  const plenty = await shop.item({ quantity: 50, warehouseId: near.id });
  await shop.stock(plenty, far, 50);
  const order = await shop.order([
    [scarce, 9],
    [plenty, 20],
  ]);

  await visit(`/orders/${order.id}`);
  const sides = page.getByRole("table", { name: "Stock of each warehouse for each line" });
  await expect(row(sides, scarce.name)).toContainText("6 missing");
  await expect(row(sides, scarce.name)).toContainText("9 missing");
  await expect(sides.getByRole("columnheader", { name: near.code })).toContainText("1 line short");
  await expect(page.getByText(`No warehouse can fill it. Closest is ${near.code}: 1 line is short by 6 units.`)).toBeVisible();

  // The preview follows live updates.
  await shop.stock(scarce, near, 6);
  await expect(page.getByText(`${near.code} can fill the whole order.`)).toBeVisible();
  const rejected: string[] = [];
  page.on("response", (response) => {
    if (!response.ok()) rejected.push(`${response.status()} ${response.url()}`);
  });
  await page.getByRole("button", { name: `Allocate from ${near.code}` }).click();
  await expect(toast(page, `Order ${order.id} is allocated`)).toBeVisible();
  await expect(sides).toBeHidden();
  expect(rejected, "the page of an allocated order doesn't fetch the preview").toEqual([]);
  await page.reload();
  await hydrated(page);
  await expect(page.getByText("Allocated", { exact: true }).first()).toBeVisible();
  await expect(page.getByText(`${near.code} · ${near.name}`, { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel order ${order.id}` });
  await expect(dialog).toContainText("Its allocated units will be available again.");
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  await expect(toast(page, `Order ${order.id} cancelled.`)).toBeVisible();
  const timeline = page.getByRole("region", { name: "Timeline" }).getByRole("listitem");
  await expect(timeline).toContainText([
    "Created with 2 lines, 29 units.",
    `Allocated: 2 lines, 29 units taken out of ${near.code}`,
    `Cancelled: all units went back to ${near.code}`,
  ]);
  await visit(`/items/${scarce.id}`);
  await expect(page.getByRole("definition").first()).toHaveText("9");
});

test("an allocation that fails is reverted", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ quantity: 5, warehouseId: warehouse.id });
  const order = await shop.order([[item, 5]]);
  await visit(`/orders/${order.id}`);
  await page.route("**/rpc/allocate_order", async (route) => {
    // Another client takes the units first.
    await shop.block(item, 1);
    await route.continue();
  });
  await page.getByRole("button", { name: `Allocate from ${warehouse.code}` }).click();
  await expect(page.getByRole("alert")).toContainText("Stock changed meanwhile");
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  await expect(page.getByRole("table", { name: "Stock of each warehouse for each line" })).toContainText("1 missing");
});

test("orders are filtered by status", async ({ page, shop, visit }) => {
  const item = await shop.item();
  const reference = unique("PHONE");
  const order = await shop.order([[item, 1]], reference);
  await visit("/orders?status=pending");
  await expect(row(page, reference)).toBeVisible();
  const statuses = page.getByRole("navigation", { name: "Status" });
  await expect(statuses.getByRole("link", { name: "Pending" })).toHaveAttribute("aria-current", "true");
  await statuses.getByRole("link", { name: "Cancelled" }).click();
  await expect(page).toHaveURL(/status=cancelled/);
  await expect(row(page, reference)).toBeHidden();
  await page.goBack();
  await row(page, reference).getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/orders/${order.id}$`));
});

test("a pending order is cancelled, and its timeline shows it", async ({ page, shop, visit }) => {
  const order = await shop.order([[await shop.item(), 1]]);
  await visit(`/orders/${order.id}`);
  const timeline = page.getByRole("region", { name: "Timeline" }).getByRole("listitem");
  await expect(timeline.last()).toContainText("To be allocated.");
  await page.getByRole("link", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel order ${order.id}` });
  await expect(dialog).toContainText("It has taken no stock.");
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  await expect(timeline.last()).toContainText("Cancelled before it took any stock.");
  await expect(page).toHaveURL(new RegExp(`/orders/${order.id}$`));
  await expect(page.getByRole("link", { name: "Cancel order" })).toBeHidden();
});
