import { OPERATIONS, Operations, type OperationRow } from "./operations.js";
import { problemOf } from "./problem.js";
import { delayBefore, isTransient, wait } from "./retry.js";
import type { AnswerOf, Operation, RequestOf, RequestOptions, Schemas } from "./types.js";

/** The settings of a client. */
export interface Settings {
  /** The address of the server, such as `https://stock.example`. */
  baseUrl: string;
  /** The token of an API client: `shk_…`. Absent for a session, or for a server on a loopback address. */
  token?: string;
  /** The most retries of a request; default 4. Only requests that can't take effect twice are sent again. */
  retries?: number;
  /** The longest time of an attempt, from the request to the end of the answer, in milliseconds; default 60,000. */
  timeout?: number;
  /** Sends requests; default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** The default number of retries. */
const RETRIES = 4;

/** The default of the longest wait for an answer, in milliseconds. Longer than the server's longest long poll. */
const TIMEOUT = 60_000;

/** The longest wait of a long poll, in seconds. It is at most half of the time limit of an attempt. */
const WAIT_SECONDS_MAX = 20;

/** The parts of any request, without their types. */
interface AnyRequest extends RequestOptions {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** A client with a method for each operation, such as `placeCart`. A method throws `ProblemError` for a rejection. */
export class Stockhold extends Operations {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
  }

  override async call<Id extends Operation>(id: Id, request: RequestOf<Id>): Promise<AnswerOf<Id>> {
    return (await this.#send(OPERATIONS[id], request as AnyRequest)) as AnswerOf<Id>;
  }

  /**
   * Reads the event feed by long polling, from a cursor or from now on, until the signal is aborted. Each page has events,
   * signals, and the cursor to store after they are processed. A cursor of another history throws `cursor_unknown`.
   */
  async *eventPages(options: { after?: string; signal?: AbortSignal } = {}): AsyncGenerator<Schemas["EventPage"], void> {
    const { signal } = options;
    const waitSeconds = Math.min(WAIT_SECONDS_MAX, Math.floor((this.#settings.timeout ?? TIMEOUT) / 2_000));
    let after = options.after ?? (await this.listEvents({ signal })).cursor;
    for (;;) {
      const page = await this.listEvents({ query: { after, waitSeconds }, signal });
      after = page.cursor;
      if (page.events.length > 0 || page.signals?.length) yield page;
    }
  }

  /** Sends a request until it is answered with a success, or until no retry is allowed. Returns the answer's body. */
  async #send(operation: OperationRow, request: AnyRequest): Promise<unknown> {
    const { retries = RETRIES, timeout = TIMEOUT, fetch: send = fetch } = this.#settings;
    const init = this.#init(operation, request);
    // An invalid address is an error at once.
    const url = new URL(this.#url(operation, request));
    for (let retry = 0; ; retry += 1) {
      const isLast = retry >= retries || !operation.isRepeatable;
      let delay = delayBefore(retry, null);
      const limit = AbortSignal.timeout(timeout);
      const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
      try {
        const response = await send(url, { ...init, signal });
        if (response.ok) return await bodyOf(response);
        const problem = await problemOf(response);
        if (isLast || !isTransient(problem)) throw problem;
        delay = delayBefore(retry, response.headers.get("retry-after"));
        if (delay === undefined) throw problem;
      } catch (error) {
        // Without an answer: the connection failed, or the wait was too long. A `SyntaxError`: the answer is no JSON.
        const isAnswered = error instanceof Error && ["ProblemError", "SyntaxError"].includes(error.name);
        if (isAnswered || isLast || request.signal?.aborted) throw error;
      }
      await wait(delay ?? 0, request.signal);
    }
  }

  #url({ path }: OperationRow, request: AnyRequest): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(request.path?.[name])));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      for (const one of [value].flat()) {
        if (one !== undefined && one !== null) query.append(name, String(one));
      }
    }
    const base = this.#settings.baseUrl.replace(/\/+$/, "");
    return query.size > 0 ? `${base}${filled}?${query}` : `${base}${filled}`;
  }

  /** Returns the parts that all attempts have in common: the key is the same for each. */
  #init(operation: OperationRow, request: AnyRequest): RequestInit {
    const headers = new Headers({ accept: "application/json, */*" });
    if (this.#settings.token) headers.set("authorization", `Bearer ${this.#settings.token}`);
    if (operation.hasKey) headers.set("idempotency-key", request.idempotencyKey ?? crypto.randomUUID());
    const { body } = request;
    const isFile = typeof body === "string" || body instanceof Blob;
    if (body !== undefined) headers.set("content-type", isFile ? "application/octet-stream" : "application/json");
    for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
    // `fetch` would repeat a POST as GET at the other address, or send body and token there.
    return { method: operation.method, headers, redirect: "manual", body: isFile ? body : JSON.stringify(body) };
  }
}

/** Reads a body: JSON, the text of a CSV file, the bytes of another file, or nothing. */
async function bodyOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204) return undefined;
  if (type.startsWith("application/json")) return await response.json();
  return type.startsWith("text/") ? await response.text() : await response.blob();
}

/**
 * Reads the rows of all pages of a list, one page at a time:
 * `for await (const order of rows((after) => client.listOrders({ query: { after } })))`.
 */
export async function* rows<Row>(
  read: (after?: string) => Promise<{ items: Row[]; next?: string | null }>,
): AsyncGenerator<Row, void> {
  let after: string | undefined;
  do {
    const page = await read(after);
    yield* page.items;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
