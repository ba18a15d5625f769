import { expect, row, test, toast, unique } from "./fixture";

test("items and stock are downloaded as CSV, and uploaded again after a dry run", async ({ page, shop, visit }) => {
  const category = unique("Csv");
  const item = await shop.item({ category, quantity: 3, price: "5.00" });
  await visit(`/items?category=${encodeURIComponent(category)}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV" }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const csv = Buffer.concat(chunks).toString("utf8");
  const [header, line] = csv.trim().split(/\r?\n/);
  expect(line).toContain(item.name);
  expect(csv.trim().split(/\r?\n/)).toHaveLength(2);

  // The same item with a higher price, and an invalid line.
  const columns = header!.split(",");
  const dearer = line!.split(",");
  dearer[columns.indexOf("price")] = "7.50";
  const wrong = columns.map((name) => (name === "name" ? "Broken" : name === "price" ? "cheap" : ""));
  await page.goto("/import");
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await page.getByLabel("CSV file").setInputFiles({
    name: "items.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([header, dearer.join(","), wrong.join(",")].join("\n")),
  });
  await expect(page.getByText("1 to update, 0 unchanged, 1 wrong.")).toBeVisible();
  const lines = page.getByRole("table", { name: "Lines of the file, wrong ones first" });
  await expect(lines.getByRole("row", { name: /^3 Wrong/ })).toBeVisible();
  await expect(row(lines, item.name)).toContainText("5.00 → 7.50");
  expect(await (await page.request.get(`/api/items/${item.id}`)).json()).toMatchObject({ price: "5.00" });

  await page.getByRole("button", { name: "Import without the 1 wrong line" }).click();
  await expect(toast(page, "0 items created, 1 updated.")).toBeVisible();
  expect(await (await page.request.get(`/api/items/${item.id}`)).json()).toMatchObject({ price: "7.50" });
});
