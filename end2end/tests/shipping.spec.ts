import { expectNoFindings } from "./accessible";
import { expect, test, unique } from "./fixture";

test("an allocated order is picked, shipped and taken back", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 5 });
  const order = await shop.order([[item, 3]], unique("WEB"));
  const [main] = (await (await page.request.get("/api/warehouses")).json()).filter(
    (warehouse: { isDefault: boolean }) => warehouse.isDefault,
  );
  const allocated = await page.request.post(`/api/orders/${order.id}/allocate`, { data: { warehouseId: main.id } });
  expect(allocated.status()).toBe(200);

  await page.goto(`/orders/${order.id}`);
  await page.getByRole("link", { name: "Ship or return" }).click();
  await expect(page.getByRole("button", { name: "Ship all allocated units" })).toBeVisible();
  await expectNoFindings(page);

  await page.getByRole("link", { name: "Pick list" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Pick list of order ${order.id}` })).toBeVisible();
  await expect(page.getByRole("row", { name: item.name })).toContainText("3");
  await expectNoFindings(page);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation", { name: "Sections" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Back to order" })).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await page.goBack();

  await page.getByRole("button", { name: "Ship all allocated units" }).click();
  const units = page.getByRole("table", { name: "Units of the order by item and warehouse" });
  await expect(units.getByRole("row", { name: item.name }).getByRole("cell")).toContainText(["MAIN", "0", "3", "0"]);
  await page.getByLabel("Number of units").fill("1");
  await page.getByLabel("Condition").selectOption("damaged");
  await page.getByRole("button", { name: "Take back" }).click();
  await expect(units.getByRole("row", { name: item.name }).getByRole("cell")).toContainText(["MAIN", "0", "3", "1"]);
});
