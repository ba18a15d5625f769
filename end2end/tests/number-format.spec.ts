import { expect, test, toast } from "./fixture";

test("a price is shown and typed with the signs of the number format", async ({ page, context, baseURL, shop, visit }) => {
  const item = await shop.item({ price: "1299.50" });
  await context.addCookies([{ name: "numbers", value: "point", url: baseURL ?? "" }]);
  const price = async () => (await (await page.request.get(`/api/items/${item.id}`)).json()).price;
  await visit(`/items/${item.id}`);
  await expect(page.locator("main")).toContainText("1.299,50");
  for (const [written, plain, shown] of [
    ["12,90", "12.90", "12,90"],
    ["1.299", "1299.00", "1.299,00"],
  ] as const) {
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Edit item" });
    await expect(dialog.getByLabel("Price")).toHaveValue((await price()).replace(".", ","));
    await dialog.getByLabel("Price").fill(written);
    await dialog.getByRole("button", { name: "Save item" }).click();
    await expect(dialog).toBeHidden();
    expect(await price()).toBe(plain);
    await expect(page.locator("main")).toContainText(shown);
  }
  // The undo restores the price as it was before the last change.
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).click();
  await expect(toast(page, "undone")).toBeVisible();
  expect(await price()).toBe("12.90");
});

test("an amount that is no price in the format is rejected in words", async ({ page, shop, visit }) => {
  const item = await shop.item({ price: "5.00" });
  await visit(`/items/${item.id}?do=edit`);
  const dialog = page.getByRole("dialog", { name: "Edit item" });
  await dialog.getByLabel("Price").fill("1.299");
  await dialog.getByRole("button", { name: "Save item" }).click();
  await expect(dialog).toContainText("Enter at most two decimals, such as 12.90.");
  expect((await (await page.request.get(`/api/items/${item.id}`)).json()).price).toBe("5.00");
});
