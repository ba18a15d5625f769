import { expect, row, test, unique } from "./fixture";

test("the overview's figures lead to what is behind them", async ({ page, shop, visit }) => {
  await shop.item({ quantity: 1_000 });
  await visit("/");
  await page.getByRole("link", { name: /^Available/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Items" })).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: /^Expiring soon/ }).click();
  await expect(page.getByRole("link", { name: "Expiring soon" })).toHaveAttribute("aria-current", "true");
});

test("the overview is live: what is wanted, what runs low, what was refused and why", async ({ page, shop, visit, request }) => {
  const category = unique("Low");
  const item = await shop.item({ category, quantity: 100_000, name: unique("Wanted") });
  await shop.item({ category, quantity: 1 });
  await visit("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const held = page.getByRole("link", { name: /^Held/ });
  const before = await held.innerText();

  // So many that no other test's item is wanted more.
  await shop.block(item, 60_000 + Math.floor(Math.random() * 10_000));
  const hottest = page.getByRole("region", { name: "Most wanted, last hour" });
  await expect(row(hottest, item.name)).toBeVisible();
  await expect(held).not.toHaveText(before);
  await expect(page.getByRole("img", { name: /Blocks: [1-9]\d* in all/ })).toBeVisible();

  await request.post("/api/items/block/temporary", { data: { itemId: item.id, quantity: 90_001 } });
  await shop.block(item, 1);
  const refused = row(page.getByRole("region", { name: "Refused or failed lately" }), "90001 asked for");
  await expect(refused).toBeVisible();
  await row(hottest, item.name).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("a category that runs low leads to its items that do", async ({ page, visit }) => {
  await visit("/");
  const low = page.getByRole("region", { name: "Categories running low" });
  const first = low.getByRole("rowheader").first();
  const category = await first.innerText();
  await first.getByRole("link").click();
  await expect(page).toHaveURL(/low=\d+/);
  await expect(page.getByRole("combobox", { name: "Category" })).toHaveValue(category);
  await expect(page.getByRole("combobox", { name: "Stock" })).not.toHaveValue("");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
});

test("the first run leads somewhere", async ({ page, visit }) => {
  await visit("/orders");
  // As an empty database answers.
  await page.route("**/rpc/overview*", async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, items: 0 } });
  });
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByText("Welcome to Stockhold")).toBeVisible();
  await expect(page.getByRole("link", { name: "Upload items and stock as CSV" })).toHaveAttribute("href", "/import");
  await page.getByRole("link", { name: "Create the first item" }).click();
  await expect(page.getByRole("dialog", { name: "New item" })).toBeVisible();
});
