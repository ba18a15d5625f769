import { alive, expect, pick, row, test, unique } from "./fixture";

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

test("an allocation names the lines that fall short, then takes every line", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const short = await shop.item({ quantity: 3, warehouseId: warehouse.id });
  const enough = await shop.item({ quantity: 50, warehouseId: warehouse.id });
  const order = await shop.order([
    [short, 9],
    [enough, 20],
  ]);

  await visit(`/orders/${order.id}`);
  await page.getByLabel("From warehouse").selectOption({ label: `${warehouse.code} · ${warehouse.name}` });
  await page.getByRole("button", { name: "Allocate order" }).click();
  const refusal = page.getByRole("alert");
  await expect(refusal).toContainText(`Nothing was taken: 1 line falls short in ${warehouse.code}`);
  const shortages = refusal.getByRole("table", { name: "Lines that fell short" });
  await expect(shortages.getByRole("rowheader")).toHaveText([short.name]);
  await expect(shortages.getByRole("cell")).toHaveText(["9", "3", "6"]);

  await shop.stock(short, warehouse, 6);
  await page.getByRole("button", { name: "Allocate order" }).click();
  await expect(page.getByRole("status")).toContainText(`Order ${order.id} is allocated`);
  await expect(page.getByRole("button", { name: "Allocate order" })).toBeHidden();
  await page.reload();
  await alive(page);
  await expect(page.getByText("Allocated", { exact: true })).toBeVisible();
  await expect(page.getByText(`${warehouse.code} · ${warehouse.name}`)).toBeVisible();

  await page.getByRole("button", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel order ${order.id}` });
  await expect(dialog).toContainText("2 lines, 29 units will go back to the warehouse.");
  await dialog.getByRole("button", { name: "Cancel this order" }).click();
  await expect(page.getByRole("status")).toContainText(`Order ${order.id} is cancelled.`);
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
  await visit(`/items/${short.id}`);
  await expect(page.getByRole("definition").first()).toHaveText("9");
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
