// The client against a server. `cargo xtask test --only clients` starts it, and names it in BASE_URL.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { before, test } from "node:test";
import { ProblemError, rows, Stockhold, verifyWebhook } from "../dist/index.js";

const baseUrl = process.env.BASE_URL ?? "";
const local = new Stockhold({ baseUrl });

/** The longest wait for messages, in milliseconds. */
const WAIT_MAX = 20_000;

let shop;

before(async () => {
  const { token } = await local.createClient({
    body: { name: `shop-${process.pid}`, scopes: ["stock:read", "holds:write", "orders:write"] },
  });
  shop = new Stockhold({ baseUrl, token: token.token });
});

/** Creates an item with units. */
async function item(sku, quantity) {
  return await local.createItem({ body: { sku, name: `Item ${sku}`, price: "10.00", quantity } });
}

test("a cart becomes an order that is allocated and shipped", async () => {
  await item("TS-1", 5);
  const cart = await shop.placeCart({ body: { reference: "ts-cart", lines: [{ sku: "TS-1", quantity: 2 }] } });
  const converted = await shop.createOrder({ body: { cartId: cart.cartId, reference: "TS-1001" } });
  assert.equal(converted.status, "allocated");
  const order = await shop.createOrder({ body: { lines: [{ sku: "TS-1", quantity: 3 }] } });
  await shop.allocateOrder({ path: { id: order.id }, body: { policy: "fewest_parcels" } });
  for (const { id } of [converted, order]) {
    await shop.shipOrder({ path: { id } });
    assert.equal((await shop.getOrder({ path: { id } })).status, "shipped");
  }
  assert.equal((await shop.getItemBySku({ path: { sku: "TS-1" } })).quantity, 0);
});

test("a rejection is an error with its code and numbers", async () => {
  await item("TS-2", 1);
  const placed = shop.placeBlock({ body: { sku: "TS-2", quantity: 4 } });
  await assert.rejects(placed, (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.code, "insufficient_stock");
    assert.deepEqual([error.status, error.problem.requested, error.problem.available], [409, 4, 1]);
    return true;
  });
  const forbidden = shop.createItem({ body: { name: "No", price: "1.00", quantity: 0 } });
  await assert.rejects(forbidden, { name: "ProblemError", code: "forbidden", status: 403 });
});

test("a lost answer is replayed by the key of the request", async () => {
  await item("TS-3", 3);
  let attempts = 0;
  const keys = new Set();
  const losing = async (url, init) => {
    attempts += 1;
    keys.add(init.headers.get("idempotency-key"));
    const response = await fetch(url, init);
    if (attempts === 1) throw new TypeError("the connection was lost");
    return response;
  };
  const client = new Stockhold({ baseUrl, fetch: losing });
  await client.placeBlock({ body: { sku: "TS-3", quantity: 2 } });
  assert.equal(attempts, 2);
  assert.equal(keys.size, 1);
  assert.equal((await local.getItemBySku({ path: { sku: "TS-3" } })).quantity, 1, "the units were taken once");
});

test("all rows of a list are read page by page", async () => {
  for (let number = 0; number < 5; number += 1) await item(`TS-PAGE-${number}`, 0);
  const skus = [];
  const read = (after) => shop.listItems({ query: { q: "TS-PAGE", sort: "id", limit: 2, after } });
  for await (const row of rows(read)) skus.push(row.sku);
  assert.deepEqual(skus, [0, 1, 2, 3, 4].map((number) => `TS-PAGE-${number}`));
});

test("files are sent and received", async () => {
  const file = "sku,name,price\nTS-FILE,Ä,1.00\n";
  const { id } = await local.createImport({ query: { fileName: "items.csv" }, body: file, headers: { "content-type": "text/csv" } });
  assert.equal(await (await local.downloadImport({ path: { id } })).text(), file);
  assert.match(await shop.downloadItems(), /^id,sku,name/);
});

test("events are read from a cursor until the signal is aborted", async () => {
  const { cursor } = await shop.listEvents({});
  const { id } = await item("TS-4", 7);
  const abort = new AbortController();
  const found = [];
  const reading = (async () => {
    for await (const page of shop.eventPages({ after: cursor, signal: abort.signal })) {
      found.push(...page.events.filter((event) => event.itemId === id));
      if (found.length > 0) abort.abort();
    }
  })();
  await assert.rejects(reading, { name: "AbortError" });
  assert.equal(found[0].change, 7);
});

test("messages of webhooks are received and verified", async () => {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    for (const signature of /** @type {const} */ (["v1", "v1a"])) {
      const { webhook, secret } = await local.createWebhook({
        body: { name: `TS ${signature}`, url: `http://127.0.0.1:${port}/`, signature, skus: [`TS-5-${signature}`] },
      });
      await item(`TS-5-${signature}`, 9);
      const end = Date.now() + WAIT_MAX;
      while (received.length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      const [message] = received;
      const verified = await verifyWebhook({ secret, ...message });
      assert.equal(verified.type, "movement.received");
      assert.equal(verified.data.change, 9);
      const forged = { ...message, body: message.body.replace("9", "8") };
      await assert.rejects(verifyWebhook({ secret, ...forged }), { name: "WebhookError" });
      await local.deleteWebhook({ path: { id: webhook.id } });
      received.length = 0;
    }
  } finally {
    server.close();
  }
});
