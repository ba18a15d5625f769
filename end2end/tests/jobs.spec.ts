// The overview's activity, the reasons of an unavailable item, charts, and notifications.
import { expect, number, numbers, row, test, unique } from "./fixture";

test("the activity of a span links to the lists that it sums", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 50, name: unique("Sold") });
  const placed = await shop.block(item, 3);
  await request.post("/api/items/block/permanent", { data: { blockId: placed.blockId } });
  await visit("/");
  const activity = page.getByRole("region", { name: "Activity", exact: true });
  await expect(activity.getByRole("link", { name: "Since yesterday evening" })).toHaveAttribute("aria-current", "true");
  await activity.getByRole("link", { name: "24 hours" }).click();
  await expect(page).toHaveURL(/span=day/);
  // The numbers are fetched again every minute, so both are read until they are of the same span.
  await expect(async () => {
    await page.goto("/?span=day");
    const sold = activity.getByRole("link", { name: /^Units sold/ });
    const units = number(await sold.innerText());
    expect(units).toBeGreaterThanOrEqual(3);
    await sold.click();
    await expect(page.getByRole("heading", { level: 1, name: "Movements" })).toBeVisible();
    const sum = page.getByRole("status").filter({ hasText: "movement" });
    expect(number(await sum.innerText())).toBe(units);
  }).toPass();
  await expect(row(page, item.name).first()).toBeVisible();
});

test("the movements of a person are listed", async ({ page, visit }) => {
  // The demo data have movements of that day, and no test adds others.
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await visit(`/?span=custom&from=${day}&until=${day}`);
  const people = page.getByRole("region", { name: "People and checks" });
  const line = people.getByRole("link", { name: /: .* movements?$/ }).first();
  const actor = (await line.innerText()).split(": ")[0]!;
  const moved = numbers((await line.innerText()).slice(actor.length));
  expect(moved[0]).toBeGreaterThan(0);
  await line.click();
  const sum = page.getByRole("status").filter({ hasText: "movement" });
  await expect(async () => expect(numbers(await sum.innerText())).toEqual(moved)).toPass();
  await expect(page.getByLabel("By", { exact: true })).not.toHaveValue("");
});

test("a custom span has days in the address", async ({ page, visit }) => {
  await visit("/?span=custom");
  const activity = page.getByRole("region", { name: "Activity", exact: true });
  await activity.getByLabel("from").fill("2026-11-01");
  await activity.getByLabel("until").fill("2026-11-02");
  await activity.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/span=custom&from=2026-11-01&until=2026-11-02/);
  await expect(activity.getByText(/^From 1 Nov 2026/)).toBeVisible();
});

test("an item that is sold out has its reasons", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 4, name: unique("Short") });
  await shop.block(item, 4);
  await visit(`/items/${item.id}`);
  const reasons = page.getByRole("region", { name: "Why is it unavailable?" });
  await expect(reasons.getByText("4 units held for buyers")).toBeVisible();
  await expect(page.getByRole("region", { name: "Largest holds" }).getByRole("row")).toHaveCount(2);
});

test("the reasons count down, and stay while the pointer is on them", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 400, name: unique("Countdown") });
  const { blockId } = await shop.block(item, 400);
  await visit(`/items/${item.id}`);
  const holds = page.getByRole("region", { name: "Largest holds" });
  const left = holds.locator("time");
  await expect(left).toHaveText(/^\d+:\d\d$/);
  const before = await left.innerText();
  await expect(left).not.toHaveText(before);
  await holds.getByRole("row").last().hover();
  await request.delete(`/api/blocks/${blockId}`);
  const available = page.getByRole("definition").filter({ hasText: /^400$/ });
  await expect(available.first()).toBeVisible();
  await expect(holds).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(holds).toBeHidden();
});

test("a chart is read by arrow keys and by the pointer", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 40, name: unique("Charted") });
  await shop.block(item, 4);
  await visit(`/items/${item.id}`);
  const section = page.getByRole("region", { name: "Stock over time" });
  const plot = section.getByRole("img");
  await plot.focus();
  await plot.press("End");
  const tip = section.locator("[aria-live]");
  await expect(tip).toHaveText(/: Available 36$/);
  await plot.press("Home");
  await expect(tip).toHaveText(/: Available 0$/);
  await plot.press("ArrowRight");
  await expect(tip).toHaveText(/: Available \d+$/);
  await plot.press("Escape");
  await expect(tip).toHaveText("");
  const box = await plot.boundingBox();
  await page.mouse.move(box!.x + box!.width - 2, box!.y + 10);
  await expect(tip).toHaveText(/: Available \d+$/);
  await section.getByRole("link", { name: "8 weeks" }).click();
  await expect(page).toHaveURL(/hours=1344/);
});

test("notifications are counted and marked as read", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 2, name: unique("Gone") });
  await shop.block(item, 2);
  const placed = await shop.item({ quantity: 30, name: unique("Written off") });
  await page.request.post(`/api/items/${placed.id}/stock`, { data: { delta: -30, reason: "Test" } });
  await expect(async () => {
    await page.goto("/notifications");
    await expect(page.getByRole("link", { name: `${placed.name} is sold out` })).toBeVisible({ timeout: 500 });
  }).toPass();
  const line = page.getByRole("listitem").filter({ hasText: `${placed.name} is sold out` });
  await expect(line).toContainText("unread");
  const unread = page.getByRole("main").getByRole("listitem").filter({ hasText: "unread" });
  const bell = page.getByRole("complementary", { name: "Account" }).getByRole("link", { name: /unread notification/ });
  /** Compares the number in the header with the list. Other tests add notifications while the page is rendered. */
  const expectCounted = async (): Promise<void> => {
    await expect(async () => {
      await page.goto("/notifications");
      const count = await unread.count();
      await expect(bell).toHaveText(count > 0 ? String(count) : "", { timeout: 500 });
      const summary = page.getByRole("main").getByText(new RegExp(`^${count} unread notification`));
      await expect(summary).toBeVisible({ timeout: 500 });
    }).toPass();
  };
  await expectCounted();
  expect(await unread.count()).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(line).not.toContainText("unread");
  await expectCounted();
  // Every page has the number.
  await page.goto("/items");
  await expect(bell).toHaveText(/^\d*$/);
});
