// Measures waiting times against a running server: the size of the WASM as served, the times to the first content
// and to the response to a click, and navigation by links. Prints medians of several runs.
//
//   BASE_URL=http://127.0.0.1:3000 npm run measure
//   BLOCKS=100000 npm run measure      first places blocks until that many are active
import { chromium } from "@playwright/test";

const base = process.env.BASE_URL ?? "http://127.0.0.1:3000";
const runs = Number(process.env.RUNS ?? 7);
const blocks = Number(process.env.BLOCKS ?? 0);
const week = 7 * 24 * 3600;

async function json(path, data) {
  const init = data && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) };
  const response = await fetch(base + path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Places blocks of one unit on different items, 100 per request. */
async function placeBlocks(wanted) {
  let { blocksActive } = await json("/rpc/overview");
  for (let after = ""; blocksActive < wanted; ) {
    const page = await json(`/api/items?limit=500${after}`);
    const ids = page.items.filter(({ quantity }) => quantity > 0).map(({ id }) => id);
    for (let at = 0; at < ids.length && blocksActive < wanted; at += 100) {
      const lines = ids.slice(at, Math.min(at + 100, at + wanted - blocksActive));
      await json("/api/blocks", { lines: lines.map((itemId) => ({ itemId, quantity: 1 })), ttlSeconds: week });
      blocksActive += lines.length;
    }
    if (!page.next) throw new Error(`the items have units for ${blocksActive} blocks only`);
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function table(title, head, rows) {
  console.log(`\n${title}\n\n| ${head.join(" | ")} |\n|${head.map((_, at) => (at ? " ---: |" : " --- |")).join("")}`);
  for (const row of rows) console.log(`| ${row.map((cell) => (typeof cell === "number" ? Math.round(cell) : cell)).join(" | ")} |`);
}

// Runs in the page: records the time of hydration, clicks at once, and records the time of the response.
function watch() {
  window.marks = {};
  const look = () => {
    const hydrated = document.documentElement?.hasAttribute("data-hydrated");
    if (hydrated && !window.marks.hydrated) {
      window.marks.hydrated = performance.now();
      document.querySelector(".shell__find").click();
    }
    if (hydrated && !window.marks.answered && document.querySelector("dialog[open]")) window.marks.answered = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

// Runs in the page: follows a link and waits until the new page is rendered.
async function follow([selector, path]) {
  const link = document.querySelector(selector);
  const main = document.querySelector("main");
  const title = () => main.querySelector("h1")?.textContent;
  const before = title();
  const start = performance.now();
  link.click();
  for (;;) {
    await new Promise(requestAnimationFrame);
    const arrived = location.pathname === path && (title() ?? before) !== before;
    if (arrived && !main.querySelector(".skeleton")) return performance.now() - start;
    if (performance.now() - start > 20_000) throw new Error(`${path} was not rendered`);
  }
}

if (blocks > 0) await placeBlocks(blocks);
const overview = await json("/rpc/overview");
const [category] = (await json("/rpc/list_categories")).map(({ category }) => category);
const { items } = await json("/api/items?limit=1");
const { items: orders } = await json("/api/orders?limit=1");
const order = orders[0] ?? (await json("/api/orders", { lines: [{ itemId: items[0].id, quantity: 1 }] }));
const [warehouse] = await json("/rpc/list_warehouses");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH || undefined });
console.log(`Chromium ${browser.version()}, medians of ${runs} runs. In the database: ${overview.items} items, ${overview.blocksActive} active blocks.`);

const pages = {
  "/": "Overview",
  "/categories": "Categories",
  [`/categories/${encodeURIComponent(category)}`]: "a category",
  "/items": "Items",
  [`/items/${items[0].id}`]: "an item",
  "/blocks": "Blocks",
  "/orders": "Orders",
  [`/orders/${order.id}`]: "an order",
  "/warehouses": "Warehouses",
  [`/warehouses/${warehouse.id}`]: "a warehouse",
};

const firsts = [];
let served;
for (const [path, name] of Object.entries(pages)) {
  const found = { cold: [], warm: [] };
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext();
    for (const kind of ["cold", "warm"]) {
      const page = await context.newPage();
      await page.addInitScript(watch);
      await page.goto(base + path);
      await page.waitForFunction(() => window.marks.answered);
      found[kind].push(await page.evaluate(() => ({
        ...window.marks,
        content: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      })));
      served ??= await page.evaluate(() => performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".wasm"))?.encodedBodySize);
      await page.close();
    }
    await context.close();
  }
  const of = (kind, mark) => median(found[kind].map((marks) => marks[mark]));
  firsts.push([name, of("cold", "content"), of("cold", "answered"), of("warm", "content"), of("warm", "answered")]);
}
console.log(`The WASM is ${served} bytes as served.`);
table("Milliseconds from the request", ["page", "first content", "answers a click", "content, visited before", "answers, visited before"], firsts);

const context = await browser.newContext();
const page = await context.newPage();
await page.goto(`${base}/import`);
await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
const visits = Object.fromEntries(Object.keys(pages).map((path) => [path, []]));
for (let run = 0; run < runs; run += 1) {
  for (const path of Object.keys(pages)) {
    // A list may not show this row, so a link is added to the page.
    await page.evaluate((href) => {
      document.querySelector("#measured")?.remove();
      document.querySelector(".shell__nav").insertAdjacentHTML("beforeend", `<a id="measured" href="${href}">.</a>`);
    }, path);
    visits[path].push(await page.evaluate(follow, ["#measured", new URL(path, base).pathname]));
    await page.waitForTimeout(700);
  }
}
table("Milliseconds from a click on a link to the page, drawn", ["page", "median", "slowest"], Object.entries(pages).map(([path, name]) => [name, median(visits[path]), Math.max(...visits[path])]));

// These times include the debounce time of the search, 150 ms.
const words = ["lamp", "item 99", "7"];
const searched = [];
for (const word of words) {
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    await page.goto(`${base}/items`);
    await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
    const answer = page.waitForResponse((response) => response.url().includes("/rpc/list_items"));
    const start = Date.now();
    await page.getByRole("searchbox", { name: "Search items by name" }).fill(word);
    await answer;
    times.push(Date.now() - start);
  }
  searched.push([`"${word}"`, median(times), Math.max(...times)]);
}
table("Milliseconds from the last letter of a search to its answer", ["words", "median", "slowest"], searched);
await browser.close();
