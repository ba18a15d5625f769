// People in the console: sign-in, roles, and the end of sessions.
import type { Page } from "@playwright/test";
import { adminState, expect, post, signIn, test, totp, uniqueName, visit } from "./access-fixture";
import { expectAccessible } from "./accessible";
import { pressKey } from "./keys";
import { accessPages, publicPages } from "./pages";

test("a person signs in, returns to the requested page, and signs out", async ({ page, signedIn }) => {
  const { name, password } = await signedIn("operator");
  await page.goto("/items?q=lamp");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fitems%3Fq%3Dlamp$/);
  await signIn(page, name, "a wrong password of words");
  const alert = page.getByRole("alert");
  await expect(alert).toBeVisible();
  const rejection = await alert.textContent();
  await signIn(page, uniqueName(), password);
  await expect(alert).toHaveText(rejection!);
  await signIn(page, name, password);
  await expect(page).toHaveURL(/\/items\?q=lamp$/);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  const account = page.getByRole("complementary", { name: "Account" });
  await expect(account.getByRole("link", { name })).toBeVisible();
  await account.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto("/items");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fitems$/);
});

test("an invitation leads to the first sign-in, and works once", async ({ browser, page }) => {
  const admin = await (await browser.newContext({ storageState: adminState() })).newPage();
  const name = uniqueName();
  await admin.goto("/people");
  await admin.getByLabel("Name", { exact: true }).fill(name);
  await admin.getByRole("main").locator("section").getByLabel("Role").selectOption("operator");
  await admin.getByRole("button", { name: "Invite" }).click();
  const link = await admin.getByRole("status", { name: "One-time link" }).locator("code").textContent();
  await admin.context().close();

  await page.goto(link!);
  await page.getByLabel("Password", { exact: true }).fill("a long password of words");
  await page.getByLabel("Password again").fill("another password of words");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("alert")).toContainText("same password in both fields");
  await page.getByLabel("Password", { exact: true }).fill("a long password of words");
  await page.getByLabel("Password again").fill("a long password of words");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Account" })).toContainText(name);
  await page.goto(link!);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Set password" })).toHaveCount(0);
});

test("a second factor needs a code of the app, or an unused recovery code", async ({ signedIn }) => {
  const { name, page, password } = await signedIn("viewer");
  await page.goto("/account");
  await page.getByRole("button", { name: "Set up second factor" }).click();
  await expect(page.getByRole("img", { name: "QR code of the secret" })).toBeVisible();
  const secret = await page.getByRole("main").locator("code").first().textContent();
  const factor = page.locator("section").filter({ has: page.getByRole("img") });
  await factor.getByRole("textbox", { name: "Code" }).fill(totp(secret!, 0));
  await factor.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Set second factor" }).click();
  const codes = await page.getByRole("status", { name: "Recovery codes" }).locator("code").allTextContents();
  expect(codes).toHaveLength(10);

  const again = async (code: string) => {
    await page.context().clearCookies();
    await page.goto("/sign-in?next=/account");
    await signIn(page, name, password, code);
  };
  await again("");
  await expect(page.getByRole("alert")).toBeVisible();
  // The code of the next step is valid already, and no code is valid twice.
  await again(totp(secret!, 1));
  await expect(page).toHaveURL(/\/account$/);
  await again(codes[0]!);
  await expect(page).toHaveURL(/\/account$/);
  await again(codes[0]!);
  await expect(page.getByRole("alert")).toBeVisible();
});

/** Returns the controls on the page that a person could use to change something. */
async function changes(page: Page): Promise<string[]> {
  const controls = page.locator(
    "main :is(form[method=post], button[formaction], button[name=do], input[type=checkbox], a[href*='do='], a[href='/imports'], a[href='/orders/new'])",
  );
  return controls.filter({ visible: true }).evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 200)));
}

test("a viewer sees no action, and the server rejects forged ones", async ({ admin, signedIn }) => {
  const item = await (await admin.post("/api/items", { data: { name: uniqueName(), quantity: 5, price: "1.00" } })).json();
  const lines = [{ itemId: item.id, quantity: 1 }];
  const order = await (await admin.post("/api/orders", { data: { lines } })).json();
  await admin.post("/api/items/block/temporary", { data: { itemId: item.id, quantity: 1, ttlSeconds: 3600 } });

  const { page } = await signedIn("viewer");
  for (const path of ["/", "/categories", "/items", `/items/${item.id}`, "/blocks", "/orders", `/orders/${order.id}`, "/warehouses", "/warehouses/1"]) {
    await visit(page, path);
    await expect(page.getByRole("status").getByText("Live", { exact: true })).toBeVisible();
    expect(await changes(page), path).toEqual([]);
  }
  // Neither addresses nor shortcuts nor the command palette lead to an action.
  for (const path of ["/items?do=create", `/items/${item.id}?do=edit`, `/items/${item.id}?do=receive`, "/blocks?do=place", "/warehouses?do=add", `/orders/${order.id}?do=cancel`]) {
    await visit(page, path);
    await expect(page.locator("dialog[open]"), path).toHaveCount(0);
  }
  await visit(page, "/orders");
  await pressKey(page, "n");
  await pressKey(page, "g");
  await pressKey(page, "u");
  await expect(page).toHaveURL(/\/orders$/);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("listbox", { name: "Matches" });
  await expect(palette.getByText("Warehouses")).toBeVisible();
  const options = await palette.getByRole("option").allTextContents();
  expect(options.slice(-2)).toEqual(["Toggle dense tables", "Show keyboard shortcuts"]);
  expect(options).not.toContain("New item");
  await expect(palette.getByText("Imports")).toHaveCount(0);
  for (const path of ["/imports", "/orders/new", "/people", "/clients", "/audit"]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
  }

  await visit(page, "/items");
  const forged = await page.evaluate(async (id) => {
    const call = (path: string, body: unknown) =>
      fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const item = { name: "forged", quantity: 1, price: "1.00" };
    const responses = [
      await call("/rpc/create_item", { item }),
      await call("/api/items", item),
      await call(`/api/items/${id}/stock`, { delta: -5, reason: "forged" }),
      await call("/api/items/block/temporary", { itemId: id, quantity: 1 }),
    ];
    return Promise.all(responses.map(async (response) => [response.status, (await response.json()).permission]));
  }, item.id);
  expect(forged).toEqual([
    [403, "items:write"],
    [403, "items:write"],
    [403, "stock:write"],
    [403, "holds:write"],
  ]);
  await post(page.request, "/forms/adjust_stock?in=adjustment", { id: String(item.id), "-delta": "3", reason: "forged" });
  expect((await (await admin.get(`/api/items/${item.id}`)).json()).quantity).toBe(item.quantity - 1);
});

test("an operator and a manager see the actions of their roles", async ({ admin, signedIn }) => {
  const item = await (await admin.post("/api/items", { data: { name: uniqueName(), quantity: 5, price: "1.00" } })).json();
  for (const role of ["operator", "manager"] as const) {
    const { page } = await signedIn(role);
    await visit(page, `/items/${item.id}`);
    await expect(page.getByRole("link", { name: "Hold stock" })).toBeVisible();
    await expect(page.getByRole("button", { name: /^Receive in/ })).toBeVisible();
    await expect(page.getByRole("link", { name: "Edit" })).toBeVisible({ visible: role === "manager" });
    await visit(page, "/warehouses?do=add");
    await expect(page.getByRole("dialog", { name: "Add warehouse" })).toBeVisible({ visible: role === "manager" });
    await visit(page, "/items");
    await expect(page.getByRole("link", { name: "Import", exact: true })).toBeVisible();
    await pressKey(page, "n");
    await expect(page.getByRole("dialog", { name: "New item" })).toBeVisible({ visible: role === "manager" });
    expect((await page.goto("/people"))?.status()).toBe(403);
  }
});

test("a session that is ended elsewhere ends the open page", async ({ admin, signedIn }) => {
  const { name, page } = await signedIn("operator");
  const streams: number[] = [];
  await visit(page, "/items?sort=name");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  page.on("request", (request) => {
    if (request.url().includes("/api/events/stream")) streams.push(Date.now());
  });
  await post(admin, "/people/sessions", { name });
  await expect(page.getByRole("alert").getByText("You are not signed in")).toBeVisible({ timeout: 3_000 });
  await expect(page.getByText("Signed out", { exact: true })).toBeVisible();
  const seen = streams.length;
  await page.waitForTimeout(3_000);
  expect(streams.length, "the stream is not opened again").toBe(seen);

  // The next page shows the reason too.
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("rowheader").first().getByRole("link").click();
  await expect(page.getByRole("alert").getByText("You are not signed in").first()).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fitems%3Fsort%3Dname$/);
});

test("the pages of people and clients are accessible, and fit into their window", async ({ browser }) => {
  test.setTimeout(240_000);
  const context = await browser.newContext({ storageState: adminState() });
  const page = await context.newPage();
  const check = async (paths: string[]) => {
    for (const path of paths) {
      await page.goto(path);
      await expectAccessible(page, path);
    }
  };
  await check([...Object.values(accessPages), "/items"]);
  await page.goto("/account");
  await page.getByRole("button", { name: "Set up second factor" }).click();
  await expectAccessible(page, "the QR code");
  await context.clearCookies();
  await check(Object.values(publicPages));
  await context.close();
});
