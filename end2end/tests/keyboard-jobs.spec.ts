// The five commonest jobs by keyboard alone. A step is a key or a typed text; docs/console.md has the numbers.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, test, toast, unique } from "./fixture";
import { pressKey } from "./keys";

/** The most steps from one control to the next. */
const TABS_MAX = 40;

class Keyboard {
  private steps = 0;

  constructor(private readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await pressKey(this.page, key);
      this.steps += 1;
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    this.steps += 1;
  }

  /** Presses Tab until a control has the focus. */
  async tabTo(control: Locator): Promise<void> {
    await expect(control).toBeVisible();
    for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await this.press("Tab");
    }
    await expect(control).toBeFocused();
  }

  /** Goes to the content by the skip link, which is the first control of a page. */
  async skip(): Promise<void> {
    await this.tabTo(this.page.getByRole("link", { name: "Skip to content" }));
    await this.press("Enter");
  }

  /** Opens the command palette and its first result for a text. */
  async find(text: string): Promise<void> {
    await this.press("Control+k");
    await this.type(text);
    await expect(this.page.getByRole("dialog").getByRole("option").first()).toContainText(text);
    await this.press("Enter");
  }

  /** Compares the number of steps with the documented one. */
  expectSteps(job: string): void {
    const text = readFileSync(new URL("../../docs/console.md", import.meta.url), "utf8");
    const row = text.split("\n").find((line) => line.startsWith(`| ${job} |`));
    expect(`${job}: ${row?.split("|")[2]?.trim()}`).toBe(`${job}: ${this.steps}`);
  }
}

test("an order is opened by its reference", async ({ page, shop, visit }) => {
  const item = await shop.item();
  const reference = unique("WEB");
  await shop.order([[item, 1]], reference);
  await visit("/");
  const keyboard = new Keyboard(page);
  await keyboard.find(reference);
  await expect(page.getByRole("heading", { level: 1, name: reference })).toBeVisible();
  keyboard.expectSteps("open an order by its reference");
});

test("units are held", async ({ page, shop, visit }) => {
  const item = await shop.item();
  await visit("/");
  const keyboard = new Keyboard(page);
  await keyboard.press("g", "b");
  await expect(page.getByRole("heading", { level: 1, name: "Holds" })).toBeVisible();
  await keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await expect(dialog.getByRole("combobox", { name: "Item" })).toBeFocused();
  await keyboard.type(item.name);
  await expect(dialog.getByRole("option", { name: item.name })).toBeVisible();
  await keyboard.press("Enter", "Tab");
  await keyboard.type("4");
  await keyboard.press("Enter");
  await expect(toast(page, "4 units until")).toBeVisible();
  keyboard.expectSteps("hold units of an item");
});

test("a hold is sold", async ({ page, shop, visit }) => {
  const { blockId } = await shop.block(await shop.item(), 2);
  await visit("/");
  const keyboard = new Keyboard(page);
  await keyboard.find(String(blockId));
  await expect(page.getByRole("heading", { level: 1, name: `Hold ${blockId}` })).toBeVisible();
  await keyboard.skip();
  await keyboard.tabTo(page.getByRole("button", { name: "Confirm", exact: true }));
  await keyboard.press("Enter");
  await expect(page.getByRole("main")).toContainText("Sold");
  keyboard.expectSteps("sell a hold");
});

test("an order is allocated", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ warehouseId: warehouse.id });
  const reference = unique("WEB");
  await shop.order([[item, 1]], reference);
  await visit("/");
  const keyboard = new Keyboard(page);
  await keyboard.find(reference);
  await keyboard.tabTo(page.getByRole("button", { name: `Allocate from ${warehouse.code}` }));
  await keyboard.press("Enter");
  await expect(toast(page, "every line was taken")).toBeVisible();
  keyboard.expectSteps("allocate an order");
});

test("a delivery is received", async ({ page, request, visit }) => {
  const sku = unique("SKU").replace(" ", "-");
  const item = await request.post("/api/items", { data: { name: unique("Lamp"), quantity: 0, price: "1.00", sku } });
  const { id } = (await item.json()) as { id: number };
  await visit("/");
  const keyboard = new Keyboard(page);
  await keyboard.press("g", "s");
  await expect(page.getByRole("heading", { level: 1, name: "Receive, count, move" })).toBeVisible();
  await keyboard.skip();
  await keyboard.tabTo(page.getByRole("textbox", { name: "Document" }));
  await keyboard.type(unique("Delivery"));
  await keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "SKU or barcode" })).toBeFocused();
  await keyboard.type(sku);
  await keyboard.press("Tab");
  await keyboard.type("7");
  await keyboard.press("Enter");
  await expect(page.getByRole("row").filter({ hasText: sku })).toBeVisible();
  await keyboard.tabTo(page.getByRole("button", { name: "Receive all" }));
  await keyboard.press("Enter");
  await expect(async () => {
    const now = await (await request.get(`/api/items/${id}`)).json();
    expect(now.quantity).toBe(7);
  }).toPass();
  keyboard.expectSteps("receive a delivery of one item");
});
