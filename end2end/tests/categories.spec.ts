import { hydrated, expect, row, test, toast, unique } from "./fixture";

test("categories show their totals and lead to their items", async ({ page, shop, visit }) => {
  const category = unique("Audio / Video & 100");
  const [few, many] = [
    await shop.item({ category, quantity: 1_200 }),
    await shop.item({ category, quantity: 34_000 }),
  ];
  await shop.block(few, 200);

  await visit("/categories");
  await expect(page.getByRole("link", { name: "Categories" })).toHaveAttribute("aria-current", "page");
  await expect(row(page, category)).toHaveText(/2.*35,000.*200/);

  await page.getByRole("link", { name: category }).click();
  await expect(page.getByRole("heading", { level: 1, name: category })).toBeVisible();
  const items = page.getByRole("table", { name: "Items of highest quantity" });
  for (const reload of [false, true]) {
    if (reload) {
      await page.reload();
      await hydrated(page);
    }
    await expect(page.getByText("2 items, highest quantity first")).toBeVisible();
    await expect(items.getByRole("rowheader")).toHaveText([many.name, few.name]);
    await expect(row(items, few.name)).toContainText("1,000");
  }

  await items.getByRole("link", { name: many.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: many.name })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: category })).toBeVisible();
});

test("the sort order of categories is in the address", async ({ page, shop, visit }) => {
  await shop.item({ category: unique("Full"), quantity: 2_000_000_000 });
  await visit("/categories");
  await page.getByRole("columnheader", { name: "Available" }).getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=available$/);
  const head = page.getByRole("columnheader", { name: "Available" });
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("rowheader").first()).toHaveText(/^Full/);
  await page.reload();
  await expect(page.getByRole("rowheader").first()).toHaveText(/^Full/);
});

test("an unknown category is not found, and leads to the list", async ({ page }) => {
  const response = await page.goto("/categories/No%20such%20thing");
  expect(response!.status()).toBe(404);
  await expect(page.getByText("No items in the category")).toBeVisible();
  await page.getByRole("link", { name: /^See all/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Categories" })).toBeVisible();
});

test("a category is renamed after a preview, and undo restores the name", async ({ page, shop, visit }) => {
  const [from, to] = [unique("Lamps"), unique("Lighting")];
  for (let made = 0; made < 2; made += 1) await shop.item({ category: from });
  await visit(`/categories/${encodeURIComponent(from)}`);
  await page.getByRole("link", { name: "Rename or merge" }).click();
  const dialog = page.getByRole("dialog", { name: `Rename ${from}` });
  await expect(dialog.getByLabel("New name")).toHaveValue(from);
  await dialog.getByLabel("New name").fill(to);
  await expect(dialog.getByRole("status")).toHaveText(`2 items change their category to ${to}.`);
  await dialog.getByRole("button", { name: "Rename category" }).click();
  await expect(toast(page, `${from} is now ${to}: 2 items changed.`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: to })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(2);

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { level: 1, name: from })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(2);

  await page.getByRole("link", { name: "Rename or merge" }).click();
  await expect(page.getByRole("dialog", { name: `Rename ${from}` }).getByLabel("New name")).toHaveValue(from);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(new RegExp(`/categories/${encodeURIComponent(from)}$`));
});

test("two categories are merged from the list", async ({ page, shop, visit }) => {
  const [from, into] = [unique("Sofas"), unique("Seats")];
  await shop.item({ category: from });
  const kept = await shop.item({ category: into });
  await visit("/categories");
  await page.getByRole("button", { name: `Rename ${from}` }).click();
  const dialog = page.getByRole("dialog", { name: `Rename ${from}` });
  await dialog.getByLabel("New name").fill(into);
  const preview = dialog.getByRole("status");
  await expect(preview).toContainText(`${into} exists with 1 item`);
  await expect(preview).toContainText("can't be undone");
  await expect(preview).toContainText("1 item changes its category.");
  await dialog.getByRole("button", { name: "Merge categories" }).click();
  await expect(page.getByRole("heading", { level: 1, name: into })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  await expect(row(page, kept.name)).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
});

for (const name of [".", "..", "%2e%2e", "50%2F50", "A / B"]) {
  test(`a category with the name ${name} opens, reloads and is renamed`, async ({ page, shop, visit }) => {
    await shop.item({ category: name });
    await visit("/categories");
    await page.getByRole("rowheader", { name, exact: true }).getByRole("link").click();
    for (const reload of [false, true]) {
      if (reload) {
        await page.reload();
        await hydrated(page);
      }
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
      await expect(page.getByText(/highest quantity first/)).toBeVisible();
    }
    const to = unique("Plain");
    await page.getByRole("link", { name: "Rename or merge" }).click();
    const dialog = page.getByRole("dialog", { name: `Rename ${name}` });
    await dialog.getByLabel("New name").fill(to);
    await dialog.getByRole("button", { name: "Rename category" }).click();
    await expect(page.getByRole("heading", { level: 1, name: to })).toBeVisible();
  });
}
