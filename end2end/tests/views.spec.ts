import { alive, expect, test, unique } from "./fixture";

test("columns and density are remembered, from the first byte", async ({ page, shop, visit }) => {
  await shop.item();
  await visit("/items");
  await page.getByText("View", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Price" }).uncheck();
  await page.getByRole("checkbox", { name: "Dense rows" }).check();
  await expect(page.getByRole("columnheader", { name: "Price" })).toBeHidden();
  const html = await (await page.request.get("/items")).text();
  expect(html).toContain('data-hidden="price"');
  expect(html).toContain('data-density="dense"');
  await page.reload();
  await alive(page);
  await expect(page.getByRole("columnheader", { name: "Price" })).toBeHidden();
});

test("a view is saved, found in the palette, and forgotten", async ({ page, shop, visit }) => {
  const category = unique("Views");
  await shop.item({ category });
  await visit(`/items?category=${encodeURIComponent(category)}&sort=quantityAsc`);
  await page.getByText("View", { exact: true }).click();
  await page.getByLabel("Save this view as").fill("My morning list");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("link", { name: "My morning list" })).toBeVisible();

  await visit("/orders");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("morning");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/sort=quantityAsc/);
  await expect(page.getByRole("rowheader")).toHaveCount(1);

  await page.getByText("View", { exact: true }).click();
  await page.getByRole("button", { name: "Forget view My morning list" }).click();
  await expect(page.getByRole("link", { name: "My morning list" })).toBeHidden();
});
