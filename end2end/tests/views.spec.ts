import { hydrated, expect, test, unique } from "./fixture";

test("the server renders the chosen columns and density", async ({ page, shop, visit }) => {
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
  await hydrated(page);
  await expect(page.getByRole("columnheader", { name: "Price" })).toBeHidden();
});

test("a copied link opens the same view in another browser", async ({ page, shop, visit, browser }) => {
  const category = unique("Copied");
  const items = [await shop.item({ category, quantity: 3 }), await shop.item({ category, quantity: 8 })];
  await visit("/items");
  await page.getByRole("combobox", { name: "Category" }).selectOption(category);
  await page.getByRole("combobox", { name: "Stock" }).selectOption("5 or fewer");
  await page.getByRole("columnheader", { name: "Item" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.getByRole("rowheader")).toHaveText([items[0]!.name]);
  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await hydrated(other);
  await expect(other.getByRole("rowheader")).toHaveText([items[0]!.name]);
  await expect(other.getByRole("combobox", { name: "Stock" })).toHaveValue("5");
  await expect(other.getByRole("columnheader", { name: "Item" })).toHaveAttribute("aria-sort", "ascending");
  await other.context().close();

  await page.goBack();
  await expect(page).not.toHaveURL(/sort=/);
  await page.goBack();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  await page.goForward();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
});
