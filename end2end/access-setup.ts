// Once per run: starts the OpenID provider of the server, and signs the first administrator in by the one-time link that
// `cargo xtask test` has created.
import { request } from "@playwright/test";
import { startProvider } from "./openid-provider";

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const { ACCESS_LINK: link, ACCESS_ISSUER: issuer } = process.env;
  if (!link || !issuer) return undefined;
  const stopProvider = await startProvider(issuer);
  const { origin, searchParams } = new URL(link);
  const context = await request.newContext({ baseURL: origin });
  const password = "the administrator's password";
  const form = { secret: searchParams.get("secret") ?? "", password, repeated: password };
  const response = await context.post("/invitation", { form, maxRedirects: 0 });
  if (response.status() !== 303) throw new Error(`the link of the administrator: ${response.status()}`);
  // Workers inherit the environment.
  process.env.ACCESS_ADMIN = JSON.stringify(await context.storageState());
  await context.dispose();
  return stopProvider;
}
