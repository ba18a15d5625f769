// The pages of the console with data on them, except those of people and clients (access.spec.ts).
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, hydrated, unique, type Shop } from "./fixture";

/** Creates data and returns the addresses of the pages that are hydrated. */
export async function hydratedPages(shop: Shop): Promise<string[]> {
  const item = await shop.item({ category: "Lighting", description: "A lamp." });
  await shop.block(item, 2);
  const order = await shop.order([[item, 1]]);
  return [
    "/",
    "/categories",
    "/categories/Lighting",
    "/items",
    "/items?q=nothing-has-this-name",
    `/items/${item.id}`,
    "/blocks",
    "/blocks?do=place",
    "/orders",
    "/orders/new",
    `/orders/${order.id}`,
    "/warehouses",
    "/warehouses/1",
    "/blocks?state=ended",
    "/blocks?state=expiring&warehouse=1",
    "/orders?status=waiting",
  ];
}

/** Creates data and returns the addresses of the pages that only the server renders. */
export async function serverPages(shop: Shop, request: APIRequestContext): Promise<string[]> {
  const item = await shop.item();
  const block = await shop.block(item, 1);
  const reference = unique("cart");
  const cart = await shop.cart([[item, 1]], reference);
  const order = await shop.order([[item, 1]]);
  const allocated = await shop.order([[item, 1]]);
  expect((await request.post(`/api/orders/${allocated.id}/allocate`, { data: { policy: "priority" } })).ok()).toBe(true);
  return [
    "/archive",
    `/blocks/${block.blockId}`,
    `/carts?reference=${encodeURIComponent(reference)}`,
    `/carts/${cart.cartId}`,
    "/changes",
    "/help",
    "/imports",
    `/items/${item.id}/changes`,
    "/movements?span=day",
    "/notifications",
    `/orders/${order.id}/allocate`,
    `/orders/${order.id}/lines`,
    `/orders/${allocated.id}/packing-slip`,
    `/orders/${allocated.id}/pick-list`,
    `/orders/${allocated.id}/shipping`,
    "/refusals?span=day",
    `/search?q=${encodeURIComponent(item.name)}`,
    "/settings",
    "/sold",
    "/stock",
    "/warehouses/1/edit",
  ];
}

/** Opens a page and, if it has a script, waits until it is hydrated. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  if ((await page.locator("script[type=module]").count()) > 0) await hydrated(page);
}

/** Returns the CSS pixels by which a page is wider than the window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
