// Attacks of other sites and of injected HTML on a signed-in administrator.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { adminState, expect, test, uniqueName } from "./access-fixture";

test.use({ storageState: async ({}, use) => use(adminState()) });

/** Serves a page on another port of this machine, until the test ends. */
async function attacker(html: string): Promise<{ port: number; server: Server }> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

// A page of another port is same-site, so its requests have the cookie. `evil.localhost` is another site.
for (const host of ["127.0.0.1", "evil.localhost"]) {
  test(`a page of ${host} on another port changes nothing`, async ({ admin, baseURL, page }) => {
    const name = uniqueName();
    const html = `<!doctype html><title>attack</title>
      <form method="post" action="${baseURL}/people"><input name="name" value="${name}"><input name="role" value="administrator"></form>
      <script>
        const url = "${baseURL}";
        const send = (path, type, body) => fetch(url + path, { method: "POST", mode: "no-cors", credentials: "include", headers: { "content-type": type }, body })
          .then(() => "sent", () => "failed");
        window.attack = async () => [
          await send("/api/warehouses", "text/plain", JSON.stringify({ code: "${name}", name: "${name}" })),
          await send("/api/warehouses", "application/json", JSON.stringify({ code: "${name}", name: "${name}" })),
          await send("/forms/create_warehouse?in=warehouse", "application/x-www-form-urlencoded", "code=${name}&name=${name}"),
          await send("/people", "application/x-www-form-urlencoded", "name=${name}&role=administrator"),
          await send("/sign-out", "application/x-www-form-urlencoded", ""),
        ];
        window.read = () => fetch(url + "/api/warehouses", { credentials: "include" }).then((response) => response.text(), () => "unreadable");
      </script>`;
    const { port, server } = await attacker(html);
    try {
      await page.goto(`http://${host}:${port}/`);
      await page.evaluate("attack()");
      expect(await page.evaluate("read()")).toBe("unreadable");
      await page.evaluate("document.forms[0].submit()");
      await page.waitForURL(`${baseURL}/**`);
      expect(await page.textContent("body")).toContain("cross_site");
    } finally {
      server.close();
    }
    expect(await (await admin.get("/api/warehouses")).text()).not.toContain(name);
    expect(await (await admin.get("/people")).text()).not.toContain(name);
    // The session of the administrator is still valid, and a form of the site itself works.
    await page.goto("/people");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Invite" }).click();
    await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
  });
}

test("a page of another origin can't frame the console", async ({ baseURL, page }) => {
  const { port, server } = await attacker(`<!doctype html><iframe src="${baseURL}/people"></iframe>`);
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    await expect.poll(() => page.frames().length).toBe(2);
    await expect.poll(() => page.frames()[1]!.url()).toBe("chrome-error://chromewebdata/");
  } finally {
    server.close();
  }
});

/** Adds scripts to the HTML of the page, as a missing escape of an item's name would. */
async function inject(page: Page, withPolicy: boolean): Promise<void> {
  const run = (kind: string) => `(window.pwned ??= []).push('${kind}')`;
  const attack = `<script>${run("script")}</script>
    <img src="/none.png" onerror="${run("handler")}">
    <a id="attack" rel="external" href="javascript:${run("link")}">Item</a>`;
  await page.route("**/items", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    if (!withPolicy) delete headers["content-security-policy"];
    const body = (await response.text()).replace("</body>", `${attack}</body>`);
    await route.fulfill({ response, headers, body });
  });
  await page.goto("/items");
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await page.locator("#attack").evaluate((link: HTMLElement) => link.click());
  await page.waitForTimeout(300);
}

test("an injected script does not run, and is reported", async ({ page }) => {
  await inject(page, true);
  expect(await page.evaluate("window.pwned")).toBeUndefined();
  // The console itself runs: it is hydrated.
  for (const directive of ["script-src-elem", "script-src-attr"]) {
    const reported = async () => (await readFile(process.env.ACCESS_LOG!, "utf8")).includes(directive);
    await expect.poll(reported, `${directive} in the log`).toBe(true);
  }
});

test("without the policy the same injection would run", async ({ page }) => {
  await inject(page, false);
  expect(await page.evaluate("window.pwned.sort()")).toEqual(["handler", "link", "script"]);
});
