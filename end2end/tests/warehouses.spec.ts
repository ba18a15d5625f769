import { hydrated, expect, row, test, unique, toast } from "./fixture";

test("a warehouse is added, and a second one with its code is rejected", async ({ page, visit }) => {
  const code = unique("BER");
  await visit("/warehouses");
  for (const attempt of ["added", "rejected"]) {
    await page.getByRole("link", { name: "Add warehouse" }).click();
    const dialog = page.getByRole("dialog", { name: "Add warehouse" });
    await dialog.getByLabel("Code").fill(code);
    await dialog.getByLabel("Name").fill("Berlin");
    await dialog.getByRole("button", { name: "Add warehouse" }).click();
    if (attempt === "added") {
      await expect(toast(page, `Warehouse ${code} added.`)).toBeVisible();
    } else {
      await expect(dialog.getByRole("alert")).toContainText("Choose another code.");
      page.once("dialog", (question) => question.accept());
      await dialog.getByRole("button", { name: "Cancel" }).click();
    }
    await expect(dialog).toBeHidden();
  }
  await page.reload();
  await hydrated(page);
  await expect(row(page, code)).toHaveText(/Berlin.*0/);
});

test("a warehouse's page lists its stock levels and finds items by name", async ({ page, shop, visit }) => {
  const [here, elsewhere] = [await shop.warehouse(), await shop.warehouse()];
  const item = await shop.item({ quantity: 4, warehouseId: here.id });
  const other = await shop.item({ quantity: 7, warehouseId: here.id });
  await shop.stock(item, elsewhere, 5);
  await visit("/warehouses");
  await row(page, here.code).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: `${here.code} · ${here.name}` })).toBeVisible();
  await expect(page.getByText("11 units available here")).toBeVisible();
  await expect(row(page, item.name)).toHaveText(/4.*9$/);
  await page.getByRole("searchbox", { name: "Search its items by name" }).fill(item.name);
  await expect(row(page, other.name)).toBeHidden();
  await expect(row(page, item.name)).toBeVisible();
  // A change of another level of the item is shown.
  await shop.block(item, 1);
  await expect(row(page, item.name)).toHaveText(/8$/);
});

test("a warehouse gets another name, and is archived and restored", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const name = unique("Harbour");
  await visit(`/warehouses/${warehouse.id}`);
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Save warehouse" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${warehouse.code} · ${name}`);
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByRole("button", { name: "Restore" })).toBeVisible();
  await page.goto("/warehouses");
  await expect(page.getByRole("rowheader", { name: warehouse.code })).toBeHidden();
  await page.getByRole("link", { name: "Archive" }).click();
  await page.getByRole("link", { name: warehouse.code }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("rowheader").first()).toHaveText("Warehouse restored");
});
