import { expect, row, test } from "./fixture";

test("two browsers see each other's changes", async ({ page, shop, visit, browser }) => {
  const item = await shop.item({ quantity: 10 });
  await visit(`/items/${item.id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  const other = await (await browser.newContext()).newPage();
  await other.goto(`/items/${item.id}?do=place`);
  await other.locator("html[data-hydrated]").waitFor({ state: "attached" });
  const dialog = other.getByRole("dialog", { name: "Hold stock" });
  await dialog.getByLabel("Units").fill("4");
  await dialog.getByRole("button", { name: "Hold stock" }).click();

  // Without a reload, and highlighted. The measurements cover the delay.
  await expect(other.getByText(/4 units until/)).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("6");
  await expect(page.locator("dd .changed")).toHaveText("6");
  await expect(page.getByRole("table", { name: "Holds of this item" })).toContainText("Held");
  await other.context().close();
});

test("a change through the API shows in the lists", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  await visit(`/items?q=${encodeURIComponent(item.name)}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await shop.block(item, 13);
  await expect(row(page, item.name).locator("td.changed, td.changed-again")).toHaveText("7");
});

test("an expiry is shown as a live update", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 8 });
  await shop.block(item, 5, 15);
  await visit(`/items/${item.id}`);
  await expect(page.getByRole("definition").first()).toHaveText("3");
  await expect(page.getByRole("definition").first()).toHaveText("8", { timeout: 40_000 });
  await expect(page.getByText("No units are held", { exact: true })).toBeVisible();
  await expect(row(page, "Expired")).toContainText("+5");
});

test("after a lost connection the page catches up", async ({ page, shop, visit, context }) => {
  const item = await shop.item({ quantity: 9 });
  await visit(`/items/${item.id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  // Chromium's offline mode doesn't close an open stream. Hiding the page does.
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(page.getByText("Connecting…")).toBeVisible();
  await shop.block(item, 2);
  await page.waitForTimeout(1_000);
  await expect(page.getByRole("definition").first()).toHaveText("9");
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("7");
  expect(context.pages().length).toBe(1);
});

test("orders of other clients appear in the list", async ({ page, shop, visit }) => {
  const item = await shop.item();
  await visit("/orders");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const order = await shop.order([[item, 1]]);
  await expect(row(page, `Order ${order.id}`)).toBeVisible({ timeout: 2_000 });
});

test("a silent stream is announced, and opened again", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  await page.clock.install();
  // The stream is never answered.
  await page.route("**/api/events/stream*", () => {});
  await visit(`/items/${item.id}`);
  await page.clock.runFor(25_000);
  await expect(page.getByText(/^No updates for 2\d s, reconnecting$/)).toBeVisible();
  await page.unroute("**/api/events/stream*");
  await page.clock.runFor(20_000);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await shop.block(item, 2);
  await expect(page.getByRole("definition").first()).toHaveText("7");
});

test("a countdown uses the server's time", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 9 });
  await shop.block(item, 2, 3_600);
  // The computer's clock is two hours late.
  await page.clock.install({ time: Date.now() - 7_200_000 });
  await visit(`/items/${item.id}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.clock.runFor(2_000);
  await expect(page.getByRole("table", { name: "Holds of this item" })).toContainText(/5\d:\d\d/);
});
