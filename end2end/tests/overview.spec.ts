import { expect, row, test, unique } from "./fixture";

test("the overview's figures link to their lists", async ({ page, shop, visit }) => {
  await shop.item({ quantity: 1_000 });
  await visit("/");
  await page.getByRole("link", { name: /^Available/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Items" })).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: /^Expiring soon/ }).click();
  await expect(page.getByRole("link", { name: "Expiring soon" })).toHaveAttribute("aria-current", "true");
});

test("the overview shows live updates of figures, blocked items and recent problems", async ({ page, shop, visit, request }) => {
  const category = unique("Low");
  const item = await shop.item({ category, quantity: 100_000, name: unique("Wanted") });
  await shop.item({ category, quantity: 1 });
  await visit("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const held = page.getByRole("link", { name: /^Held/ });
  const before = await held.innerText();

  // More units than any other test blocks.
  await shop.block(item, 60_000 + Math.floor(Math.random() * 10_000));
  const hottest = page.getByRole("region", { name: "Most held, last hour" });
  await expect(row(hottest, item.name)).toBeVisible();
  await expect(held).not.toHaveText(before);
  await expect(page.getByRole("img", { name: /Holds: [1-9]\d* in all/ })).toBeVisible();

  await request.post("/api/items/block/temporary", { data: { itemId: item.id, quantity: 90_001 } });
  await shop.block(item, 1);
  const rejected = row(page.getByRole("region", { name: "Recent problems" }), "You asked for 90,001");
  await expect(rejected).toBeVisible();
  await row(hottest, item.name).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("a category with low stock links to its items with low stock", async ({ page, visit }) => {
  await visit("/");
  const low = page.getByRole("region", { name: "Categories running low" });
  const first = low.getByRole("rowheader").first();
  const category = await first.innerText();
  await first.getByRole("link").click();
  await expect(page).toHaveURL(/low=threshold/);
  await expect(page.getByRole("combobox", { name: "Category" })).toHaveValue(category);
  await expect(page.getByRole("combobox", { name: "Stock" })).toHaveValue("threshold");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
});

test("an empty database shows the first steps", async ({ page, visit }) => {
  await visit("/orders");
  // The response of an empty database.
  await page.route("**/rpc/overview*", async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, items: 0 } });
  });
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByText("Welcome to Stockhold")).toBeVisible();
  await expect(page.getByRole("link", { name: "Import items and stock" })).toHaveAttribute("href", "/imports");
  await page.getByRole("link", { name: "Create the first item" }).click();
  await expect(page.getByRole("dialog", { name: "New item" })).toBeVisible();
});
