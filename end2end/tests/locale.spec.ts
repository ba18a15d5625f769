// The console in German and in another time zone: texts, numbers, times, and days of filters.
import type { Page } from "@playwright/test";
import { expect, hydrated, row, test, unique } from "./fixture";

const berlin = "Europe/Berlin";

test.use({ locale: "de-DE", timezoneId: berlin });

/** Returns the time of day and the day of a moment in a time zone: `14:05:09` and `2026-11-28`. */
function local(moment: string, timeZone: string): { time: string; day: string } {
  // The Swedish format is that of ISO 8601.
  const text = new Date(moment).toLocaleString("sv-SE", { timeZone });
  return { day: text.slice(0, 10), time: text.slice(11) };
}

/** Returns the day after a day, or before it: both as `2026-11-28`. */
function daysLater(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Returns a parameter of an address. */
function param(address: string, name: string): string {
  return new URL(address, "http://localhost").searchParams.get(name)!;
}

/** Returns the lines of a CSV file that belong to an order. */
function lines(text: string, order: number): string[] {
  return text.split("\n").filter((line) => line.startsWith(`${order},`));
}

/** Chooses the language and the time zone on the page of settings, whose labels are in another language before. */
async function choose(page: Page, labels: [string, string, string], language: string, zone: string): Promise<void> {
  const [languageLabel, zoneLabel, save] = labels;
  await page.goto("/settings");
  await page.getByRole("combobox", { name: languageLabel, exact: true }).selectOption(language);
  await page.getByRole("textbox", { name: zoneLabel, exact: true }).fill(zone);
  await page.getByRole("button", { name: save, exact: true }).click();
}

const german: [string, string, string] = ["Sprache", "Zeitzone", "Speichern"];
const english: [string, string, string] = ["Language", "Time zone", "Save"];

test("without a choice the console has the browser's language, number format and time zone, also after hydration", async ({
  page,
  shop,
  visit,
}) => {
  const item = await shop.item({ quantity: 12_345, price: "1299.5" });
  await visit(`/items?q=${encodeURIComponent(item.name)}`);
  const html = page.locator("html");
  await expect(html).toHaveAttribute("lang", "de");
  await expect(html).toHaveAttribute("data-zone", berlin);
  await expect(page.getByRole("heading", { level: 1, name: "Artikel" })).toBeVisible();
  await expect(row(page, item.name)).toContainText("12.345");
  await expect(row(page, item.name)).toContainText("1.299,50");

  // The browser renders these texts: the page of a click, and the dialog of a shortcut.
  await row(page, item.name).getByRole("link", { name: item.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: item.name })).toBeVisible();
  await page.getByRole("link", { name: "Bestellungen", exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Bestellungen" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Suchen oder Befehl ausführen" })).toBeVisible();
});

test("a chosen currency and number format are those of the lists, also after hydration", async ({ page, shop, visit }) => {
  const item = await shop.item({ quantity: 12_345, price: "1299.5" });
  await page.goto("/settings");
  await page.getByRole("combobox", { name: "Zahlen", exact: true }).selectOption("apostrophe");
  await page.getByRole("textbox", { name: "Währung", exact: true }).fill("CHF");
  await page.getByRole("button", { name: "Speichern", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Währung", exact: true })).toHaveValue("CHF");
  await visit(`/items?q=${encodeURIComponent(item.name)}`);
  await expect(row(page, item.name)).toContainText("12\u2019345");
  await expect(row(page, item.name)).toContainText(/1\u2019299\.50\sCHF/);
});

test("each page is hydrated in German without an error of the console", async ({ page, shop, visit }) => {
  const item = await shop.item({ category: "Lighting" });
  await shop.block(item, 2);
  const order = await shop.order([[item, 1]]);
  const pages: [string, string][] = [
    ["/", "Übersicht"],
    ["/?span=last_week", "Übersicht"],
    ["/categories", "Kategorien"],
    [`/items/${item.id}`, item.name],
    ["/blocks", "Reservierungen"],
    ["/blocks?state=ended", "Reservierungen"],
    ["/orders", "Bestellungen"],
    ["/orders/new", "Neue Bestellung"],
    [`/orders/${order.id}`, `Bestellung ${order.id}`],
    ["/warehouses", "Lager"],
  ];
  for (const [address, heading] of pages) {
    await visit(address);
    await expect(page.getByRole("heading", { level: 1, name: heading }), address).toBeVisible();
    await expect(page.locator("html"), address).toHaveAttribute("lang", "de");
  }
});

test("the times of a list are those of the time zone, and the settings change language and zone", async ({
  page,
  request,
  shop,
  visit,
}) => {
  const item = await shop.item();
  const reference = unique("WEB").replace(" ", "-");
  const order = await shop.order([[item, 1]], reference);
  const { createdAt } = (await (await request.get(`/api/orders/${order.id}`)).json()) as { createdAt: string };
  const list = `/orders?reference=${encodeURIComponent(reference)}`;
  await visit(list);
  const time = row(page, reference).locator("time");
  await expect(time).toHaveAttribute("title", new RegExp(`${local(createdAt, berlin).time} UTC\\+[12]$`));
  await expect(time).toHaveText(/^(gerade eben|vor \d+ Min\.)$/);

  await choose(page, german, "en", "Pacific/Kiritimati");
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await visit(list);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("html")).toHaveAttribute("data-zone", "Pacific/Kiritimati");
  const there = local(createdAt, "Pacific/Kiritimati").time;
  await expect(time).toHaveAttribute("title", new RegExp(`${there} UTC\\+14$`));
  await expect(time).toHaveText(/^(just now|\d+ min ago)$/);

  await choose(page, english, "", "");
  await expect(page.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeVisible();
  await visit(list);
  await expect(page.locator("html")).toHaveAttribute("data-zone", berlin);
});

test("a filter by day finds an order by its day in the time zone, and so does the file", async ({
  page,
  request,
  shop,
  visit,
}) => {
  const item = await shop.item();
  const reference = unique("DAY").replace(" ", "-");
  const order = await shop.order([[item, 1]], reference);
  const { createdAt } = (await (await request.get(`/api/orders/${order.id}`)).json()) as { createdAt: string };
  // One of the zones has another day than UTC.
  const zone = new Date(createdAt).getUTCHours() >= 10 ? "Pacific/Kiritimati" : "Pacific/Pago_Pago";
  const { day } = local(createdAt, zone);
  const utcDay = createdAt.slice(0, 10);
  expect(Math.abs(Date.parse(day) - Date.parse(utcDay))).toBe(24 * 3600 * 1000);
  await choose(page, german, "de", zone);

  const find = async (from: string, to: string): Promise<void> => {
    await visit(`/orders?reference=${encodeURIComponent(reference)}`);
    await page.getByLabel("Ab", { exact: true }).fill(from);
    await page.getByLabel("Bis", { exact: true }).fill(to);
    await page.getByRole("button", { name: "Filtern", exact: true }).click();
    await page.waitForURL(/from=/);
    await hydrated(page);
  };
  await find(utcDay, utcDay);
  await expect(page.getByText("Keine passenden Bestellungen")).toBeVisible();
  for (const days of [-1, 1]) {
    await find(daysLater(day, days), daysLater(day, days));
    await expect(page.getByText("Keine passenden Bestellungen")).toBeVisible();
  }
  await find(day, day);
  await expect(row(page, reference)).toBeVisible();

  const file = await page.getByRole("link", { name: "CSV herunterladen" }).getAttribute("href");
  const answer = await page.request.get(file!);
  expect(answer.headers()["content-type"]).toContain("text/csv");
  expect(lines(await answer.text(), order.id)).toHaveLength(1);
  const other = await page.request.get(file!.replaceAll(day, utcDay));
  expect(lines(await other.text(), order.id)).toHaveLength(0);
});

test("the weeks of the overview begin on the day of choice, and a number is the sum of its list", async ({
  page,
  shop,
  visit,
}) => {
  await shop.block(await shop.item({ quantity: 5 }), 3);
  await page.goto("/settings");
  await page.getByRole("combobox", { name: "Erster Tag der Woche", exact: true }).selectOption("7");
  await page.getByRole("button", { name: "Speichern", exact: true }).click();
  const card = page.getByRole("link", { name: /^Reservierte Stück/ });
  const read = (): Promise<{ list: string; number: string }> =>
    card.evaluate((link) => ({
      list: link.getAttribute("href")!,
      number: link.querySelector(".figure-card__number")!.textContent!.trim(),
    }));
  /** Chooses a span, and waits for numbers since the start of a Sunday. */
  const choose = async (tab: string): Promise<{ list: string; number: string }> => {
    await visit("/");
    await page.getByRole("link", { name: tab, exact: true }).click();
    await expect(async () => {
      const { day, time } = local(param((await read()).list, "from"), berlin);
      expect([new Date(`${day}T00:00:00Z`).getUTCDay(), time]).toEqual([0, "00:00:00"]);
    }).toPass();
    return read();
  };

  const present = await choose("Diese Woche");
  expect(present.number).not.toBe("0");
  const last = await choose("Letzte Woche");
  expect(param(last.list, "until")).toBe(param(present.list, "from"));
  // No test changes the last week, so the number is that of the list.
  await page.goto(last.list);
  await expect(page.getByRole("status").first()).toHaveText(new RegExp(`^\\s*${last.number.replaceAll(".", "\\.")} Stück in `));
});
