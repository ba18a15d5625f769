// Fixtures of the tests of access control. They run against a server of their own, without local access.
import { createHmac } from "node:crypto";
import { test as base, expect, type APIRequestContext, type Browser, type BrowserContext, type Page } from "@playwright/test";

export { expect };

export type Role = "viewer" | "operator" | "manager" | "administrator";
export type Person = { name: string; password: string; context: BrowserContext; page: Page };

let made = 0;

/** Returns a name for a person that is unique across tests, runs and workers. */
export function uniqueName(): string {
  made += 1;
  return `p${Date.now().toString(36)}${process.pid.toString(36)}${made}`;
}

/** Posts a form as a page of this site would. */
export function post(request: APIRequestContext, path: string, form: Record<string, string>) {
  return request.post(path, { form, maxRedirects: 0 });
}

type Fixtures = {
  /** Requests of the administrator. */
  admin: APIRequestContext;
  /** Invites a person, accepts the invitation, and opens a browser with the session. */
  signedIn: (role: Role) => Promise<Person>;
};

export const test = base.extend<Fixtures>({
  admin: async ({ playwright, baseURL }, use) => {
    const context = await playwright.request.newContext({ baseURL, storageState: adminState() });
    await use(context);
    await context.dispose();
  },
  signedIn: async ({ admin, browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (role) => {
      const person = await invite(admin, browser, role);
      opened.push(person.context);
      return person;
    });
    for (const context of opened) await context.close();
  },
});

/** Returns the cookies of the administrator, who was signed in by `access-setup.ts`. */
export function adminState() {
  return JSON.parse(process.env.ACCESS_ADMIN ?? "{}");
}

async function invite(admin: APIRequestContext, browser: Browser, role: Role): Promise<Person> {
  const [name, password] = [uniqueName(), "a long password of words"];
  const invited = await post(admin, "/people", { name, displayName: "", role });
  const secret = /\/invitation\?secret=([^<"&]+)/.exec(await invited.text())?.[1];
  expect(secret, "a one-time link").toBeTruthy();
  const context = await browser.newContext();
  const accepted = await post(context.request, "/invitation", { secret: secret!, password, repeated: password });
  expect(accepted.status()).toBe(303);
  return { name, password, context, page: await context.newPage() };
}

/** Opens an address and waits until the page is hydrated. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Fills and sends the form of the sign-in. */
export async function signIn(page: Page, name: string, password: string, code = ""): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Returns the code of an authenticator app (RFC 6238), some steps of 30 seconds ahead. */
export function totp(secret: string, stepsAhead: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const digest = createHmac("sha1", key).update(counter).digest();
  const code = digest.readUInt32BE(digest.readUInt8(19) & 15) & 0x7fffffff;
  return (code % 1_000_000).toString().padStart(6, "0");
}
