import { expect, row, test, unique } from "./fixture";

test("an open delivery is printed with the units of its lines", async ({ page, shop }) => {
  const item = await shop.item();
  const sku = unique("SKU").replaceAll(" ", "-");
  const patched = await page.request.patch(`/api/items/${item.id}`, { data: { sku } });
  expect(patched.ok(), await patched.text()).toBe(true);

  await page.goto("/stock");
  await page.getByLabel("Document", { exact: true }).fill(unique("D"));
  await page.getByRole("button", { name: "Create document" }).click();
  await page.getByLabel("SKU or barcode").fill(sku);
  await page.locator("#field-quantity").fill("1234");
  await page.getByRole("button", { name: "Add", exact: true }).click();

  const units = row(page, item.name).locator("td.figure");
  await expect(units.getByRole("textbox")).toHaveValue("1234");
  await expect(units.locator(".print-only")).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(units.getByRole("textbox")).toBeHidden();
  await expect(units.locator(".print-only")).toBeVisible();
  await expect(units.locator(".print-only")).toHaveText("1,234");
  await expect(page.getByRole("button", { name: "Add", exact: true })).toBeHidden();
});
