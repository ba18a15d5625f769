// Nothing moves under the pointer, nothing typed is lost by accident, and every action has one message.
import { writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test, toast, unique } from "./fixture";
import { pressKey } from "./keys";

const live = (page: Page) => page.getByText("Live", { exact: true });
const holds = (page: Page) => page.getByRole("table", { name: "Holds, newest first" });
const rows = (page: Page) => holds(page).locator("tbody tr");
const ids = (page: Page) => rows(page).evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-row"))));

test("rows stay under the pointer, and new ones wait", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 20 });
  const placed = [];
  for (const units of [1, 2, 3]) placed.unshift((await shop.block(item, units)).blockId);
  await visit(`/blocks?item=${item.id}`);
  await expect(live(page)).toBeVisible();
  await rows(page).nth(1).hover();
  await shop.block(item, 4);
  const show = page.getByRole("status").getByRole("button", { name: "1 new – show" });
  await expect(show).toBeVisible();
  await shop.block(item, 5);
  await expect(page.getByRole("button", { name: "2 new – show" })).toBeVisible();
  expect(await ids(page)).toEqual(placed);

  // A row that ends keeps its place, and a shown row is updated in place.
  await request.delete(`/api/blocks/${placed[1]}`);
  await expect(rows(page).nth(1)).toContainText("Released");
  await expect(rows(page).nth(1)).toHaveAttribute("data-left", "true");
  await expect(page.getByRole("button", { name: `Release hold ${placed[1]}` })).toBeHidden();
  await request.post(`/api/blocks/${placed[0]}/extend`, { data: { ttlSeconds: 86_400 } });
  await expect(rows(page).nth(0)).toContainText(/23 h 59 min/);
  expect(await ids(page)).toEqual(placed);

  await page.getByRole("button", { name: "2 new – show" }).click();
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).first()).toContainText("5");
});

test("a list is current again after the pointer has left it", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  await shop.block(item, 1);
  await visit(`/blocks?item=${item.id}`);
  await expect(live(page)).toBeVisible();
  await rows(page).first().hover();
  await shop.block(item, 2);
  await expect(page.getByRole("button", { name: "1 new – show" })).toBeVisible();
  await page.mouse.move(5, 5);
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole("button", { name: "1 new – show" })).toBeHidden();
});

test("more new rows than a page has do not hide the state of a shown row", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 100 });
  const { blockId } = await shop.block(item, 1);
  await visit(`/blocks?item=${item.id}`);
  await expect(live(page)).toBeVisible();
  await rows(page).first().hover();
  for (let placed = 0; placed < 55; placed += 5) await Promise.all([1, 1, 1, 1, 1].map((units) => shop.block(item, units)));
  await expect(page.getByRole("button", { name: "50+ new – show" })).toBeVisible();
  await request.delete(`/api/blocks/${blockId}`);
  await expect(rows(page).first()).toContainText("Released");
  expect(await ids(page)).toEqual([blockId]);
});

test("the focus holds a list too, and keeps a row that ends", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 20 });
  const { blockId } = await shop.block(item, 1);
  await visit(`/items/${item.id}`);
  await expect(live(page)).toBeVisible();
  const one = page.getByRole("table", { name: "Holds of this item" }).locator("tbody tr");
  await one.focus();
  await request.delete(`/api/blocks/${blockId}`);
  await expect(one).toContainText("Released");
  await expect(one).toBeFocused();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(page.getByText("No units are held", { exact: true })).toBeVisible();
});

test("a bulk release asks once, and has one message with its failures", async ({ page, shop, visit, request }) => {
  const item = await shop.item({ quantity: 20 });
  const placed: number[] = [];
  for (const units of [1, 2, 3]) placed.push((await shop.block(item, units)).blockId);
  await visit(`/blocks?item=${item.id}`);
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await page.route("**/rpc/act_on_blocks", async (route) => {
    // Another client confirms one of the holds first.
    await request.post("/api/items/block/permanent", { data: { blockId: placed[0] } });
    await route.continue();
  });
  await page.getByRole("button", { name: "Release selected" }).click();
  const dialog = page.getByRole("dialog", { name: "Release 3 holds with 6 units?" });
  await dialog.getByRole("button", { name: "Release" }).click();
  const messages = page.getByRole("region", { name: "Messages" });
  await expect(toast(page, "2 holds released: 5 units back on sale. 1 failed:")).toBeVisible();
  await expect(messages.getByRole("listitem")).toContainText(`Hold ${placed[0]}: `);
  await expect(messages.locator(".toast")).toHaveCount(1);

  await messages.getByRole("button", { name: "Undo" }).click();
  await expect(toast(page, new RegExp(`Holds ${placed[2]}, ${placed[1]} restored as holds \\d+, \\d+\\.`))).toBeVisible();
  await expect(messages.locator(".toast")).toHaveCount(1);
});

test("undo by key restores a hold under a new number, which is in the list at once", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  const { blockId } = await shop.block(item, 3);
  await shop.block(item, 1);
  await visit(`/blocks?item=${item.id}`);
  await page.getByRole("button", { name: `Release hold ${blockId}` }).click();
  await expect(toast(page, `Hold ${blockId} released: 3 units back on sale.`)).toBeVisible();
  await page.keyboard.press("Control+z");
  const restored = toast(page, new RegExp(`Hold ${blockId} restored as hold (\\d+)\\.`));
  await expect(restored).toBeVisible();
  const id = Number(/as hold (\d+)/.exec((await restored.textContent()) ?? "")?.[1]);
  // The message of the undone action is gone, and the pointer is still in the list.
  await expect(page.locator(".toast")).toHaveCount(1);
  await expect(page.getByRole("button", { name: `Release hold ${id}` })).toBeVisible();

  await pressKey(page, "?");
  await expect(page.getByRole("dialog")).toContainText("Undo the last action");
});

test("a message stays while the pointer is on it, and goes afterwards", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  const { blockId } = await shop.block(item, 3);
  await page.clock.install();
  await visit(`/blocks?item=${item.id}`);
  await page.getByRole("button", { name: `Release hold ${blockId}` }).click();
  const message = toast(page, `Hold ${blockId} released`);
  await message.hover();
  await page.clock.runFor(20_000);
  await expect(message).toBeVisible();
  await page.mouse.move(600, 5);
  await page.clock.runFor(3_000);
  await expect(message).toBeHidden();
});

test("a later action on the same hold removes the message of the former one", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 20 });
  await visit(`/items/${item.id}?do=place`);
  await page.getByRole("dialog", { name: "Hold stock" }).getByRole("button", { name: "Hold stock" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.getByRole("button", { name: /^Confirm hold/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
  await expect(toast(page, /confirmed: 1 unit sold/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
});

for (const [width, height] of [[1200, 800], [390, 844]] as const) {
  test(`a message covers no button of a row at ${width} × ${height}`, async ({ page, shop, visit }) => {
    await page.setViewportSize({ width, height });
    const item = await shop.item({ quantity: 50 });
    for (let placed = 0; placed < 12; placed += 1) await shop.block(item, 1);
    await visit(`/blocks?item=${item.id}`);
    await page.getByRole("button", { name: /^Release hold/ }).first().click();
    await expect(page.locator(".toast")).toBeVisible();
    const buttons = page.getByRole("button", { name: /^Release hold/ });
    await expect(buttons).toHaveCount(11);
    for (const button of await buttons.all()) {
      await button.evaluate((element) => element.scrollIntoView({ block: "nearest" }));
      const isFree = await button.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === element;
      });
      expect(isFree).toBe(true);
    }
    await page.screenshot({ path: test.info().outputPath("toast.png") });
  });
}

test("seven windows share one stream, and the next window takes it over", async ({ page, shop, visit, context }) => {
  const item = await shop.item({ quantity: 50 });
  const streams: string[] = [];
  context.on("request", (request) => {
    if (request.url().includes("/api/events/stream")) streams.push(request.url());
  });
  await visit(`/items/${item.id}`);
  await expect(live(page)).toBeVisible();
  const others: Page[] = [];
  for (let count = 0; count < 6; count += 1) {
    const other = await context.newPage();
    await other.goto(`/items/${item.id}`);
    others.push(other);
  }
  for (const other of others) await expect(live(other)).toBeVisible();
  expect(streams).toHaveLength(1);
  await shop.block(item, 1);
  for (const other of [page, ...others]) await expect(other.getByRole("definition").first()).toHaveText("49");

  await page.close();
  await expect.poll(() => streams.length).toBe(2);
  // The new leader resumes from its cursor, so that nothing is missed.
  expect(streams[1]).toContain("?after=");
  await shop.block(item, 1);
  for (const other of others) await expect(other.getByRole("definition").first()).toHaveText("48");
  for (const other of others) await other.close();
});

test("a browser without Web Locks has a stream per window", async ({ page, shop, visit }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
  const item = await shop.item({ quantity: 50 });
  await visit(`/items/${item.id}`);
  await expect(live(page)).toBeVisible();
  await shop.block(item, 1);
  await expect(page.getByRole("definition").first()).toHaveText("49");
});

test("a page that could not load offline recovers by itself", async ({ visit, page, shop, context }) => {
  const item = await shop.item({ quantity: 50 });
  await visit(`/items/${item.id}`);
  await expect(live(page)).toBeVisible();
  await context.setOffline(true);
  // The browser logs each failed request, which is not an error of the console.
  page.removeAllListeners("console");
  await page.getByRole("link", { name: "Warehouses", exact: true }).click();
  await expect(page.getByText("The server could not be reached")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("table", { name: "Warehouses" })).toBeVisible();
  await expect(page.getByText("The server could not be reached")).toBeHidden();
});

/** Answers the next questions of the browser, and returns them. */
function questions(page: Page, answers: boolean[]): string[] {
  const asked: string[] = [];
  page.on("dialog", async (question) => {
    asked.push(question.type() === "beforeunload" ? "beforeunload" : question.message());
    await (answers.shift() ? question.accept() : question.dismiss());
  });
  return asked;
}

test("typed work in a dialog is not lost by accident", async ({ page, shop, visit }) => {
  await shop.item();
  await visit("/items");
  const dialog = page.getByRole("dialog", { name: "New item" });
  await page.getByRole("link", { name: "New item" }).click();
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await page.getByRole("link", { name: "New item" }).click();
  await dialog.getByLabel("Name").fill("Typed work");
  const asked = questions(page, [false, false, false, false, false, true]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.goBack();
  await expect.poll(() => asked.length).toBe(5);
  await expect(dialog.getByLabel("Name")).toHaveValue("Typed work");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  expect(asked).toEqual(Array(6).fill("Discard your changes?"));
  // Nothing is left to lose.
  await page.reload();
  expect(asked).toHaveLength(6);
});

test("a page with typed work asks before it is left", async ({ page, visit }) => {
  await visit("/orders/new");
  await page.getByLabel("Reference").fill("WEB-1");
  const asked = questions(page, [false, false, true]);
  await page.getByRole("link", { name: "Warehouses", exact: true }).click();
  await expect.poll(() => asked).toEqual(["Discard your changes?"]);
  await expect(page.getByLabel("Reference")).toHaveValue("WEB-1");
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(["Discard your changes?", "beforeunload"]);
  await page.getByRole("link", { name: "Warehouses", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Warehouses" })).toBeVisible();
});

test("a file that was fixed is chosen again in the same form", async ({ page }) => {
  const file = test.info().outputPath("items.csv");
  await writeFile(file, "Nothing\n1\n");
  await page.goto("/imports");
  await page.getByLabel("File", { exact: true }).setInputFiles(file);
  await writeFile(file, `name,price\n${unique("Lamp")},9.90\n`);
  await page.getByLabel("File", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "items.csv" })).toBeVisible();
  await expect(page.getByText("Creates 1 item.")).toBeVisible();
});

test("numbers with separators of thousands are accepted, other separators rejected", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 5000 });
  await visit(`/items/${item.id}?do=place`);
  const units = page.getByRole("dialog", { name: "Hold stock" }).getByLabel("Units");
  await expect(units).toHaveAttribute("inputmode", "numeric");
  // A point is the decimal sign of this format.
  for (const wrong of ["1,00", "1.000"]) {
    await units.fill(wrong);
    await page.keyboard.press("Enter");
    expect(await units.evaluate((input: HTMLInputElement) => input.validity.patternMismatch)).toBe(true);
  }
  await units.fill("1,000");
  await units.press("Tab");
  await expect(units).toHaveValue("1000");
  await units.fill("1,200");
  await page.keyboard.press("Enter");
  await expect(toast(page, "1,200 units until")).toBeVisible();
});

test("control characters of names are shown and not obeyed", async ({ page, shop, visit }) => {
  // The server rejects such names, but an older row or another system may have one.
  const item = await shop.item();
  await shop.block(item, 1);
  await page.route("**/rpc/find_blocks*", async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    await route.fulfill({ response, body: text.replaceAll(item.name, `${item.name} \\u202Egpj.exe\\n`) });
  });
  await visit("/items");
  await page.getByRole("link", { name: "Holds", exact: true }).click();
  await expect(page.locator("bdi").filter({ hasText: `${item.name} [U+202E]gpj.exe␊` }).first()).toBeVisible();
  expect(await page.locator("main").innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

test("long words wrap and never widen a page on a phone", async ({ page, shop }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const word = unique("W").replaceAll(" ", "") + "x".repeat(90);
  const item = await shop.item({ name: word.slice(0, 99), category: word.slice(0, 99), description: word });
  const order = await shop.order([[item, 1]], word.slice(0, 99));
  await shop.block(item, 1);
  const paths = [
    `/items?q=${word.slice(0, 20)}`,
    `/items/${item.id}`,
    "/categories",
    `/categories/${word.slice(0, 99)}`,
    `/blocks?item=${item.id}`,
    "/orders",
    `/orders/${order.id}`,
    `/orders/${order.id}/allocate`,
    "/",
  ];
  for (const path of paths) {
    await page.goto(path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(390);
  }
});
