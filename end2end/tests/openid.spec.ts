// Sign-in by an OpenID provider, through the pages and redirects of a browser.
import type { Page } from "@playwright/test";
import { expect, post, test, uniqueName } from "./access-fixture";

/** Signs in on the page of the provider. */
async function signInAtProvider(page: Page, subject: string): Promise<void> {
  await expect(page).toHaveTitle("Provider");
  await page.getByLabel("Subject").fill(subject);
  await page.getByRole("button", { name: "Continue" }).click();
}

test("an invited person signs in by the provider, out, and in again", async ({ admin, page }) => {
  const name = uniqueName();
  const invited = await post(admin, "/people", { name, displayName: "", role: "operator" });
  const secret = /\/invitation\?secret=([^<"&]+)/.exec(await invited.text())?.[1];
  await page.goto(`/invitation?secret=${secret}`);
  await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
  await signInAtProvider(page, `subject-of-${name}`);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const account = page.getByRole("complementary", { name: "Account" });
  await expect(account).toContainText(name);

  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await account.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto("/items?q=lamp");
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await signInAtProvider(page, `subject-of-${name}`);
  await expect(page).toHaveURL(/\/items\?q=lamp$/);
  await page.goto("/account");
  await expect(page.getByRole("main")).toContainText("Your account is linked.");
});

test("an identity that is linked to no person is rejected", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await signInAtProvider(page, "root");
  await expect(page.getByRole("alert")).toContainText("No person here is linked to this identity.");
  await page.goto("/items");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fitems$/);
});
