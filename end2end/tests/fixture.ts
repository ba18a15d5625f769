// Fixtures of all browser tests: a page that fails the test on errors in the browser's console, and a shop that
// creates test data through the REST API, so that tests are independent.
import { test as base, expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";

export { expect };

let made = 0;

/** Returns a name that is unique across tests, runs and workers. */
export function unique(word: string): string {
  made += 1;
  return `${word} ${Date.now().toString(36)}${process.pid.toString(36)}${made}`;
}

/** Returns the whole numbers of a text, which may have separators of thousands. */
export function numbers(text: string): number[] {
  return (text.replaceAll(",", "").match(/\d+/g) ?? []).map(Number);
}

/** Returns the first whole number of a text. */
export function number(text: string): number {
  const [first] = numbers(text);
  if (first === undefined) throw new Error(`There is no number in ${text}`);
  return first;
}

export type Item = { id: number; name: string; quantity: number; price: string; category: string | null };
export type Warehouse = { id: number; code: string; name: string };
export type Placed = { blockId: number; expiresAt: string };
export type PlacedCart = { cartId: number; blocks: Placed[] };
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

  cart(lines: [Item, number][], reference?: string): Promise<PlacedCart> {
    const wire = lines.map(([item, quantity]) => ({ itemId: item.id, quantity }));
    return this.post("/api/blocks", { reference, lines: wire });
  }

  order(lines: [Item, number][], reference?: string): Promise<Order> {
    const wire = lines.map(([item, quantity]) => ({ itemId: item.id, quantity }));
    return this.post("/api/orders", { reference, lines: wire });
  }
}

type Fixtures = {
  shop: Shop;
  /** Opens an address and waits until the page is hydrated. */
  visit: (path: string) => Promise<void>;
};

// The browser logs each failed request. The console shows these problems on the page: those of server functions and of forms, and
// those of the addresses of nothing.
const rejection = /^Failed to load resource: the server responded with a status of 4\d\d/;
const rejecting = /\/rpc\/|\/stock\/\d+\/|\/orders\/\d+\/allocate|\/categories\/No%20such|\/no-such|\/999999999$/;

// Without scripts, Chromium warns that the preloaded WASM isn't used.
const unused = /was preloaded using link preload but not used/;

export const test = base.extend<Fixtures>({
  page: async ({ page, javaScriptEnabled }, use) => {
    const consoleErrors: string[] = [];
    page.on("pageerror", (error) => consoleErrors.push(String(error)));
    page.on("console", (message) => {
      const expected =
        (rejection.test(message.text()) && rejecting.test(message.location().url)) ||
        (!javaScriptEnabled && unused.test(message.text()));
      const wrong = message.type() === "error" || message.type() === "warning";
      if (wrong && !expected) consoleErrors.push(`${message.type()}: ${message.text()}`);
    });
    await use(page);
    expect(consoleErrors, "the browser's console").toEqual([]);
  },
  shop: async ({ request }, use) => use(new Shop(request)),
  visit: async ({ page }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await hydrated(page);
    });
  },
});

/** Waits until the page is hydrated, so that clicks have an effect. Needed after each reload. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Opens a page that only the server renders. Its script has run when the page is loaded. */
export async function visitPlain(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("script[src='/keyboard.js']"), path).toHaveCount(1);
}

/** Types a code as fast as a scanner: within the page, without a round trip per key. */
export async function scan(page: Page, code: string): Promise<void> {
  // The script of the keyboard runs before the page is loaded, but after its text is visible.
  await page.waitForLoadState();
  await page.evaluate((keys) => {
    for (const key of keys) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  }, [...code, "Enter"]);
}

/** Returns the success toast with this text. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.getByRole("region", { name: "Messages" }).getByRole("status").getByText(text);
}

/** Returns the table row with this text. */
export function row(within: Page | Locator, text: string): Locator {
  return within.getByRole("row").filter({ hasText: text });
}

/** Searches an item by name in a combobox and picks it by keyboard. */
export async function pick(within: Page | Locator, label: string, name: string): Promise<void> {
  const input = within.getByRole("combobox", { name: label });
  await input.fill(name);
  await expect(within.getByRole("option", { name })).toBeVisible();
  await input.press("Enter");
}
