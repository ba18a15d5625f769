import { expectNoFindings } from "./accessible";
import { expect, test, unique } from "./fixture";

test("a cart is found by its reference, extended and confirmed", async ({ page, shop }) => {
  const reference = unique("order");
  const item = await shop.item({ quantity: 5 });
  const cart = await shop.cart([[item, 3]], reference);
  await page.goto("/blocks");
  await page.getByRole("link", { name: "Carts", exact: true }).click();
  await page.getByLabel("Reference").fill(reference);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/reference=/);
  await expectNoFindings(page);
  await page.getByRole("link", { name: `Cart ${cart.cartId}`, exact: true }).click();
  const lines = page.getByRole("table", { name: "Lines of the cart" });
  await expect(lines.getByRole("row", { name: item.name })).toContainText("3");
  await expectNoFindings(page);

  await page.getByLabel("Minutes from now").fill("120");
  await page.getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("The cart is extended.")).toBeVisible();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("The cart is confirmed.")).toBeVisible();
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Release" })).toHaveCount(0);
});

test("a block of a cart is not confirmed alone", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 5 });
  const cart = await shop.cart([[item, 1]]);
  const blockId = cart.blocks[0]?.blockId;
  const answer = await page.request.post("/api/items/block/permanent", { data: { blockId } });
  expect(answer.status()).toBe(409);
  expect(await answer.json()).toMatchObject({ code: "block_in_cart", cartId: cart.cartId });
});
