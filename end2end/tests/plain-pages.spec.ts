// Pages without WASM: barcode scanners, the search, shortcuts, and the help.
import { expect, scan, test, unique, visitPlain } from "./fixture";
import { pressKey } from "./keys";

test("a scanned barcode opens its item from every page without WASM", async ({ page, request, shop }) => {
  const item = await shop.item();
  const barcode = `${Date.now()}${item.id}`;
  expect((await request.patch(`/api/items/${item.id}`, { data: { barcodes: [barcode] } })).ok()).toBe(true);
  const { blockId } = await shop.block(item, 1);
  const order = await shop.order([[item, 1]]);
  for (const address of [
    `/blocks/${blockId}`,
    "/carts",
    `/orders/${order.id}/allocate`,
    "/imports",
    "/movements",
    `/search?q=${barcode}`,
  ]) {
    await visitPlain(page, address);
    await scan(page, barcode);
    await expect(page.getByRole("heading", { level: 1, name: item.name }), address).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/items/${item.id}$`));
  }
});

test("an unknown barcode leads to the search, and the next scan opens its item", async ({ page, request, shop }) => {
  const item = await shop.item();
  const barcode = `${Date.now()}${item.id}`;
  expect((await request.patch(`/api/items/${item.id}`, { data: { barcodes: [barcode] } })).ok()).toBe(true);
  await visitPlain(page, "/settings");
  await scan(page, `${barcode}9`);
  await expect(page.getByText(`Nothing found for “${barcode}9”.`)).toBeVisible();
  await scan(page, barcode);
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("keys in a text field are text", async ({ page }) => {
  await visitPlain(page, "/carts");
  const loaded: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loaded.push(request.url()));
  const field = page.getByLabel("Reference");
  await field.focus();
  await page.keyboard.type("gi/?gb12345678");
  await expect(field).toHaveValue("gi/?gb12345678");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  expect(loaded).toEqual([]);
});

test("g and a letter opens a page, ? lists the shortcuts", async ({ page }) => {
  for (const [letter, name] of [
    ["i", "Items"],
    ["b", "Holds"],
    ["o", "Orders"],
    ["c", "Categories"],
    ["w", "Warehouses"],
    ["h", "Overview"],
    ["s", "Receive, count, move"],
    ["u", "Imports"],
  ] as const) {
    await visitPlain(page, "/help");
    await pressKey(page, "g");
    await pressKey(page, letter);
    await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  }
  await visitPlain(page, "/help");
  await pressKey(page, "?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toContainText("Go to Warehouses");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
});

test("Ctrl+K and / move the focus to the search, which works without a palette", async ({ page, shop }) => {
  const item = await shop.item();
  await visitPlain(page, "/help");
  const search = page.getByRole("searchbox", { name: "Find anything" });
  for (const key of ["Control+k", "Meta+k", "/"]) {
    await page.getByRole("heading", { level: 1 }).click();
    await expect(search).not.toBeFocused();
    await page.keyboard.press(key);
    await expect(search).toBeFocused();
    await expect(search).toHaveValue("");
  }
  await page.keyboard.type(item.name);
  await page.keyboard.press("Enter");
  await page.getByRole("main").getByRole("link", { name: item.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
});

test("single keys can be turned off, on all pages", async ({ page, visit }) => {
  await visitPlain(page, "/help");
  const loaded: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loaded.push(request.url()));
  // A modifier makes another key of it.
  for (const modifier of ["Alt", "Control"]) {
    await page.keyboard.press(`${modifier}+g`);
    await pressKey(page, "i");
  }
  await pressKey(page, "?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  for (const key of ["?", "/", "g", "i"]) await page.keyboard.press(key);
  await expect(dialog).toBeHidden();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("searchbox", { name: "Find anything" })).toBeFocused();
  expect(loaded).toEqual([]);

  // A page that is hydrated has the same setting.
  await visit("/orders");
  await pressKey(page, "?");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search or run a command" })).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeHidden();

  await visitPlain(page, "/help");
  await pressKey(page, "?");
  await expect(dialog).toBeHidden();
});

test("leaving typed work by a shortcut asks first", async ({ page, shop, request }) => {
  const created = await request.post("/stock", {
    form: { kind: "count", name: unique("Count"), warehouse: String((await shop.warehouse()).id), target: "" },
    maxRedirects: 0,
  });
  await visitPlain(page, created.headers()["location"]!);
  await page.getByRole("textbox", { name: "SKU or barcode" }).fill("LAMP");
  const asked: string[] = [];
  page.on("dialog", (question) => {
    asked.push(question.type());
    return question.dismiss();
  });
  await page.getByRole("heading", { level: 1 }).click();
  await pressKey(page, "g");
  await pressKey(page, "i");
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(page.getByRole("textbox", { name: "SKU or barcode" })).toHaveValue("LAMP");
});

test("the header's ? leads to the help of every concept", async ({ page, visit }) => {
  await visit("/items");
  const help = page.getByRole("complementary", { name: "Account" }).getByRole("link", { name: "Help" });
  await expect(help).toHaveText("?");
  await help.click();
  await expect(page.getByRole("heading", { level: 1, name: "Help" })).toBeVisible();
  const topics = page.getByRole("main").getByRole("listitem").getByRole("link");
  const names = await topics.allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(9);
  for (const [at, name] of names.entries()) {
    await topics.nth(at).click();
    await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
    await expect(page.getByRole("main").getByRole("paragraph").first()).not.toBeEmpty();
    await page.getByRole("link", { name: "All topics" }).click();
  }
  // A topic leads to the page that it explains.
  await page.getByRole("main").getByRole("link", { name: "Imports", exact: true }).click();
  await page.getByRole("link", { name: "Open Imports" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Imports" })).toBeVisible();
});
