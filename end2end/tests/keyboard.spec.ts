import { expect, pick, row, test, toast } from "./fixture";
import { pressKey } from "./keys";

test("the command palette opens pages, finds items and runs commands", async ({ page, shop, visit }) => {
  const item = await shop.item();
  await visit("/");
  const palette = page.getByRole("dialog", { name: "Search or run a command" });
  const input = palette.getByRole("combobox");

  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.type("wareh");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Warehouses" })).toBeVisible();

  await page.keyboard.press("Meta+k");
  await expect(input).toBeFocused();
  await page.keyboard.type(item.name);
  await expect(palette.getByRole("option", { name: item.name })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();

  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.type("new item");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New item" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/items$/);
});

test("g and a letter opens a page, / focuses the search, ? lists the shortcuts", async ({ page, visit }) => {
  await visit("/");
  for (const [letter, name] of [
    ["i", "Items"],
    ["b", "Holds"],
    ["o", "Orders"],
    ["c", "Categories"],
    ["w", "Warehouses"],
    ["h", "Overview"],
  ] as const) {
    await pressKey(page, "g");
    await pressKey(page, letter);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await pressKey(page, "?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Select the row");
  await help.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await pressKey(page, "g");
  await pressKey(page, "i");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("j, k and x work in tables, Enter opens", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  const first = await shop.block(item, 1);
  const second = await shop.block(item, 1);
  await visit(`/blocks?item=${item.id}`);
  await pressKey(page, "j");
  await expect(page.locator(`tr[data-row="${second.blockId}"]`)).toBeFocused();
  await pressKey(page, "j");
  await expect(page.locator(`tr[data-row="${first.blockId}"]`)).toBeFocused();
  await pressKey(page, "x");
  await expect(page).toHaveURL(new RegExp(`selected=${first.blockId}$`));
  await pressKey(page, "k");
  await expect(page.locator(`tr[data-row="${second.blockId}"]`)).toBeFocused();
  await pressKey(page, "x");
  await expect(page.getByRole("region", { name: "Selected rows" })).toContainText("2 selected");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("a held j moves the focus row by row", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  const blocks = [];
  for (let at = 0; at < 7; at += 1) blocks.push(await shop.block(item, 1));
  await visit(`/blocks?item=${item.id}`);
  // Repeated keys are as fast as those of a scanner.
  await page.evaluate(() => {
    for (let at = 0; at < 6; at += 1) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, repeat: at > 0 }));
    }
  });
  await expect(page.locator(`tr[data-row="${blocks[1]?.blockId}"]`)).toBeFocused();
});

test("by keyboard alone: block, then confirm", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  await visit("/");
  await pressKey(page, "g");
  await pressKey(page, "b");
  await expect(page.getByRole("heading", { level: 1, name: "Holds" })).toBeVisible();
  await pressKey(page, "n");
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await expect(dialog.getByRole("combobox", { name: "Item" })).toBeFocused();
  await pick(dialog, "Item", item.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type("4");
  await page.keyboard.press("Enter");
  await expect(toast(page, "4 units until")).toBeVisible();
  const held = row(page, item.name);
  await expect(held).toBeVisible();
  // Tests that run at the same time may add rows above this one.
  await expect(async () => {
    await pressKey(page, "j");
    await expect(held).toBeFocused({ timeout: 200 });
  }).toPass();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(held.getByRole("button", { name: /^Confirm hold/ })).toBeFocused();
  await page.keyboard.press("Enter");
  const confirm = page.getByRole("dialog", { name: /^Confirm hold/ }).getByRole("button", { name: "Confirm", exact: true });
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(confirm).toBeFocused({ timeout: 200 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(toast(page, "confirmed: 4 units sold.")).toBeVisible();
});

test("by keyboard alone: order, preview, allocate", async ({ page, shop, visit }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ quantity: 5, warehouseId: warehouse.id });
  await visit("/orders");
  await pressKey(page, "n");
  await expect(page.getByRole("heading", { level: 1, name: "New order" })).toBeVisible();
  await page.getByRole("combobox", { name: "Add an item" }).focus();
  await pick(page, "Add an item", item.name);
  await page.keyboard.type("2");
  await page.getByRole("button", { name: "Create order" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${warehouse.code} can fill the whole order.`)).toBeVisible();
  await page.getByRole("button", { name: `Allocate from ${warehouse.code}` }).focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "every line was taken")).toBeVisible();
});

test("keys typed directly after the shortcut reach the command palette", async ({ page, visit }) => {
  await visit("/orders");
  // A message is a separate task, like the next key event. No frame is drawn in between.
  const focused = await page.evaluate(
    () =>
      new Promise((done) => {
        const next = new MessageChannel();
        next.port1.onmessage = () => done(document.activeElement?.getAttribute("role"));
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
        next.port2.postMessage(null);
      }),
  );
  expect(focused).toBe("combobox");
});
