// Keys as a person presses them.
import type { Page } from "@playwright/test";

/** The time for which a key is down, in milliseconds. Keys that follow each other within 50 ms are those of a scanner. */
const KEY_DOWN_MS = 60;

/** Presses a key as slowly as a person. */
export async function pressKey(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key, { delay: KEY_DOWN_MS });
}
