// The addresses of every page, by its path in the router. `crates/xtask/tests/pages.rs` compares the paths with the router's.
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, hydrated, unique, type Item, type Order, type Placed, type PlacedCart, type Shop } from "./fixture";

/** The data on the pages. */
export type Made = {
  item: Item;
  block: Placed;
  cart: PlacedCart;
  reference: string;
  order: Order;
  allocated: Order;
  /** The addresses of an open and of a posted stock document. */
  drafts: string[];
  importId: number;
  webhookId: number;
};

/** An id that nothing has. */
const missing = 999_999_999;

/** The addresses of the pages that a person without a sign-in can open on their own machine. */
export const pages: Record<string, (made: Made) => string[]> = {
  "/": () => ["/", "/?span=custom"],
  "/archive": () => ["/archive"],
  "/blocks": () => ["/blocks", "/blocks?state=ended", "/blocks?state=expiring&warehouse=1", "/blocks?do=place"],
  "/blocks/{id}": ({ block }) => [`/blocks/${block.blockId}`, `/blocks/${missing}`],
  "/carts": ({ reference }) => [`/carts?reference=${encodeURIComponent(reference)}`],
  "/carts/{id}": ({ cart }) => [`/carts/${cart.cartId}`, `/carts/${missing}`],
  "/categories": () => ["/categories", "/categories?do=rename.Lighting"],
  "/categories/{name}": () => ["/categories/Lighting", "/categories/Lighting?do=rename", "/categories/No%20such%20name"],
  "/changes": () => ["/changes"],
  "/help": () => ["/help"],
  "/help/{topic}": () => ["/help/stock", "/help/no-such-topic"],
  "/imports": () => ["/imports"],
  "/imports/{id}": ({ importId }) => [`/imports/${importId}`],
  "/items": () => ["/items", "/items?q=nothing-has-this-name", "/items?do=create"],
  "/items/{id}": ({ item }) => [
    `/items/${item.id}`,
    `/items/${missing}`,
    ...["edit", "move.1", "place", "receive", "write-off.1"].map((name) => `/items/${item.id}?do=${name}`),
  ],
  "/items/{id}/changes": ({ item }) => [`/items/${item.id}/changes`],
  "/movements": () => ["/movements?span=day"],
  "/notifications": () => ["/notifications"],
  "/orders": () => ["/orders", "/orders?status=waiting"],
  "/orders/new": () => ["/orders/new"],
  "/orders/{id}": ({ order }) => [`/orders/${order.id}`, `/orders/${order.id}?do=cancel`, `/orders/${missing}`],
  "/orders/{id}/allocate": ({ order }) => [`/orders/${order.id}/allocate`],
  "/orders/{id}/lines": ({ order }) => [`/orders/${order.id}/lines`],
  "/orders/{id}/packing-slip": ({ allocated }) => [`/orders/${allocated.id}/packing-slip`],
  "/orders/{id}/pick-list": ({ allocated }) => [`/orders/${allocated.id}/pick-list`],
  "/orders/{id}/shipping": ({ allocated }) => [`/orders/${allocated.id}/shipping`],
  "/refusals": () => ["/refusals?span=day"],
  "/search": ({ item }) => [`/search?q=${encodeURIComponent(item.name)}`],
  "/settings": () => ["/settings"],
  "/sold": () => ["/sold"],
  "/stock": () => ["/stock"],
  "/stock/{id}": ({ drafts }) => [...drafts, `/stock/${missing}`],
  "/warehouses": () => ["/warehouses", "/warehouses?do=add"],
  "/warehouses/{id}": () => ["/warehouses/1", `/warehouses/${missing}`],
  "/warehouses/{id}/edit": () => ["/warehouses/1/edit"],
  "/webhooks": () => ["/webhooks"],
  "/webhooks/{id}": ({ webhookId }) => [`/webhooks/${webhookId}`],
};

/** The address of no page. */
export const noPage = "/no-such/page";

/** The pages of people and clients. `access.spec.ts` checks them on a server without local access. */
export const accessPages: Record<string, string> = {
  "/people": "/people",
  "/clients": "/clients",
  "/audit": "/audit",
  "/account": "/account",
};

/** The pages for people who have not signed in. `access.spec.ts` checks them too. */
export const publicPages: Record<string, string> = {
  "/sign-in": "/sign-in",
  "/invitation": "/invitation?secret=unknown",
};

/** Creates the data. */
export async function make(shop: Shop, request: APIRequestContext): Promise<Made> {
  const item = await shop.item({ category: "Lighting", description: "A lamp.", quantity: 100 });
  const block = await shop.block(item, 2);
  const reference = unique("cart");
  const cart = await shop.cart([[item, 1]], reference);
  const order = await shop.order([[item, 1]]);
  const allocated = await shop.order([[item, 1]]);
  await post(request, `/api/orders/${allocated.id}/allocate`, { data: { policy: "priority" } });
  const importId = await uploaded(request, `name,price,id\n${item.name},9.50,${item.id}\n${unique("Kettle")},dear,\n`);
  const drafts = [await draft(request, item, false), await draft(request, item, true)];
  return { item, block, cart, reference, order, allocated, drafts, importId, webhookId: await webhook(request) };
}

type PostOptions = Parameters<APIRequestContext["post"]>[1];

async function post(request: APIRequestContext, path: string, options: PostOptions) {
  const response = await request.post(path, { maxRedirects: 0, ...options });
  expect(response.status(), `${path}: ${await response.text()}`).toBeLessThan(400);
  return response;
}

/** Uploads a file, waits until it is checked, and returns the id of its import. */
async function uploaded(request: APIRequestContext, data: string): Promise<number> {
  const headers = { "content-type": "text/csv" };
  const { id } = await (await post(request, "/api/imports?fileName=lamps.csv", { data, headers })).json();
  const progress = async () => (await (await request.get(`/api/imports/${id}`)).json()).progress ?? null;
  await expect.poll(progress).toBeNull();
  return id;
}

/** Creates a delivery of an item as a stock document, and returns its address. */
async function draft(request: APIRequestContext, item: Item, isPosted: boolean): Promise<string> {
  const barcode = `${item.id}${Date.now()}`;
  expect((await request.patch(`/api/items/${item.id}`, { data: { barcodes: [barcode] } })).ok()).toBe(true);
  const form = { kind: "receipt", name: unique("Delivery"), warehouse: "1", target: "" };
  const address = (await post(request, "/stock", { form })).headers()["location"]!;
  const version = async () => /name="version" value="(\d+)"/.exec(await (await request.get(address)).text())![1]!;
  await post(request, `${address}/add`, { form: { version: await version(), code: barcode, quantity: "3" } });
  if (isPosted) await post(request, `${address}/post`, { form: { version: await version() } });
  return address;
}

/** Returns the id of a webhook. It is paused, because nothing receives its events. */
async function webhook(request: APIRequestContext): Promise<number> {
  const data = { name: "Shop", url: "https://shop.example/hook", eventKinds: ["stock.low"] };
  const { id } = (await (await post(request, "/api/webhooks", { data })).json()).webhook;
  await post(request, `/api/webhooks/${id}/pause`, {});
  return id;
}

/** Opens a page and, if it has the console's WASM, waits until it is hydrated. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  if ((await page.locator("script[type=module]").count()) > 0) await hydrated(page);
  const dialog = page.locator("dialog[open]");
  await expect(dialog, address).toHaveCount(address.includes("do=") ? 1 : 0);
}
