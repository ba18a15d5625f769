// Retries, and messages of webhooks that are not verified: without a server.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";
import { Stockhold, verifyWebhook } from "../dist/index.js";
import { delayBefore } from "../dist/retry.js";

/** A client whose requests get these answers in turn: a status, or an error. Returns it and the requests. */
function clientOf(...answers) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ url, ...init });
    const [status, headers] = [answers.shift()].flat();
    if (status instanceof Error) throw status;
    const problem = { type: "", title: "", status, code: "test", detail: "A test" };
    return new Response(JSON.stringify(status < 300 ? {} : problem), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
  };
  return { client: new Stockhold({ baseUrl: "http://stock.example", fetch, retries: 2 }), requests };
}

const body = { sku: "A", quantity: 1 };

test("a write with a key is sent again with the same key and body", async () => {
  const { client, requests } = clientOf(new TypeError("lost"), 503, 201);
  await client.placeBlock({ body });
  const sent = requests.map(({ headers, body }) => `${headers.get("idempotency-key")} ${body}`);
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent).size, 1);
});

test("the caller's key is used", async () => {
  const { client, requests } = clientOf(201);
  await client.placeBlock({ body, idempotencyKey: "cart-7" });
  assert.equal(requests[0].headers.get("idempotency-key"), "cart-7");
});

test("a read is sent again after 429", async () => {
  const { client, requests } = clientOf([429, { "retry-after": "0" }], 200);
  await client.getOverview();
  assert.equal(requests.length, 2);
});

test("retries end", async () => {
  const { client, requests } = clientOf(503, 503, 503, 201);
  await assert.rejects(client.placeBlock({ body }), { name: "ProblemError", status: 503 });
  assert.equal(requests.length, 3);
});

test("a longer delay than the bound is not waited for", async () => {
  const { client, requests } = clientOf([503, { "retry-after": "3600" }], 201);
  await assert.rejects(client.placeBlock({ body }), { status: 503 });
  assert.equal(requests.length, 1);
});

test("the delay of the server is kept at each retry", () => {
  for (const retry of [0, 3, 9]) {
    for (let draw = 0; draw < 100; draw += 1) assert.ok(Number(delayBefore(retry, "30")) >= 30_000);
    assert.equal(delayBefore(retry, "31"), undefined);
  }
});

test("a redirect is not followed", async () => {
  const paths = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    response.writeHead(301, { location: "/elsewhere" }).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const client = new Stockhold({ baseUrl: `http://127.0.0.1:${address.port}`, retries: 0 });
  await assert.rejects(client.placeBlock({ body }), { name: "ProblemError", status: 301 });
  assert.equal(paths.length, 1);
  server.close();
});

test("an invalid address is an error at once", async () => {
  const client = new Stockhold({ baseUrl: "stock.example" });
  await assert.rejects(client.getOverview(), { code: "ERR_INVALID_URL" });
});

test("a write without a key is sent once", async () => {
  for (const answer of [503, new TypeError("lost")]) {
    const { client, requests } = clientOf(answer, 201);
    await assert.rejects(client.createWebhook({ body: { name: "Shop", url: "https://shop.example" } }));
    assert.equal(requests.length, 1);
    assert.equal(requests[0].headers.get("idempotency-key"), null);
  }
});

test("a rejection is not sent again", async () => {
  const { client, requests } = clientOf(409, 201);
  await assert.rejects(client.placeBlock({ body }), { code: "test" });
  assert.equal(requests.length, 1);
});

test("an aborted request is not sent again", async () => {
  const abort = new AbortController();
  const { client, requests } = clientOf([503, { "retry-after": "20" }], 201);
  const placed = client.placeBlock({ body, signal: abort.signal });
  setTimeout(() => abort.abort(), 0);
  await assert.rejects(placed, { name: "AbortError" });
  assert.equal(requests.length, 1);
});

test("a message is verified by its signature and its time", async () => {
  const key = Buffer.from("the key of a test");
  const secret = `whsec_${key.toString("base64")}`;
  const body = JSON.stringify({ type: "webhook.test", data: { message: "Ä" } });
  const message = (timestamp) => {
    const signature = createHmac("sha256", key).update(`msg_1.${timestamp}.${body}`).digest("base64");
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(timestamp), "webhook-signature": `v1,AAAA v1,${signature}` };
    return { headers, body };
  };
  const now = Math.floor(Date.now() / 1_000);
  const rejects = (message) => assert.rejects(verifyWebhook(message), { name: "WebhookError" });
  assert.equal((await verifyWebhook({ secret, ...message(now) })).type, "webhook.test");
  assert.equal((await verifyWebhook({ secret, ...message(now), headers: new Headers(message(now).headers) })).type, "webhook.test");
  await rejects({ secret, ...message(now - 400) });
  await rejects({ secret, ...message(now + 400) });
  await rejects({ secret: "whsec_AAAA", ...message(now) });
  for (const other of ["another", "", "whsec_", "whpk_", "whpk_AAAA"]) await rejects({ secret: other, ...message(now) });
  const first = message(now);
  first.headers["webhook-signature"] = `v1,? ${first.headers["webhook-signature"]}`;
  assert.equal((await verifyWebhook({ secret, ...first })).type, "webhook.test");
  await rejects({ secret, ...message(now), headers: {} });
  await rejects({ secret, ...message(now), headers: { ...message(now).headers, "webhook-signature": "v1,?" } });
});
