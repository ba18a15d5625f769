// What every browser test shares: a page on which nothing may go wrong unseen, and a shop that makes its
// own data through the REST API, so that no test depends on another.
import { test as base, expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";

export { expect };

let made = 0;

/** A name that no other test, run or worker has. */
export function unique(word: string): string {
  made += 1;
  return `${word} ${Date.now().toString(36)}${process.pid.toString(36)}${made}`;
}

export type Item = { id: number; name: string; quantity: number; price: string; category: string | null };
export type Warehouse = { id: number; code: string; name: string };
export type Placed = { blockId: number; expiresAt: string };
export type Order = { id: number; status: string };

type NewItem = Partial<{
  name: string;
  quantity: number;
  price: string;
  category: string;
  description: string;
  warehouseId: number;
}>;

export class Shop {
  constructor(private readonly request: APIRequestContext) {}

  private async post<T>(path: string, data: unknown): Promise<T> {
    const response = await this.request.post(path, { data });
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
    return (await response.json()) as T;
  }

  item(given: NewItem = {}): Promise<Item> {
    return this.post("/api/items", { name: unique("Lamp"), quantity: 10, price: "9.90", ...given });
  }

  warehouse(): Promise<Warehouse> {
    return this.post("/api/warehouses", { code: unique("W"), name: unique("Warehouse") });
  }

  stock(item: Item, warehouse: Warehouse, delta: number): Promise<unknown> {
    return this.post(`/api/items/${item.id}/stock`, { warehouseId: warehouse.id, delta, reason: "Test" });
  }

  block(item: Item, quantity: number, ttlSeconds = 3600): Promise<Placed> {
    return this.post("/api/items/block/temporary", { itemId: item.id, quantity, ttlSeconds });
  }

  order(lines: [Item, number][], reference?: string): Promise<Order> {
    const wire = lines.map(([item, quantity]) => ({ itemId: item.id, quantity }));
    return this.post("/api/orders", { reference, lines: wire });
  }
}

type Fixtures = {
  shop: Shop;
  /** Opens an address and waits until the page has come to life. */
  visit: (path: string) => Promise<void>;
};

// The browser's own note of an answer that the console is about to explain to the person.
const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/;

// Nor does Chromium know, where scripts are off, that what was fetched for them will not be used.
const unused = /was preloaded using link preload but not used/;

export const test = base.extend<Fixtures>({
  page: async ({ page, javaScriptEnabled }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      const expected =
        (refusal.test(message.text()) && message.location().url.includes("/rpc/")) ||
        (!javaScriptEnabled && unused.test(message.text()));
      const wrong = message.type() === "error" || message.type() === "warning";
      if (wrong && !expected) complaints.push(`${message.type()}: ${message.text()}`);
    });
    await use(page);
    expect(complaints, "the browser's console").toEqual([]);
  },
  shop: async ({ request }, use) => use(new Shop(request)),
  visit: async ({ page }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await alive(page);
    });
  },
});

/** Waits until what one clicks is answered: after `visit`, and after a reload. */
export async function alive(page: Page): Promise<void> {
  await page.locator("html[data-alive]").waitFor({ state: "attached" });
}

/** A message in the corner that says this. */
export function told(page: Page, text: string | RegExp): Locator {
  return page.getByRole("region", { name: "Messages" }).getByRole("status").getByText(text);
}

/** The row of a table that has this text. */
export function row(within: Page | Locator, text: string): Locator {
  return within.getByRole("row").filter({ hasText: text });
}

/** Finds an item by name in a combobox and picks it, by keyboard. */
export async function pick(within: Page | Locator, label: string, name: string): Promise<void> {
  const input = within.getByRole("combobox", { name: label });
  await input.fill(name);
  await expect(within.getByRole("option", { name })).toBeVisible();
  await input.press("Enter");
}
