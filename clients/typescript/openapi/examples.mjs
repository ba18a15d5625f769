// Examples of the OpenAPI document: requests that were sent to a server, and its answers.

import { walk } from "./walk.mjs";

/** The lines of a file that an example keeps: the header and some rows. */
const FILE_LINES_MAX = 4;

/** The rows of a list that an example keeps. */
const ROWS_MAX = 3;

/** Values that are secret or differ between machines, and their replacements. */
const REPLACEMENTS = [
  [/\bshk_[A-Za-z0-9_-]+/g, "shk_EXAMPLE"],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, "whsec_RVhBTVBMRQ=="],
  [/http:\/\/127\.0\.0\.1:\d+\/stockhold/g, "https://shop.example/stockhold"],
];

/** The methods of requests that may be sent again, by RFC 9110. */
const REPEATABLE_METHODS = ["get", "put", "delete"];

/**
 * Returns the operations of a document by their ids. `hasKey`: it accepts an `Idempotency-Key`. `isRepeatable`: a second
 * request can't take effect twice.
 */
export function operationsOf(document) {
  const operations = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const hasKey = (operation.parameters ?? []).some(({ name }) => name === "Idempotency-Key");
      const isRead = operation.security?.some((scheme) => scheme.bearerAuth?.includes("stock:read")) ?? false;
      const isRepeatable = hasKey || isRead || REPEATABLE_METHODS.includes(method);
      operations.set(operation.operationId, { method: method.toUpperCase(), path, operation, hasKey, isRepeatable });
    }
  }
  return operations;
}

/** Calls every operation of the server at `base`, and returns the examples by the ids of the operations. */
export async function record(base, document) {
  const operations = operationsOf(document);
  const examples = {};
  await walk(async (id, request = {}) => {
    const operation = operations.get(id);
    if (!operation) throw new Error(`the document has no operation ${id}`);
    const answer = await send(base, operation, request);
    examples[id] ??= { ...described(request), answer: { ...answer, body: shortened(answer.body) } };
    return answer.body;
  });
  return Object.fromEntries(Object.entries(examples).sort(([one], [next]) => (one < next ? -1 : 1)));
}

async function send(base, { method, path }, { path: parts = {}, query = {}, type = "application/json", body }) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parts[name]));
  const text = type === "application/json" ? JSON.stringify(body) : body;
  const headers = body === undefined ? {} : { "content-type": type };
  const abort = new AbortController();
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const url = `${base}${filled}?${new URLSearchParams(pairs)}`;
  const response = await fetch(url, { method, headers, body: text, signal: abort.signal, redirect: "error" });
  const contentType = response.headers.get("content-type")?.split(";")[0] ?? null;
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  if (contentType === "text/event-stream") {
    const message = await firstMessage(response);
    abort.abort();
    return { status: response.status, type: contentType, body: message };
  }
  const received = await response.text();
  const value = contentType === "application/json" ? JSON.parse(received) : received;
  return { status: response.status, type: contentType, body: contentType === null ? null : value };
}

/** Returns the data of the first changes in a stream. Other messages have no JSON object. */
async function firstMessage(response) {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const data = text.match(/^data: ?(\{.*)\n/m);
    if (data) return JSON.parse(data[1]);
  }
  throw new Error(`the stream has ended: ${text}`);
}

function described({ path, query, type, body }) {
  const parameters = { ...path, ...query };
  const request = body === undefined ? {} : { request: { type: type ?? "application/json", body } };
  return { ...(Object.keys(parameters).length ? { parameters } : {}), ...request };
}

/** Returns a body whose lists and files have their first rows only. */
function shortened(body) {
  if (typeof body === "string") return body.split(/\r?\n/).slice(0, FILE_LINES_MAX).join("\n");
  if (Array.isArray(body)) return body.slice(0, ROWS_MAX).map(shortened);
  if (body === null || typeof body !== "object") return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, Array.isArray(value) ? shortened(value) : value]));
}

/** Returns the text of the file with the examples. */
export function render(examples) {
  const text = JSON.stringify(examples, null, 1) + "\n";
  return REPLACEMENTS.reduce((replaced, [pattern, replacement]) => replaced.replaceAll(pattern, replacement), text);
}
