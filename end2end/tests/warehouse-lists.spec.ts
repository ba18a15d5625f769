// Lists of one warehouse, and their CSV files.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, row, test, unique } from "./fixture";

/** Downloads the CSV file of the list, and returns its lines as records. The values have no quotation marks. */
async function csv(page: Page): Promise<Record<string, string>[]> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV" }).click(),
  ]);
  const text = (await readFile(await download.path(), "utf8")).replace(/^\uFEFF/, "").trim();
  const [header, ...lines] = text.split(/\r?\n/).map((line) => line.split(","));
  return lines.map((values) => Object.fromEntries(header!.map((name, at) => [name, values[at] ?? ""])));
}

test("the items of a warehouse have its units, also as CSV", async ({ page, shop, visit }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const category = unique("Places");
  const both = await shop.item({ category, quantity: 4, warehouseId: near.id });
  await shop.stock(both, far, 3);
  const other = await shop.item({ category, quantity: 6, warehouseId: near.id });
  await visit(`/items?category=${encodeURIComponent(category)}`);
  await expect(page.getByRole("rowheader")).toHaveText([both.name, other.name]);
  await expect(row(page, both.name).getByRole("cell").filter({ hasText: /^7$/ })).toBeVisible();
  expect((await csv(page)).map(({ name, quantity }) => [name, quantity])).toEqual([
    [both.name, "7"],
    [other.name, "6"],
  ]);

  await page.getByRole("combobox", { name: "Warehouse" }).selectOption({ label: `${far.code} · ${far.name}` });
  await expect(page).toHaveURL(new RegExp(`warehouse=${far.id}`));
  await expect(page.getByRole("rowheader")).toHaveText([both.name]);
  await expect(page.getByRole("columnheader", { name: "Available here" })).toBeVisible();
  await expect(row(page, both.name).getByRole("cell").filter({ hasText: /^3$/ })).toBeVisible();
  await expect(page.getByText("1 item", { exact: true })).toBeVisible();
  expect((await csv(page)).map(({ name, quantity }) => [name, quantity])).toEqual([[both.name, "3"]]);
});

test("the holds of a warehouse are listed and downloaded", async ({ page, request, shop, visit }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const item = await shop.item({ quantity: 9, warehouseId: near.id });
  await shop.stock(item, far, 9);
  const hold = async (warehouseId: number, quantity: number): Promise<number> => {
    const data = { itemId: item.id, quantity, warehouseId };
    return (await (await request.post("/api/items/block/temporary", { data })).json()).blockId;
  };
  const [here, there] = [await hold(near.id, 2), await hold(far.id, 5)];
  await visit(`/blocks?item=${item.id}`);
  const holds = page.getByRole("table", { name: "Holds, newest first" });
  await expect(holds.getByRole("row")).toHaveCount(3);
  await page.getByRole("combobox", { name: "Warehouse" }).selectOption({ label: `${far.code} · ${far.name}` });
  await expect(page).toHaveURL(new RegExp(`warehouse=${far.id}`));
  await expect(holds.getByRole("row")).toHaveCount(2);
  await expect(holds.locator(`[data-row="${there}"]`)).toBeVisible();
  await expect(holds.locator(`[data-row="${here}"]`)).toHaveCount(0);
  expect((await csv(page)).map(({ id, warehouse, quantity }) => [id, warehouse, quantity])).toEqual([
    [String(there), far.code, "5"],
  ]);
});
