import { expect, test, unique } from "./fixture";
import type { Page } from "@playwright/test";

/** Chooses and uploads a file. */
async function upload(page: Page, name: string, text: string): Promise<void> {
  await page.goto("/imports");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a file is chosen, fixed, chosen again, applied, left and found again", async ({ page, shop }) => {
  const item = await shop.item({ price: "5.00", quantity: 3 });
  const name = unique("Kettle");
  const file = `${unique("prices")}.csv`;
  // The heading of the prices is not known, and one price is wrong.
  const wrong = `Name;Asked;id\n;7,50;${item.id}\n${name};dear;\n`;
  await upload(page, file, wrong);
  await expect(page.getByText("Ignored columns: Asked.")).toBeVisible();
  await expect(page.getByText("Ready to apply")).toBeVisible();
  await page.getByText("Read the file differently").click();
  await page.getByLabel("Asked").selectOption("Price");
  await page.getByRole("button", { name: "Check the file again" }).click();
  const rows = page.getByRole("table", { name: "Rows of the file" });
  await expect(rows.getByRole("row", { name: /^3 Error/ })).toContainText('Asked: "dear" is not a number.');
  await expect(page.getByText("Changes 1 item.")).toBeVisible();
  await expect(rows.getByRole("row", { name: /^2 Change/ })).toContainText("Price: 5.00 → 7.50");
  await page.getByRole("link", { name: "Errors (1)" }).click();
  await expect(rows.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();

  // The corrected file: the choice of the column is made again, because the first import was not applied.
  await upload(page, file, wrong.replace("dear", "12,00"));
  await expect(page.getByText("Ready to apply")).toBeVisible();
  await page.getByText("Read the file differently").click();
  await page.getByLabel("Asked").selectOption("Price");
  await page.getByRole("button", { name: "Check the file again" }).click();
  await expect(page.getByText("Creates 1 item.")).toBeVisible();
  const read = async () => (await page.request.get(`/api/items/${item.id}`)).json();
  expect(await read()).toMatchObject({ price: "5.00" });
  await page.getByRole("button", { name: "Apply", exact: true }).click();

  // The person leaves at once, and comes back by the list.
  await page.goto("/items");
  await expect(async () => expect(await read()).toMatchObject({ price: "7.50" })).toPass();
  await page.getByRole("link", { name: "Import", exact: true }).click();
  // Other tests upload files at the same time.
  const first = page.getByRole("table", { name: "Imports, latest first" }).getByRole("row", { name: file }).first();
  await expect(first).toContainText("Applied");
  await first.getByRole("link").click();
  await expect(page.getByText("2 of 2 rows applied.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Apply" })).toHaveCount(0);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download file" }).click()]);
  expect(download.suggestedFilename()).toBe(file);
});

test("a person chooses the line that names the columns", async ({ page, shop }) => {
  const item = await shop.item({ quantity: 3 });
  await upload(page, `${unique("week")}.csv`, `Week 3\n\nNr;Menge\n${item.id};5\n`);
  await expect(page.getByText("Needs your choice")).toBeVisible();
  await page.getByLabel("Line with the column names").selectOption("Line 3: Nr;Menge");
  await page.getByRole("button", { name: "Check the file again" }).click();
  await page.getByLabel("Nr", { exact: true }).selectOption("Item id");
  await page.getByLabel("Menge").selectOption("Counted units");
  await page.getByRole("button", { name: "Check the file again" }).click();
  await expect(page.getByText("Adds 2 units.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("link", { name: "Not applied (1)" })).toBeVisible();
});

test("a file that can't be imported is rejected with the reason", async ({ page }) => {
  await upload(page, "empty.csv", "\n");
  await expect(page.getByText("The file is empty.")).toBeVisible();
  await upload(page, "book.csv", "PK\u0003\u0004");
  await expect(page.getByText("The file is a workbook, not a CSV file")).toBeVisible();
});
