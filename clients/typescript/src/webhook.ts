import type { Schemas } from "./types.js";

/** A message of a webhook, by Standard Webhooks 1.0. */
export type WebhookMessage =
  | { type: `movement.${string}`; timestamp: string; data: Schemas["Movement"] }
  | { type: `stock.${string}`; timestamp: string; data: Schemas["Signal"] }
  | { type: "webhook.test"; timestamp: string; data: { message: string } };

/** The headers of a request: `Headers`, or an object with names in lower case, such as `request.headers` of Node.js. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/** A message that is not verified. It must not be processed. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

/** The default of the greatest difference between the times of message and receiver, in seconds. */
const TOLERANCE_SECONDS = 300;

/** The schemes of signatures: the prefix of the secret, its algorithm for an import, and that for a verification. */
const SCHEMES = [
  { version: "v1", prefix: "whsec_", imported: { name: "HMAC", hash: "SHA-256" }, verified: "HMAC" },
  { version: "v1a", prefix: "whpk_", imported: { name: "Ed25519" }, verified: "Ed25519" },
];

/**
 * Verifies the signature and the time of a message, and returns it. `body` is the request's body as it was received. The
 * comparison takes the same time for each signature.
 *
 * `webhook-id` is the same for all attempts of a message: process each id once.
 *
 * @throws {WebhookError} The signature, the time or a header is wrong.
 */
export async function verifyWebhook(message: {
  /** `whsec_…` for the signature v1, or the public key `whpk_…` for v1a. */
  secret: string;
  headers: WebhookHeaders;
  body: string | Uint8Array;
  /** The greatest difference between the times of message and receiver, in seconds; default 300. */
  toleranceSeconds?: number;
}): Promise<WebhookMessage> {
  const { secret, headers, body, toleranceSeconds = TOLERANCE_SECONDS } = message;
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  if (!/^\d{1,15}$/.test(timestamp) || !(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= toleranceSeconds)) {
    throw new WebhookError("the message is too old or too new");
  }
  const scheme = SCHEMES.find(({ prefix }) => secret.startsWith(prefix));
  if (!scheme) throw new WebhookError("the secret begins with neither whsec_ nor whpk_");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = new Uint8Array([...new TextEncoder().encode(`${id}.${timestamp}.`), ...bytes]);
  const key = await imported(secret, scheme);
  for (const signature of header(headers, "webhook-signature").split(" ")) {
    const [version, text = ""] = signature.split(",");
    // WebCrypto compares in constant time.
    const received = version === scheme.version ? fromBase64(text) : undefined;
    if (received && (await crypto.subtle.verify(scheme.verified, key, received, signed))) {
      return JSON.parse(new TextDecoder().decode(bytes)) as WebhookMessage;
    }
  }
  throw new WebhookError("no signature matches");
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new WebhookError(`${name} is missing`);
  return value;
}

async function imported(secret: string, { prefix, imported }: (typeof SCHEMES)[number]): Promise<CryptoKey> {
  const raw = fromBase64(secret.slice(prefix.length));
  try {
    if (raw?.length) return await crypto.subtle.importKey("raw", raw, imported, false, ["verify"]);
  } catch {
    // A key of another length.
  }
  throw new WebhookError("the secret is no key in base64");
}

/** Returns the bytes of a text in base64; `undefined` for another text. */
function fromBase64(text: string) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
