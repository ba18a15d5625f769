import { alive, expect, pick, row, test } from "./fixture";

test("units are blocked from the list, by keyboard", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  await visit("/blocks");
  await page.getByRole("button", { name: "Block units" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Block units" });
  await expect(dialog.getByRole("combobox", { name: "Item" })).toBeFocused();
  await pick(dialog, "Item", item.name);
  await expect(dialog.getByText(`${item.name} – 10 available`)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.type("4");
  await expect(dialog.getByLabel("Units")).toHaveValue("4");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("holds 4 units");
  await expect(page.getByRole("status")).toContainText("6 left to sell");

  const blocks = page.getByRole("table", { name: "Blocks, newest first" });
  await expect(row(blocks, item.name)).toContainText("Temporary");
  await page.reload();
  await alive(page);
  await expect(row(blocks, item.name)).toContainText(/59:\d\d/);
});

test("a block of too many offers what is there", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 3 });
  await visit(`/items/${item.id}`);
  await page.getByRole("button", { name: "Block units" }).click();
  const dialog = page.getByRole("dialog", { name: "Block units" });
  await dialog.getByLabel("Units").fill("9");
  await dialog.getByRole("button", { name: "Block units" }).click();
  const refusal = dialog.getByRole("alert");
  await expect(refusal).toContainText("Asked9");
  await expect(refusal).toContainText("Available3");
  await expect(refusal).toContainText("Missing6");
  await expect(refusal.getByRole("button", { name: "Copy request id" })).toBeVisible();
  await dialog.getByRole("button", { name: "Block 3 instead" }).click();
  await expect(page.getByRole("status")).toContainText("holds 3 units");
  await expect(page.getByRole("table", { name: "Temporary blocks of this item" })).toContainText("Temporary");
});

test("a block without an item asks for one", async ({ page, visit }) => {
  await visit("/blocks");
  await page.getByRole("button", { name: "Block units" }).click();
  const dialog = page.getByRole("dialog", { name: "Block units" });
  await dialog.getByRole("combobox", { name: "Item" }).fill("something typed, nothing chosen");
  await dialog.getByRole("button", { name: "Block units" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Choose an item");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("a block is confirmed", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 3);
  await visit(`/blocks?item=${item.id}`);
  await expect(page.getByText(item.name).first()).toBeVisible();
  await page.getByRole("button", { name: `Confirm block ${blockId}` }).click();
  const dialog = page.getByRole("dialog", { name: `Confirm block ${blockId}` });
  await expect(dialog).toContainText(`3 units of ${item.name}`);
  await dialog.getByRole("button", { name: "Confirm block" }).click();
  await expect(page.getByRole("status")).toContainText(`Block ${blockId} is permanent: 3 units sold.`);
  const blocks = page.getByRole("table", { name: "Blocks, newest first" });
  await expect(row(blocks, item.name)).toContainText("Permanent");
  await expect(page.getByRole("button", { name: `Confirm block ${blockId}` })).toBeHidden();

  await page.getByRole("navigation", { name: "State" }).getByRole("link", { name: "Temporary" }).click();
  await expect(page).toHaveURL(/state=temporary/);
  await expect(page.getByText("No block matches")).toBeVisible();
  await page.getByRole("navigation", { name: "State" }).getByRole("link", { name: "Permanent" }).click();
  await page.reload();
  await expect(row(blocks, item.name)).toContainText("Permanent");
});

test("a block is extended and released", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 5, 900);
  await visit(`/blocks?item=${item.id}`);
  const blocks = page.getByRole("table", { name: "Blocks, newest first" });
  await expect(row(blocks, item.name)).toContainText(/14:\d\d/);

  await page.getByRole("button", { name: `Extend block ${blockId}` }).click();
  const extend = page.getByRole("dialog", { name: `Extend block ${blockId}` });
  await extend.getByLabel("Hold from now for").selectOption("6 hours");
  await extend.getByRole("button", { name: "Extend block" }).click();
  await expect(page.getByRole("status")).toContainText(`Block ${blockId} holds until`);
  await expect(row(blocks, item.name)).toContainText(/5 h 59 min/);

  await page.getByRole("button", { name: `Release block ${blockId}` }).click();
  const release = page.getByRole("dialog", { name: `Release block ${blockId}` });
  await release.getByRole("button", { name: "Release block" }).click();
  await expect(page.getByRole("status")).toContainText("5 units back, 8 units of the item available now.");
  await expect(page.getByText("No block matches")).toBeVisible();

  await page.getByRole("navigation", { name: "State" }).getByRole("link", { name: "Released" }).click();
  await expect(row(blocks, item.name)).toContainText("Released");
});

test("a block that someone else ended says so", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 8 });
  const { blockId } = await shop.block(item, 5);
  await visit(`/blocks?item=${item.id}`);
  await request.delete(`/api/blocks/${blockId}`);
  await page.getByRole("button", { name: `Confirm block ${blockId}` }).click();
  const dialog = page.getByRole("dialog", { name: `Confirm block ${blockId}` });
  await dialog.getByRole("button", { name: "Confirm block" }).click();
  await expect(dialog.getByRole("alert")).toContainText(`Block ${blockId} was released.`);
  await expect(dialog.getByRole("alert")).toContainText("place a new block");
});

test("a block that expires leaves the list, and its units come back", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  await shop.block(item, 5, 9);
  await visit(`/items/${item.id}`);
  const blocks = page.getByRole("table", { name: "Temporary blocks of this item" });
  await expect(blocks).toContainText(/0:0\d/);
  await expect(page.getByText("No units are held")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("definition").first()).toHaveText("8");
});

test("the clean-up tells what it did", async ({ page, visit }) => {
  await visit("/blocks");
  await page.getByRole("button", { name: "Clean up expired" }).click();
  await expect(page.getByRole("status")).toContainText(/No block was past its time\.|removed, their units are back\./);
});

test("blocks are narrowed to one item, and widened again", async ({ page, shop, visit }) => {
  const [wanted, other] = [await shop.item(), await shop.item()];
  await shop.block(wanted, 1);
  await shop.block(other, 1);
  await visit("/blocks");
  const blocks = page.getByRole("table", { name: "Blocks, newest first" });
  await expect(row(blocks, other.name)).toBeVisible();
  await pick(page, "Blocks of item", wanted.name);
  await expect(row(blocks, wanted.name)).toBeVisible();
  await expect(row(blocks, other.name)).toBeHidden();
  await page.reload();
  await alive(page);
  await expect(row(blocks, other.name)).toBeHidden();
  await page.getByRole("link", { name: "Show the blocks of all items" }).click();
  await expect(row(blocks, other.name)).toBeVisible();
});
