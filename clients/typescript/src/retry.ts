import type { ProblemError } from "./problem.js";

/** The statuses after which a repeatable request is sent again. */
const STATUSES = [429, 502, 503, 504];

/** The failure after which only an idempotency key tells whether the change happened. */
const UNKNOWN_OUTCOME = "outcome_unknown";

/** The bound of the first delay. It doubles with each retry. In milliseconds. */
const FIRST_DELAY = 200;

/** The longest delay, also of `Retry-After`, in milliseconds. */
const DELAY_MAX = 30_000;

/** Returns whether a problem may end by itself. */
export function isTransient(error: ProblemError): boolean {
  return STATUSES.includes(error.status) || error.code === UNKNOWN_OUTCOME;
}

/**
 * Returns the delay before a retry in milliseconds, with full jitter, at least `Retry-After`. `undefined`: the server asks
 * for a longer one than 30 seconds.
 */
export function delayBefore(retry: number, retryAfter: string | null): number | undefined {
  const backOff = Math.random() * Math.min(FIRST_DELAY * 2 ** retry, DELAY_MAX);
  const asked = retryAfterOf(retryAfter);
  return asked > DELAY_MAX ? undefined : asked + backOff;
}

/** Returns `Retry-After` in milliseconds, from a number of seconds or a date. */
function retryAfterOf(value: string | null): number {
  if (value === null) return 0;
  const seconds = Number(value);
  const delay = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(delay) ? 0 : Math.max(delay, 0);
}

/** Waits. It rejects with the signal's reason as soon as the signal is aborted. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
