// Stock documents that count and move units. keyboard-jobs.spec.ts receives a delivery.
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, row, test, unique, type Item, type Warehouse } from "./fixture";

/** Gives an item a barcode, and returns it. */
async function barcode(request: APIRequestContext, item: Item): Promise<string> {
  const code = `${Date.now()}${item.id}`;
  expect((await request.patch(`/api/items/${item.id}`, { data: { barcodes: [code] } })).ok()).toBe(true);
  return code;
}

/** Returns the available units of an item in a warehouse. */
async function units(request: APIRequestContext, item: Item, warehouse: Warehouse): Promise<number> {
  const levels = (await (await request.get(`/api/items/${item.id}/levels`)).json()) as { warehouseId: number; available: number }[];
  return levels.find((level) => level.warehouseId === warehouse.id)?.available ?? 0;
}

/** Creates a document on its page. */
async function create(page: Page, kind: "Count" | "Move", warehouse: Warehouse, target?: Warehouse): Promise<string> {
  const name = unique(kind);
  await page.goto("/stock");
  await page.getByLabel("Kind").selectOption(kind);
  await page.getByRole("textbox", { name: "Document" }).fill(name);
  await page.getByLabel("Warehouse (of a move: from)").selectOption(warehouse.code);
  if (target) await page.getByLabel("To (only for a move)").selectOption(target.code);
  await page.getByRole("button", { name: "Create document" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${kind}: ${name}` })).toBeVisible();
  return name;
}

/** Adds one unit of an item as a scanner does: into the field that has the focus. */
async function scan(page: Page, code: string, item: Item): Promise<void> {
  await expect(page.getByRole("textbox", { name: "SKU or barcode" })).toBeFocused();
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await expect(row(page, item.name)).toBeVisible();
}

/** Sets the units of a line. */
async function set(page: Page, item: Item, quantity: number): Promise<void> {
  const field = row(page, item.name).getByRole("textbox", { name: `Units of ${item.name}` });
  await field.fill(String(quantity));
  await row(page, item.name).getByRole("button", { name: "Save" }).click();
  await expect(field).toHaveValue(String(quantity));
}

test("a count sets the units of a warehouse", async ({ page, shop, request }) => {
  const warehouse = await shop.warehouse();
  const [more, fewer] = [
    await shop.item({ quantity: 10, warehouseId: warehouse.id }),
    await shop.item({ quantity: 5, warehouseId: warehouse.id }),
  ];
  const codes = [await barcode(request, more), await barcode(request, fewer)] as const;
  const name = await create(page, "Count", warehouse);
  await scan(page, codes[0], more);
  await scan(page, codes[1], fewer);
  await set(page, more, 12);
  await set(page, fewer, 4);
  expect(await units(request, more, warehouse)).toBe(10);
  await page.getByRole("button", { name: "Set the counted units" }).click();
  await expect(page.getByText("Posted", { exact: true })).toBeVisible();
  expect([await units(request, more, warehouse), await units(request, fewer, warehouse)]).toEqual([12, 4]);
  // A posted document has no forms.
  await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  await expect(row(page, more.name)).toContainText("12");
  await page.getByRole("link", { name: more.name }).click();
  await expect(page.getByRole("definition").first()).toHaveText("12");
  await expect(row(page, name)).toContainText("+2");
});

test("a move moves all lines, or none", async ({ page, shop, request }) => {
  const [from, to] = [await shop.warehouse(), await shop.warehouse()];
  const [item, scarce] = [
    await shop.item({ quantity: 9, warehouseId: from.id }),
    await shop.item({ quantity: 1, warehouseId: from.id }),
  ];
  const codes = [await barcode(request, item), await barcode(request, scarce)] as const;
  await create(page, "Move", from, to);
  await scan(page, codes[0], item);
  // A second scan adds a unit to the line.
  await scan(page, codes[0], item);
  await expect(row(page, item.name).getByRole("textbox")).toHaveValue("2");
  await scan(page, codes[1], scarce);
  await set(page, scarce, 3);
  await page.getByRole("button", { name: "Move all" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(row(page, scarce.name)).toContainText("You asked for 3");
  expect([await units(request, item, from), await units(request, item, to)]).toEqual([9, 0]);

  await row(page, scarce.name).getByRole("button", { name: "Remove" }).click();
  await expect(row(page, scarce.name)).toHaveCount(0);
  await page.getByRole("button", { name: "Move all" }).click();
  await expect(page.getByText("Posted", { exact: true })).toBeVisible();
  expect([await units(request, item, from), await units(request, item, to)]).toEqual([7, 2]);
  await expect(page.getByRole("main")).toContainText(`${from.code} → ${to.code}`);
});

test("an unknown code is rejected, and stays in the field", async ({ page, shop }) => {
  await create(page, "Count", await shop.warehouse());
  const code = unique("none").replaceAll(" ", "-");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText(code);
  await expect(page.getByRole("textbox", { name: "SKU or barcode" })).toHaveValue(code);
});
