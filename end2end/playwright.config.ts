import { defineConfig, devices } from "@playwright/test";

// `cargo xtask test` starts the server and finds the browser. Both can be set by environment variables too.
const baseURL = process.env.BASE_URL ?? "http://127.0.0.1:3000";
const executablePath = process.env.CHROMIUM_PATH || undefined;

// The second server, without local access.
const accessURL = process.env.ACCESS_URL;
const accessTests = /(access|attacks|openid)\.spec\.ts/;

const browser = {
  ...devices["Desktop Chrome"],
  launchOptions: {
    executablePath,
    // Disables background requests of the browser, which cost time and add noise.
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

export default defineConfig({
  testDir: "./tests",
  globalSetup: "./access-setup.ts",
  outputDir: "./test-results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  workers: 2,
  reporter: [["list"]],
  // Axe takes half a minute for all pages on slow processors.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "chromium", testIgnore: accessTests, use: browser },
    // `cargo xtask test` always starts this server too.
    ...(accessURL ? [{ name: "access", testMatch: accessTests, use: { ...browser, baseURL: accessURL } }] : []),
  ],
});
