import { hydrated, expect, pick, row, test, toast } from "./fixture";

test("units are blocked from the list, by keyboard", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  await visit("/blocks");
  await page.getByRole("link", { name: "Hold stock" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await expect(dialog.getByRole("combobox", { name: "Item" })).toBeFocused();
  await pick(dialog, "Item", item.name);
  await expect(dialog.getByText(`${item.name} – 10 available`)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.type("4");
  await expect(dialog.getByLabel("Units")).toHaveValue("4");
  await page.keyboard.press("Enter");
  await expect(toast(page, "4 units until")).toContainText("6 still available");

  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  await expect(row(blocks, item.name)).toContainText("Held");
  await page.reload();
  await hydrated(page);
  await expect(row(blocks, item.name)).toContainText(/59:\d\d/);
});

test("a rejected block offers the available units", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 3 });
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units").fill("9");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  const rejection = dialog.getByRole("alert");
  await expect(rejection).toContainText("Requested9");
  await expect(rejection).toContainText("Available3");
  await expect(rejection).toContainText("Missing6");
  await expect(rejection.getByRole("button", { name: "Copy request id" })).toBeVisible();
  await dialog.getByRole("button", { name: "Hold 3 instead" }).click();
  await expect(toast(page, "3 units until")).toBeVisible();
  await expect(page.getByRole("table", { name: "Holds of this item" })).toContainText("Held");
});

test("typing replaces the preset units, and the offer follows the stock", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await expect(dialog.getByLabel("Units")).toBeFocused();
  await page.keyboard.type("20");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("You asked for 20. MAIN has 8.");
  await expect(dialog.getByRole("button", { name: "Hold 8 instead" })).toBeVisible();
  // Another client places a block.
  await shop.block(item, 5);
  await expect(dialog.getByText(`${item.name} – 3 available`)).toBeVisible();
  await dialog.getByRole("button", { name: "Hold 3 instead" }).click();
  await expect(toast(page, "3 units until")).toBeVisible();
});

test("a block without an item shows an error", async ({ page, visit }) => {
  await visit("/blocks");
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByRole("combobox", { name: "Item" }).fill("something typed, nothing chosen");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Choose an item");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("a rejection shows the held units and the time until they are held", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 7 });
  await shop.block(item, 4, 900);
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units").fill("9");
  await page.keyboard.press("Enter");
  const rejection = dialog.getByRole("alert");
  await expect(rejection).toContainText("Available3");
  await expect(rejection).toContainText(/Held until \d\d:\d\d4/);
  await dialog.getByRole("button", { name: "Hold 3 instead" }).click();
  await expect(toast(page, "3 units until")).toBeVisible();
});

test("placing a block can be undone", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 5 });
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units").fill("2");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("definition").first()).toHaveText("3");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("released.")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("5");
});

test("a block is confirmed", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 3);
  await visit(`/blocks?item=${item.id}`);
  await expect(page.getByText(item.name).first()).toBeVisible();
  await page.getByRole("button", { name: `Confirm hold ${blockId}` }).click();
  const dialog = page.getByRole("dialog", { name: `Confirm hold ${blockId}` });
  await expect(dialog).toContainText(`3 units of ${item.name}`);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(toast(page, `Hold ${blockId} confirmed: 3 units sold.`)).toBeVisible();
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  await expect(row(blocks, item.name)).toContainText("Sold");
  await expect(page.getByRole("button", { name: `Confirm hold ${blockId}` })).toBeHidden();

  const states = page.getByRole("navigation", { name: "Status" });
  await states.getByRole("link", { name: "Active" }).click();
  await expect(page).toHaveURL(/state=temporary/);
  await expect(page.getByText("No hold matches")).toBeVisible();
  await states.getByRole("link", { name: "Sold" }).click();
  await page.reload();
  await expect(row(blocks, item.name)).toContainText("Sold");
});

test("a block is extended and released, and undo places it again", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 5, 900);
  await visit(`/blocks?item=${item.id}`);
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  await expect(row(blocks, item.name)).toContainText(/14:\d\d/);

  await page.getByRole("button", { name: `Extend hold ${blockId}` }).click();
  const extend = page.getByRole("dialog", { name: `Extend hold ${blockId}` });
  await extend.getByLabel("Hold from now for").selectOption("6 hours");
  await extend.getByRole("button", { name: "Extend" }).click();
  await expect(toast(page, `Hold ${blockId} extended to`)).toBeVisible();
  await expect(row(blocks, item.name)).toContainText(/5 h 59 min/);

  await page.getByRole("button", { name: `Release hold ${blockId}` }).click();
  await expect(toast(page, "5 units back on sale.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(toast(page, `Hold ${blockId} restored as hold`)).toBeVisible();
  await expect(row(blocks, item.name)).toContainText(/5 h 59 min/);

  await page.getByRole("navigation", { name: "Status" }).getByRole("link", { name: "Recently ended" }).click();
  const ended = page.getByRole("table", { name: "Ended holds, latest first" });
  await expect(row(ended, String(blockId))).toContainText("Released");
});

test("a rejected action is reverted, with the reason", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 5);
  await visit(`/blocks?item=${item.id}`);
  // Simulates a server that rejects the action.
  let respond = () => {};
  const mayRespond = new Promise<void>((resolve) => (respond = resolve));
  await page.route("**/rpc/act_on_blocks", async (route) => {
    await mayRespond;
    const problem = { type: "", title: "The block has expired", status: 409, code: "block_expired", detail: "Too late." };
    await route.fulfill({ json: [{ blockId, problem }] });
  });
  await page.getByRole("button", { name: `Release hold ${blockId}` }).click();
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  // The optimistic update, before the response.
  await expect(row(blocks, item.name)).toContainText("Released");
  respond();
  await expect(row(blocks, item.name)).toContainText("The block has expired");
  await expect(page.getByRole("alert")).toContainText("Too late.");
  await expect(page.getByRole("button", { name: `Release hold ${blockId}` })).toBeVisible();
});

test("a bulk action shows an outcome for each block", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 9 });
  const ids = [(await shop.block(item, 1)).blockId, (await shop.block(item, 2)).blockId, (await shop.block(item, 3)).blockId];
  await visit(`/blocks?item=${item.id}`);
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await expect(page).toHaveURL(/selected=/);
  // A copied link selects the same rows.
  await page.reload();
  await hydrated(page);
  const bulk = page.getByRole("region", { name: "Selected rows" });
  await expect(bulk).toContainText("3 selected");
  await page.route("**/rpc/act_on_blocks", async (route) => {
    // Another client releases one of the blocks first.
    await request.delete(`/api/blocks/${ids[0]}`);
    await route.continue();
  });
  await bulk.getByRole("button", { name: "Confirm selected" }).click();
  await page.getByRole("dialog", { name: "Confirm 3 holds" }).getByRole("button", { name: "Confirm" }).click();
  await expect(toast(page, "2 holds confirmed: 5 units sold. 1 failed:")).toBeVisible();
  await expect(page.getByRole("region", { name: "Messages" }).getByRole("listitem")).toContainText("was released");
});

test("an expired block leaves the list, and its units are available again", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  await shop.block(item, 5, 9);
  await visit(`/items/${item.id}`);
  const blocks = page.getByRole("table", { name: "Holds of this item" });
  await expect(blocks).toContainText(/0:0\d/);
  await expect(page.getByText("No units are held", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("definition").first()).toHaveText("8");
});

test("blocks can be filtered by item, and the filter can be removed", async ({ page, shop, visit }) => {
  const [wanted, other] = [await shop.item(), await shop.item()];
  await shop.block(wanted, 1);
  await shop.block(other, 1);
  await visit("/blocks");
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  await expect(row(blocks, other.name)).toBeVisible();
  await pick(page, "Holds of item", wanted.name);
  await expect(row(blocks, wanted.name)).toBeVisible();
  await expect(row(blocks, other.name)).toBeHidden();
  await page.reload();
  await hydrated(page);
  await expect(row(blocks, other.name)).toBeHidden();
  await page.getByRole("link", { name: "Show the holds of all items" }).click();
  await expect(row(blocks, other.name)).toBeVisible();
});

test("several blocks are extended, then released, and the selection is empty afterwards", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  for (const units of [1, 2]) await shop.block(item, units, 600);
  await visit(`/blocks?item=${item.id}`);
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  const bulk = page.getByRole("region", { name: "Selected rows" });
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await bulk.getByRole("button", { name: "Extend selected" }).click();
  const extend = page.getByRole("dialog", { name: "Extend 2 holds" });
  await extend.getByLabel("Hold from now for").selectOption("1 day");
  await extend.getByRole("button", { name: "Extend" }).click();
  await expect(toast(page, "2 holds extended.")).toBeVisible();
  await expect(blocks.getByText(/23 h 59 min/)).toHaveCount(2);
  await bulk.getByRole("button", { name: "Release selected" }).click();
  await page.getByRole("dialog", { name: "Release 2 holds with 3 units?" }).getByRole("button", { name: "Release" }).click();
  await expect(toast(page, "2 holds released: 3 units back on sale.")).toBeVisible();
  await expect(page.getByText("No hold matches")).toBeVisible();
  await expect(bulk).toBeHidden();
});

test("selected blocks stay on the page while new blocks are placed", async ({ page, shop, visit }) => {
  const item = await shop.item();
  const { blockId } = await shop.block(item, 1);
  await visit(`/blocks?item=${item.id}`);
  const blocks = page.getByRole("table", { name: "Holds, newest first" });
  const bulk = page.getByRole("region", { name: "Selected rows" });
  await blocks.getByRole("row").nth(1).getByRole("checkbox").check();
  await shop.block(item, 1);
  const again = page.waitForResponse((response) => response.url().includes("/rpc/find_blocks"));
  await shop.block(item, 1);
  await again;
  await expect(bulk).toContainText("1 selected");
  await expect(page.getByRole("button", { name: "2 new – show" })).toBeVisible();
  await expect(blocks.getByRole("row")).toHaveCount(2);
  await expect(row(blocks, String(blockId))).toBeVisible();
  await bulk.getByRole("button", { name: "Select none" }).click();
  await expect(blocks.getByRole("row")).toHaveCount(4);
});

test("the filter by warehouse applies to the holds that expire soon and to the ended ones", async ({ page, shop, visit, request }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ quantity: 50 });
  await shop.stock(item, warehouse, 9);
  const data = { itemId: item.id, quantity: 2, ttlSeconds: 300 };
  await request.post("/api/items/block/temporary", { data });
  const placed = await request.post("/api/items/block/temporary", { data: { ...data, warehouseId: warehouse.id } });
  const { blockId } = (await placed.json()) as { blockId: number };
  await visit(`/blocks?warehouse=${warehouse.id}`);
  await page.getByRole("link", { name: "Expiring soon" }).click();
  await expect(page.getByRole("status").filter({ hasText: "1 hold, 2 units" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Warehouse" })).toHaveValue(String(warehouse.id));
  await expect(page.getByLabel("Placed from")).toBeHidden();
  await request.delete(`/api/blocks/${blockId}`);
  await page.getByRole("link", { name: "Recently ended" }).click();
  await expect(page).toHaveURL(new RegExp(`warehouse=${warehouse.id}`));
  await expect(page.getByRole("rowheader")).toHaveText([item.name]);
});
