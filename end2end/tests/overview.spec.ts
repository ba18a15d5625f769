import type { Locator, Page } from "@playwright/test";
import { expect, number, numbers, row, test, unique } from "./fixture";
import { pressKey } from "./keys";

/** Compares a figure of the overview with the sum below its list. Other tests change the stock, so both are read until they agree. */
async function expectSum(page: Page, figure: RegExp, sum: RegExp): Promise<void> {
  await expect(async () => {
    await page.goto("/");
    const link = page.getByRole("link", { name: figure });
    const units = number(await link.locator(".figure-card__number").innerText());
    await link.click();
    const text = await page.getByRole("status").filter({ hasText: sum }).innerText();
    expect(numbers(text).pop()).toBe(units);
  }).toPass({ timeout: 60_000 });
}

test("the overview's figures are the sums of their lists", async ({ page, shop, request }) => {
  const item = await shop.item({ quantity: 1_000 });
  await shop.block(item, 3, 300);
  const confirmed = await shop.block(item, 4);
  await request.post("/api/items/block/permanent", { data: { blockId: confirmed.blockId } });
  const order = await shop.order([[item, 5]]);
  await request.post(`/api/orders/${order.id}/allocate`, { data: { warehouseId: 1 } });
  await shop.order([[item, 6]]);
  await expectSum(page, /^Available/, /items?, .* units?$/);
  await expect(page.getByRole("heading", { level: 1, name: "Items" })).toBeVisible();
  await expectSum(page, /^Held/, /holds?, .* units?$/);
  await expect(page.getByRole("link", { name: "Active", exact: true })).toHaveAttribute("aria-current", "true");
  await expectSum(page, /^Expiring soon/, /holds?, .* units?$/);
  await expect(page.getByRole("link", { name: "Expiring soon" })).toHaveAttribute("aria-current", "true");
  await expectSum(page, /^Orders to allocate/, /orders?$/);
  await expect(page.getByRole("link", { name: "Pending", exact: true })).toHaveAttribute("aria-current", "true");
  await expectSum(page, /^Sold/, /units?$/);
  await expect(page.getByRole("heading", { level: 1, name: "Sold" })).toBeVisible();
});

/** Returns the row of an order without a reference. */
function orderRow(page: Page, id: number): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name: `Order ${id}`, exact: true }) });
}

test("the sold units are those of confirmed holds and of orders", async ({ page, shop, request }) => {
  const item = await shop.item({ quantity: 50 });
  const order = await shop.order([[item, 5]]);
  await request.post(`/api/orders/${order.id}/allocate`, { data: { warehouseId: 1 } });
  await page.goto("/sold");
  await expect(orderRow(page, order.id).getByRole("cell").last()).toHaveText("5");
  const all = number(await page.getByRole("status").first().innerText());
  const holds = page.getByRole("link", { name: /in confirmed holds$/ });
  const inHolds = number(await holds.innerText());
  const ofOrders = number(await page.getByRole("link", { name: /of orders/ }).innerText());
  expect(inHolds + ofOrders).toBe(all);
  await expect(async () => {
    await page.goto("/sold");
    const units = number(await holds.innerText());
    await holds.click();
    const text = await page.getByRole("status").filter({ hasText: /holds?, .* units?$/ }).innerText();
    expect(numbers(text).pop()).toBe(units);
  }).toPass({ timeout: 60_000 });
});

test("the overview links to the orders that wait for units", async ({ page, shop, request }) => {
  const item = await shop.item({ quantity: 1 });
  const order = await shop.order([[item, 9]]);
  const data = { mode: "partial", wait: true };
  expect((await request.post(`/api/orders/${order.id}/allocate`, { data })).ok()).toBe(true);
  await expect(async () => {
    await page.goto("/");
    const link = page.getByRole("link", { name: /orders? waits? for units$/ });
    const waiting = number(await link.innerText());
    await link.click();
    await expect(page.getByRole("link", { name: "Waiting for units" })).toHaveAttribute("aria-current", "true");
    const text = await page.getByRole("status").filter({ hasText: /orders?$/ }).innerText();
    expect(numbers(text)).toEqual([waiting]);
  }).toPass({ timeout: 60_000 });
  await expect(orderRow(page, order.id)).toBeVisible();
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
  await pressKey(page, "g");
  await pressKey(page, "h");
  await expect(page.getByText("Welcome to Stockhold")).toBeVisible();
  await expect(page.getByRole("link", { name: "Import items and stock" })).toHaveAttribute("href", "/imports");
  await page.getByRole("link", { name: "Create the first item" }).click();
  await expect(page.getByRole("dialog", { name: "New item" })).toBeVisible();
});
