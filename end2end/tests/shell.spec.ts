import { expectAccessible } from "./accessible";
import { expect, test } from "./fixture";
import { pressKey } from "./keys";
import { make, noPage, open, pages } from "./pages";

test("the navigation marks the current section, and moves the focus to its content", async ({ page, visit }) => {
  await visit("/");
  const navigation = page.getByRole("navigation", { name: "Sections" });
  for (const name of ["Categories", "Items", "Holds", "Orders", "Warehouses", "Overview"]) {
    await navigation.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page).toHaveTitle(`${name} · Stockhold`);
    await expect(navigation.locator("[aria-current=page]")).toHaveText(name);
    await expect(page.getByRole("main")).toBeFocused();
  }
});

test("the skip link leads to the content", async ({ page, visit }) => {
  await visit("/items");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Download CSV" })).toBeFocused();
});

test("every page states that no sign-in is needed", async ({ page, visit }) => {
  await visit("/items");
  const account = page.getByRole("complementary", { name: "Account" });
  await expect(account.getByRole("link").first()).toHaveText("Local admin, no sign-in");
  await account.getByRole("link").first().click();
  await expect(page.getByRole("main")).toContainText("everyone on this machine is an administrator");
});

test("an unknown address returns status 404 and an explanation", async ({ request }) => {
  const response = await request.get("/no/such/page");
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain("There is no page at this address.");
});

test("the server renders the chosen theme", async ({ page, visit }) => {
  await visit("/");
  await page.getByLabel("Dark theme").check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get("/items")).text();
  expect(html).toContain('data-theme="dark"');
  await page.reload();
  await expect(page.getByLabel("Dark theme")).toBeChecked();
});

/** The parts of the pages that are checked at the same time. */
const parts = 4;

for (let part = 0; part < parts; part += 1) {
  const paths = Object.keys(pages).filter((_, at) => at % parts === part);
  test(`every page is accessible, and fits into its window: part ${part + 1} of ${parts}`, async ({ page, shop, request }) => {
    test.setTimeout(360_000);
    const made = await make(shop, request);
    for (const address of paths.flatMap((path) => pages[path]!(made))) {
      await open(page, address);
      await expectAccessible(page, address);
    }
  });
}

test("the page of an unknown address is accessible", async ({ page }) => {
  await open(page, noPage);
  await expectAccessible(page, noPage);
});

test("dialogs without an address are accessible", async ({ page, shop, visit }) => {
  const item = await shop.item();
  const { blockId } = await shop.block(item, 2);
  await visit(`/blocks?item=${item.id}`);
  const check = async (name: string) => {
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await expectAccessible(page, name);
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog[open]")).toHaveCount(0);
  };
  await page.keyboard.press("Control+k");
  await check("Search or run a command");
  await pressKey(page, "?");
  await check("Keyboard shortcuts");
  await page.getByRole("button", { name: `Confirm hold ${blockId}` }).click();
  await check(`Confirm hold ${blockId}`);
  await page.goto("/help");
  await pressKey(page, "?");
  await check("Keyboard shortcuts");
});
