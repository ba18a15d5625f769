import { alive, expect, row, test, unique, told } from "./fixture";

test("a warehouse is added, and a code is taken once", async ({ page, visit }) => {
  const code = unique("BER");
  await visit("/warehouses");
  for (const attempt of ["added", "refused"]) {
    await page.getByRole("link", { name: "Add warehouse" }).click();
    const dialog = page.getByRole("dialog", { name: "Add warehouse" });
    await dialog.getByLabel("Code").fill(code);
    await dialog.getByLabel("Name").fill("Berlin");
    await dialog.getByRole("button", { name: "Add warehouse" }).click();
    if (attempt === "added") {
      await expect(told(page, `Warehouse ${code} is added.`)).toBeVisible();
    } else {
      await expect(dialog.getByRole("alert")).toContainText("Choose another code.");
      await dialog.getByRole("button", { name: "Cancel" }).click();
    }
    await expect(dialog).toBeHidden();
  }
  await page.reload();
  await alive(page);
  await expect(row(page, code)).toHaveText(/Berlin.*0/);
});
