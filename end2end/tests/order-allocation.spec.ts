import { expectNoFindings } from "./accessible";
import { expect, test, type Item, type Order, type Shop, type Warehouse } from "./fixture";

/** Creates an order of 5 units of an item that has 3 in the default warehouse, and `units` in another one. */
async function shortOrder(shop: Shop, units: number): Promise<{ item: Item; other: Warehouse; order: Order }> {
  const item = await shop.item({ quantity: 3 });
  const other = await shop.warehouse();
  if (units > 0) await shop.stock(item, other, units);
  return { item, other, order: await shop.order([[item, 5]]) };
}

test("an order is allocated by the best plan from two warehouses", async ({ page, shop, visit }) => {
  const { item, other, order } = await shortOrder(shop, 4);
  await visit(`/orders/${order.id}`);
  await page.getByRole("link", { name: "Allocate", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Allocate order ${order.id}` })).toBeVisible();
  const best = page.getByRole("listitem", { name: "Plan 1", exact: true });
  await expect(best).toContainText("2 parcels, from");
  await expect(best).toContainText("fewest possible");
  await expect(best).toContainText("Every unit");
  await expectNoFindings(page);

  // A plan that the stock has left is refused, and the page has the new plans.
  await shop.stock(item, other, -3);
  await best.getByRole("button", { name: /Allocate plan 1/ }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was allocated");
  await expect(best).toContainText("1 unit missing");
  await shop.stock(item, other, 3);

  await page.getByLabel("Policy").selectOption("highest_stock");
  await page.getByRole("button", { name: "Show plans" }).click();
  await expect(best).toContainText("highest stock");
  await page.getByLabel(`Units of ${item.name} from ${other.code}`).fill("3");
  await page.getByLabel(`Units of ${item.name} from MAIN`).fill("2");
  await page.getByRole("button", { name: "Allocate these units" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Order ${order.id}` })).toBeVisible();
  await expect(page.getByText("several warehouses", { exact: true })).toBeVisible();
});

test("missing units wait, and the order leaves the queue", async ({ page, shop }) => {
  const { item, order } = await shortOrder(shop, 0);
  await page.goto(`/orders/${order.id}/allocate`);
  await page.getByLabel("Priority", { exact: true }).fill("4");
  await page.getByRole("button", { name: "Allocate what is available" }).click();
  await expect(page.getByText("3 allocated, 2 waiting.")).toBeVisible();
  const missing = page.getByRole("table", { name: "Missing units of each line" });
  await expect(missing.getByRole("row", { name: item.name }).getByRole("cell")).toContainText(["2", "0", "Receive 2", "5", "3", "0"]);
  await page.getByLabel("Priority in the queue").fill("9");
  await page.getByRole("button", { name: "Change priority" }).click();
  await expect(page.getByRole("definition").filter({ hasText: /^9$/ })).toBeVisible();
  await expectNoFindings(page);

  await page.goto(`/orders/${order.id}`);
  await expect(page.getByText("Place 1, added")).toBeVisible();
  await expect(page.getByRole("table", { name: "Lines of this order" }).getByRole("row", { name: item.name })).toContainText("2");
  await page.goto(`/orders/${order.id}/allocate`);
  await page.getByRole("button", { name: "Leave the queue" }).click();
  await expect(page.getByText("Not in the queue", { exact: true })).toBeVisible();
  await page.getByLabel("Units to cancel").fill("2");
  await page.getByRole("button", { name: "Cancel units" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Order ${order.id}` })).toBeVisible();
});

test("a shortage leads to the forms that receive and move units", async ({ page, shop }) => {
  const { item, other, order } = await shortOrder(shop, 1);
  await page.goto(`/orders/${order.id}/allocate`);
  await page.getByRole("link", { name: "Receive 1" }).click();
  const receive = page.getByRole("dialog", { name: "Receive units" });
  await expect(receive.getByLabel("Units")).toHaveValue("1");
  await page.goBack();
  await page.getByRole("link", { name: `Move 1 from ${other.code}` }).click();
  await expect(page.getByRole("dialog", { name: `Move units out of ${other.code}` }).getByLabel("Units")).toHaveValue("1");
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});
