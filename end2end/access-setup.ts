// Signs the first administrator in, once per run, by the one-time link that `cargo xtask test` has created.
import { request } from "@playwright/test";

export default async function setup(): Promise<void> {
  const link = process.env.ACCESS_LINK;
  if (!link) return;
  const { origin, searchParams } = new URL(link);
  const context = await request.newContext({ baseURL: origin });
  const password = "the administrator's password";
  const form = { secret: searchParams.get("secret") ?? "", password, repeated: password };
  const response = await context.post("/invitation", { form, maxRedirects: 0 });
  if (response.status() !== 303) throw new Error(`the link of the administrator: ${response.status()}`);
  // Workers inherit the environment.
  process.env.ACCESS_ADMIN = JSON.stringify(await context.storageState());
  await context.dispose();
}
