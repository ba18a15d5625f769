import { expect, hydrated, row, test, toast, unique } from "./fixture";

/** Returns the value of a date and time field, some days from now at 18:30. */
function moment(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${day.join("-")}T18:30`;
}

test("stock is held for a customer until a date, and the search finds it", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  const reference = unique("Smith").replaceAll(" ", "-");
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units", { exact: true }).fill("5");
  await expect(dialog.getByLabel("Hold until")).toBeHidden();
  await dialog.getByLabel("Hold for").selectOption("Until a date and time");
  await expect(dialog.getByLabel("Duration")).toBeHidden();
  await dialog.getByLabel("Hold until").fill("2020-01-01T10:00");
  await dialog.getByLabel("Customer reference").fill(reference);
  await dialog.getByLabel("Note").fill("Calls back on Friday");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(dialog.getByText("Enter a time in the future.").first()).toBeVisible();
  await dialog.getByLabel("Hold until").fill(moment(3));
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(toast(page, "5 units until")).toContainText("18:30");

  await page.goto(`/blocks?state=temporary&reference=${reference}`);
  await hydrated(page);
  const holds = page.getByRole("table", { name: "Holds, newest first" });
  await expect(row(holds, item.name)).toContainText(reference);
  await expect(row(holds, item.name)).toContainText("Calls back on Friday");
  await page.goto(`/search?q=${reference}`);
  await expect(page.getByRole("main")).toContainText(item.name);
});

test("any duration can be chosen", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  await visit(`/items/${item.id}`);
  await page.getByRole("link", { name: "Hold stock" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Hold for").selectOption("Another duration");
  await dialog.getByLabel("Duration").fill("3");
  await dialog.getByLabel("Unit", { exact: true }).selectOption("days");
  await dialog.getByRole("button", { name: "Hold stock" }).click();
  await expect(toast(page, "1 unit until")).toBeVisible();
  await expect(page.getByRole("table", { name: "Holds of this item" })).toContainText(/2 d 23 h|3 d 0 h/);
});

test("a part of a hold is sold, and the rest stays held", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  const placed = await shop.block(item, 5);
  await visit(`/blocks?item=${item.id}`);
  const holds = page.getByRole("table", { name: "Holds, newest first" });
  await row(holds, item.name).getByRole("button", { name: /^Confirm/ }).click();
  const dialog = page.getByRole("dialog", { name: `Confirm hold ${placed.blockId}` });
  await dialog.getByLabel("Units sold").fill("3");
  await dialog.getByLabel("Other units").selectOption("stay held");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(toast(page, `Hold ${placed.blockId} confirmed`)).toContainText("The other units stay held as hold");
  await expect(holds.getByRole("row").filter({ hasText: "Sold" })).toContainText("3");
  await expect(holds.getByRole("row").filter({ hasText: "Held" })).toContainText("2");
  await visit(`/items/${item.id}`);
  await expect(page.getByRole("definition").first()).toHaveText("5");
  // Available, held, sold, on hand.
  const level = page.getByRole("table", { name: "Stock by warehouse" }).getByRole("row").nth(1);
  for (const [at, units] of ["5", "2", "3", "10"].entries()) {
    await expect(level.getByRole("cell").nth(at)).toHaveText(units);
  }
});

test("active holds are sorted by expiry", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 10 });
  const late = await shop.block(item, 1, 7_200);
  const soon = await shop.block(item, 2, 600);
  await visit(`/blocks?item=${item.id}`);
  const first = page.getByRole("table", { name: "Holds, newest first" }).getByRole("row").nth(1);
  await expect(first).toContainText(String(soon.blockId));
  await page.getByRole("link", { name: "Time left" }).click();
  await expect(page).toHaveURL(/sort=expires/);
  await expect(page).toHaveURL(/state=temporary/);
  await expect(first).toContainText(String(soon.blockId));
  await page.getByRole("link", { name: "Time left" }).click();
  await expect(page).toHaveURL(/sort=expiresDesc/);
  await expect(first).toContainText(String(late.blockId));
});

test("a part typed for one hold is not that of the next", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  const [first, second] = [await shop.block(item, 10), await shop.block(item, 8)];
  await visit(`/blocks?item=${item.id}`);
  const open = async (blockId: number) => {
    await page.getByRole("button", { name: `Confirm hold ${blockId}` }).click();
    return page.getByRole("dialog", { name: `Confirm hold ${blockId}` });
  };
  // Typed work is discarded.
  page.on("dialog", (question) => question.accept());
  let dialog = await open(first.blockId);
  await dialog.getByLabel("Units sold").fill("3");
  await dialog.getByLabel("Other units").selectOption("stay held");
  await page.keyboard.press("Escape");
  dialog = await open(second.blockId);
  await expect(dialog.getByLabel("Units sold")).toHaveValue("");
  await expect(dialog.getByLabel("Other units")).toHaveValue("false");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(toast(page, "confirmed: 8 units sold.")).toBeVisible();
});
