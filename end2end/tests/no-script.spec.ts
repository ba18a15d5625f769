// The console without JavaScript: pages and forms.
import { expect, row, test, unique } from "./fixture";

test.use({ javaScriptEnabled: false });

test("pages are readable, and the search works", async ({ page, shop }) => {
  const item = await shop.item();
  await page.goto("/items");
  // Controls that need JavaScript are hidden.
  await expect(page.getByRole("button", { name: "Search" })).toBeHidden();
  await expect(page.getByText("Connecting…")).toBeHidden();
  await expect(page.getByText("Columns")).toBeHidden();
  await page.getByRole("searchbox", { name: "Search items by name" }).fill(item.name);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("rowheader")).toHaveText([item.name]);
  await page.getByRole("link", { name: item.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("a posted form shows its result", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 6 });
  await page.goto(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units").fill("2");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(page).toHaveURL(new RegExp(`/items/${item.id}$`));
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("4");
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByText("Done.")).toBeHidden();
  await page.goto(`/items/${item.id}`);

  await page.getByRole("link", { name: "Hold stock" }).click();
  await dialog.getByLabel("Units").fill("9");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(page.getByText(/Not enough stock/)).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("4");
});

test("units are received, a block is confirmed, an order allocated and cancelled", async ({ page, shop }) => {
  const warehouse = await shop.warehouse();
  const item = await shop.item({ quantity: 6, warehouseId: warehouse.id });
  await page.goto(`/items/${item.id}`);
  await page.getByRole("link", { name: "Receive units" }).click();
  const receive = page.getByRole("dialog", { name: "Receive units" });
  await receive.getByLabel("Units").fill("4");
  await receive.getByLabel("Warehouse").selectOption({ label: `${warehouse.code} · ${warehouse.name}` });
  await receive.getByLabel("Reason").fill("Delivery");
  await receive.getByRole("button", { name: "Receive units" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("10");

  const { blockId } = await shop.block(item, 3);
  await page.goto(`/blocks?item=${item.id}`);
  await page.getByRole("button", { name: `Extend hold ${blockId}` }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await page.getByRole("button", { name: `Confirm hold ${blockId}` }).click();
  await expect(page.getByRole("button", { name: `Confirm hold ${blockId}` })).toBeHidden();
  await expect(page.getByText("Sold", { exact: true }).last()).toBeVisible();

  const order = await shop.order([[item, 2]]);
  await page.goto(`/orders/${order.id}`);
  await page.getByRole("button", { name: `Allocate from ${warehouse.code}` }).click();
  await expect(page.getByText(`taken out of ${warehouse.code}`)).toBeVisible();
  await page.getByRole("link", { name: "Cancel order" }).click();
  await page.getByRole("button", { name: "Cancel order" }).click();
  await expect(page.getByText(`went back to ${warehouse.code}`)).toBeVisible();
});

test("units are written off and moved", async ({ page, shop }) => {
  const [near, far] = [await shop.warehouse(), await shop.warehouse()];
  const item = await shop.item({ quantity: 6, warehouseId: near.id });
  await shop.stock(item, far, 1);
  await page.goto(`/items/${item.id}`);
  await page.getByRole("button", { name: `Write off in ${near.code}` }).click();
  const writeOff = page.getByRole("dialog", { name: "Write off units" });
  await expect(writeOff.getByLabel("Warehouse")).toHaveValue(String(near.id));
  await writeOff.getByLabel("Units").fill("2");
  await writeOff.getByLabel("Reason").fill("Water damage");
  await writeOff.getByRole("button", { name: "Write off units" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("5");

  await page.getByRole("button", { name: `Move in ${near.code}` }).click();
  const move = page.getByRole("dialog", { name: `Move units out of ${near.code}` });
  await move.getByLabel("Units").fill("3");
  await move.getByLabel("To warehouse").selectOption({ label: `${far.code} · ${far.name}` });
  await move.getByLabel("Reason").fill("Nearer to the buyers");
  await move.getByRole("button", { name: "Move units" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  const levels = page.getByRole("table", { name: "Stock by warehouse" });
  await expect(row(levels, near.code).getByRole("cell").first()).toHaveText("1");
  await expect(row(levels, far.code).getByRole("cell").first()).toHaveText("4");
});

test("a dialog can be closed without an effect", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 6 });
  for (const close of ["Close", "Cancel"]) {
    await page.goto(`/items/${item.id}?do=place`);
    const dialog = page.getByRole("dialog", { name: "Hold stock" });
    await dialog.getByRole("button", { name: close }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("definition").first()).toHaveText("6");
  }
});

test("renaming a category redirects to its new page", async ({ page, shop }) => {
  const [before, after] = [unique("Audio / Video & 100%"), unique("Sound & Vision")];
  const item = await shop.item({ category: before });
  await page.goto("/categories");
  await page.getByRole("button", { name: `Rename ${before}` }).click();
  await expect(page.getByRole("dialog", { name: `Rename ${before}` })).toBeVisible();

  await page.goto(`/categories/${encodeURIComponent(before)}`);
  await page.getByRole("link", { name: "Rename or merge" }).click();
  const dialog = page.getByRole("dialog", { name: `Rename ${before}` });
  await expect(dialog.getByLabel("New name")).toHaveValue(before);
  await dialog.getByLabel("New name").fill(after);
  await dialog.getByRole("button", { name: "Rename category" }).click();
  await expect(page.getByText("Done.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: after })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveText([item.name]);
});

test("an order's lines are searched, added, changed and removed", async ({ page, shop }) => {
  const word = unique("Lantern").replaceAll(" ", "");
  const red = await shop.item({ name: `${word} red` });
  const green = await shop.item({ name: `${word} green` });
  await page.goto("/orders/new");
  await expect(page.getByRole("button", { name: "Create order" })).toBeDisabled();
  const reference = unique("WEB");
  await page.getByLabel("Reference").fill(reference);
  await page.getByRole("combobox", { name: "Add an item" }).fill(word);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Add ${red.name}` }).click();
  await page.getByLabel(`Quantity of ${red.name}`).fill("3");
  // Items of the order are not offered again, and entered quantities stay.
  await expect(page.getByRole("button", { name: `Add ${red.name}` })).toBeHidden();
  await page.getByRole("button", { name: `Add ${green.name}` }).click();
  await expect(page.getByLabel(`Quantity of ${red.name}`)).toHaveValue("3");
  await expect(page.getByLabel(`Quantity of ${green.name}`)).toHaveValue("1");
  await page.getByRole("button", { name: `Remove ${green.name}` }).click();
  await expect(page.getByLabel(`Quantity of ${green.name}`)).toBeHidden();
  await page.getByRole("combobox", { name: "Add an item" }).fill(unique("Nothing"));
  await page.getByRole("button", { name: "Find items" }).click();
  await expect(page.getByText("No other item name contains these words")).toBeVisible();
  await page.getByLabel(`Quantity of ${red.name}`).fill("4");
  await page.getByRole("button", { name: "Create order" }).click();
  await expect(page.getByRole("heading", { level: 1, name: reference })).toBeVisible();
  const lines = page.getByRole("table", { name: "Lines of this order" });
  await expect(lines.getByRole("row")).toHaveCount(2);
  await expect(row(lines, red.name)).toContainText("4");
});

test("a file is checked, then imported", async ({ page }) => {
  const name = unique("Kettle");
  await page.goto("/imports");
  const buffer = Buffer.from(`name,price\n${name},12.00\nBroken,cheap\n`);
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "items.csv", mimeType: "text/csv", buffer });
  await page.getByRole("button", { name: "Upload" }).click();
  // The page loads itself again until the file is checked.
  await page.getByRole("button", { name: "Apply without the row with an error" }).click();
  await expect(page.getByText("1 of 1 row applied.")).toBeVisible();
  const found = (await (await page.request.get(`/api/items?q=${encodeURIComponent(name)}`)).json()) as { items: unknown[] };
  expect(found.items).toHaveLength(1);
});

test("bulk actions on blocks show an outcome for each block", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 20 });
  const [first, second, third] = [await shop.block(item, 1), await shop.block(item, 2), await shop.block(item, 3, 60)];
  const address = `/blocks?item=${item.id}`;
  await page.goto(address);
  await page.getByRole("button", { name: "Confirm selected" }).click();
  await expect(page.getByText(/No hold is selected/)).toBeVisible();

  const tick = (block: { blockId: number }) => page.getByRole("checkbox", { name: `Select row ${block.blockId}`, exact: true }).check();
  await tick(third);
  await page.getByRole("combobox", { name: "Hold from now for" }).selectOption("1 day");
  await page.getByRole("button", { name: "Extend selected" }).click();
  const outcomes = page.getByRole("table", { name: "Outcome of each hold" });
  const outcome = (block: { blockId: number }) =>
    row(outcomes, "").filter({ has: page.getByRole("cell", { name: String(block.blockId), exact: true }) });
  await expect(outcome(third)).toContainText(/Extended\s*Held until/);
  const extended = (await (await page.request.get(`/api/blocks/${third.blockId}`)).json()) as { expiresAt: string };
  expect(Date.parse(extended.expiresAt) - Date.now()).toBeGreaterThan(23 * 3600 * 1000);

  // Another client releases one of the blocks.
  await page.getByRole("link", { name: "Back to holds" }).click();
  await expect(page).toHaveURL(new RegExp(`item=${item.id}$`));
  await tick(first);
  await tick(second);
  await page.request.delete(`/api/blocks/${second.blockId}`);
  await page.getByRole("button", { name: "Confirm selected" }).click();
  await expect(page.getByText("1 confirmed, 1 rejected.")).toBeVisible();
  await expect(outcome(first)).toContainText("Sold");
  await expect(outcome(second)).toContainText(/Rejected.*released/);
  await expect(outcomes.getByRole("rowheader").first()).toHaveText(item.name);

  await page.getByRole("link", { name: "Back to holds" }).click();
  await tick(third);
  await page.getByRole("button", { name: "Release selected" }).click();
  await expect(page.getByText("1 released, 0 rejected.")).toBeVisible();
  await page.getByRole("link", { name: item.name }).click();
  await expect(page.getByRole("definition").first()).toHaveText("19");
});
