// Takes the README's screenshots: the main pages with demo data, in both themes and at a phone's width.
//
//   BASE_URL=http://127.0.0.1:3000 npm run screenshots
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const base = process.env.BASE_URL ?? "http://127.0.0.1:3000";
const folder = process.env.SCREENSHOTS ?? fileURLToPath(new URL("../docs/screenshots/", import.meta.url));
const only = process.argv.slice(2);

async function json(path, data) {
  const init = data && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) };
  const response = await fetch(base + path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

// Adds some blocks and an order to allocate.
const { items } = await json("/api/items?limit=3&sort=quantityDesc");
for (const [at, item] of items.entries()) {
  await json("/api/items/block/temporary", { itemId: item.id, quantity: 2 + at, ttlSeconds: 540 + 900 * at });
}
const order = await json("/api/orders", {
  reference: "WEB-1042",
  lines: items.map((item, at) => ({ itemId: item.id, quantity: 3 + at })),
});

const pages = {
  overview: "/",
  categories: "/categories",
  items: "/items",
  item: `/items/${items[0].id}`,
  blocks: "/blocks",
  order: `/orders/${order.id}`,
  orders: "/orders",
  warehouses: "/warehouses",
};

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH || undefined });
for (const [suffix, options] of [
  ["", { viewport: { width: 1280, height: 860 }, colorScheme: "light" }],
  ["-dark", { viewport: { width: 1280, height: 860 }, colorScheme: "dark" }],
  ["-phone", { viewport: { width: 360, height: 740 }, colorScheme: "light" }],
]) {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  // The first steps of a new shop are dismissed.
  await context.addCookies([{ name: "first_steps", value: "1", url: base }]);
  const page = await context.newPage();
  for (const [name, path] of Object.entries(pages)) {
    if (only.length > 0 && !only.includes(name)) continue;
    await page.goto(base + path);
    await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.screenshot({ path: `${folder}/${name}${suffix}.png` });
  }
  await context.close();
}
await browser.close();
