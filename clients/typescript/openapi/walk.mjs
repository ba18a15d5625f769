// A walk through every operation of the OpenAPI document. The first request of each operation is its example.

import { createServer } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** The longest wait for a state, in milliseconds. */
const WAIT_MAX = 20_000;

/** Calls a function until its result satisfies a condition, and returns the result. */
async function until(read, condition) {
  const end = Date.now() + WAIT_MAX;
  for (;;) {
    const found = await read();
    if (condition(found)) return found;
    if (Date.now() > end) throw new Error(`the state was not reached: ${JSON.stringify(found)}`);
    await sleep(20);
  }
}

/** Starts a receiver of webhooks, which answers with the status that `status` returns. */
async function receiver(status) {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(status()).end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${server.address().port}/stockhold`, close: () => server.close() };
}

/**
 * Calls every operation. `call(operation, {path, query, type, body})` sends a request that has to succeed, and returns the
 * answer's body.
 */
export async function walk(call) {
  await catalogue(call);
  await holds(call);
  await carts(call);
  await orders(call);
  await stock(call);
  await imports(call);
  await webhooks(call);
  await access(call);
  await lists(call);
}

async function catalogue(call) {
  const warehouse = await call("create_warehouse", {
    body: { code: "NORTH", name: "Northern warehouse", priority: 1, latitude: 53.55, longitude: 9.99 },
  });
  await call("create_warehouse", { body: { code: "SOUTH", name: "Southern warehouse" } });
  await call("list_warehouses");
  await call("get_warehouse", { path: { id: warehouse.id } });
  await call("update_warehouse", { path: { id: warehouse.id }, body: { name: "Northern warehouse, hall 2" } });
  const empty = await call("create_warehouse", { body: { code: "OLD", name: "Old warehouse" } });
  await call("archive_warehouse", { path: { id: empty.id } });
  await call("restore_warehouse", { path: { id: empty.id } });
  const item = await call("create_item", {
    body: {
      sku: "LAMP-1", name: "Desk lamp", category: "Lamps", price: "49.90", quantity: 100, warehouseCode: "NORTH",
      description: "A lamp of brass with a green shade.", barcodes: ["4006381333931"], lowStock: 5,
    },
  });
  await call("create_item", {
    body: { sku: "BULB-1", name: "Light bulb", category: "Bulbs", price: "4.50", quantity: 500, warehouseCode: "SOUTH" },
  });
  await call("get_item", { path: { id: item.id } });
  await call("get_item_by_sku", { path: { sku: "LAMP-1" } });
  await call("update_item", { path: { id: item.id }, body: { price: "44.90", lowStock: 8 } });
  const old = await call("create_item", { body: { sku: "LAMP-0", name: "Old lamp", price: "9.00", quantity: 0 } });
  await call("archive_item", { path: { id: old.id } });
  await call("restore_item", { path: { id: old.id } });
  await call("list_categories");
  await call("rename_category", { path: { category: "Bulbs" }, body: { to: "Light bulbs" } });
}

async function holds(call) {
  const place = (quantity) => call("place_block", {
    body: { sku: "LAMP-1", quantity, warehouseCode: "NORTH", ttlSeconds: 900, reference: "session-7f3a", note: "By phone" },
  });
  const block = await place(2);
  await call("get_block", { path: { id: block.blockId } });
  await call("extend_block", { path: { id: block.blockId }, body: { ttlSeconds: 1800 } });
  await call("list_blocks", { query: { reference: "session-7f3a" } });
  await call("list_expiring_blocks", { query: { withinSeconds: 3600 } });
  await call("confirm_block", { body: { blockId: block.blockId } });
  await call("ship_block", { path: { id: block.blockId } });
  const other = await place(1);
  await call("release_block", { path: { id: other.blockId } });
  const several = [await place(1), await place(3)].map((placed) => placed.blockId);
  await call("act_on_blocks", { body: { action: "release", blockIds: several } });
  await call("list_ended_blocks", { query: { sku: "LAMP-1" } });
  await call("cleanup_expired_blocks");
}

async function carts(call) {
  const place = async () => (await call("place_cart", {
    body: {
      reference: "cart-2041", ttlSeconds: 900,
      lines: [{ sku: "LAMP-1", quantity: 1 }, { sku: "BULB-1", quantity: 2 }],
    },
  })).cartId;
  const id = await place();
  await call("get_cart", { path: { id } });
  await call("list_carts", { query: { reference: "cart-2041" } });
  await call("extend_cart", { path: { id }, body: { ttlSeconds: 1800 } });
  await call("change_cart", {
    path: { id },
    body: { version: 1, lines: [{ sku: "LAMP-1", quantity: 1 }, { sku: "BULB-1", quantity: 4 }] },
  });
  const payment = { paymentReference: "payment-93", ttlSeconds: 900 };
  await call("start_payment", { path: { id }, body: payment });
  await call("end_payment", { path: { id } });
  await call("start_payment", { path: { id }, body: payment });
  await call("confirm_cart", { path: { id }, body: { paymentReference: "payment-93" } });
  await call("ship_cart", { path: { id } });
  await call("release_cart", { path: { id: await place() } });
}

async function orders(call) {
  const create = async (reference) => (await call("create_order", {
    body: { reference, lines: [{ sku: "LAMP-1", quantity: 2 }, { sku: "BULB-1", quantity: 2 }] },
  })).id;
  const id = await create("WEB-1001");
  const other = await create("WEB-1002");
  await call("get_order", { path: { id } });
  await call("list_orders", { query: { status: "pending", limit: 10 } });
  await call("change_order_lines", {
    path: { id },
    body: { lines: [{ sku: "LAMP-1", quantity: 3 }, { sku: "BULB-1", quantity: 2 }] },
  });
  await call("preview_order", { path: { id }, query: { policy: "fewest_parcels" } });
  // No unit of this item is on hand, so the queue does not fill the order.
  const scarce = await call("create_order", { body: { lines: [{ sku: "LAMP-0", quantity: 1 }] } });
  await call("queue_order", { path: { id: scarce.id }, body: { wait: true, priority: 5 } });
  await call("allocate_order", { path: { id }, body: { policy: "fewest_parcels" } });
  await call("reassign_units", {
    path: { id },
    body: { toOrderId: other, lines: [{ sku: "LAMP-1", quantity: 1 }] },
  });
  await call("ship_order", { path: { id }, body: { warehouseCode: "NORTH", lines: [{ sku: "LAMP-1", quantity: 2 }] } });
  await call("return_order", {
    path: { id },
    body: { into: "available", lines: [{ sku: "LAMP-1", quantity: 1, warehouseCode: "NORTH" }] },
  });
  await call("cancel_order", { path: { id: other }, body: { lines: [{ sku: "BULB-1", quantity: 1 }] } });
}

async function stock(call) {
  const { id } = await call("get_item_by_sku", { path: { sku: "LAMP-1" } });
  const received = { warehouseCode: "NORTH", delta: 20, reason: "Delivery 4711" };
  const moved = { fromWarehouseCode: "NORTH", toWarehouseCode: "SOUTH", quantity: 10, reason: "Transfer 12" };
  await call("adjust_stock", { path: { id }, body: received });
  await call("adjust_stock_by_sku", { path: { sku: "LAMP-1" }, body: received });
  await call("move_stock", { path: { id }, body: moved });
  await call("move_stock_by_sku", { path: { sku: "LAMP-1" }, body: moved });
  await call("change_stock", {
    body: {
      document: "COUNT-2026-11", atomic: true,
      changes: [
        { sku: "LAMP-1", warehouseCode: "SOUTH", set: 18, expected: 20, reason: "count" },
        { sku: "BULB-1", warehouseCode: "SOUTH", change: -2, reason: "write_off", note: "Broken" },
      ],
    },
  });
  await call("change_condition", {
    body: {
      sku: "LAMP-1", warehouseCode: "NORTH", from: "available", to: "damaged", quantity: 1,
      reason: "Scratched in the warehouse",
    },
  });
  await call("get_availability", { query: { sku: ["LAMP-1", "BULB-1"], warehouses: true } });
  await call("read_availability", { body: { skus: ["LAMP-1", "BULB-1"] } });
  for (const operation of ["item_levels", "item_movements", "item_history", "get_item_unavailability", "list_movements"]) {
    await call(operation, { path: { id } });
  }
}

async function imports(call) {
  const file = "sku,name,category,price\nLAMP-2,Floor lamp,Lamps,89.00\nLAMP-3,Wall lamp,Lamps,cheap\n";
  const upload = () => call("create_import", { query: { fileName: "items.csv", kind: "items" }, type: "text/csv", body: file });
  const { id } = await upload();
  const read = () => call("get_import", { path: { id } });
  const isJudged = (found) => found.state === "judged";
  await until(read, isJudged);
  await call("list_imports", { query: { limit: 10 } });
  await call("choose_import", { path: { id }, body: { kind: "items", decimalSign: "point" } });
  const judged = await until(read, isJudged);
  await call("list_import_rows", { path: { id } });
  await call("download_import_errors", { path: { id } });
  await call("download_import", { path: { id } });
  await call("apply_import", { path: { id }, body: { revision: judged.revision } });
  await until(read, (found) => found.state === "applied");
  const other = (await upload()).id;
  await until(() => call("get_import", { path: { id: other } }), isJudged);
  await call("cancel_import", { path: { id: other } });
}

async function webhooks(call) {
  let status = 204;
  const shop = await receiver(() => status);
  try {
    const created = await call("create_webhook", {
      body: { name: "Shop", url: shop.url, eventKinds: ["movement.blocked", "movement.received"], signature: "v1" },
    });
    const { id } = created.webhook;
    await call("test_webhook", { path: { id } });
    await call("list_webhooks");
    await call("get_webhook", { path: { id } });
    await call("update_webhook", { path: { id }, body: { name: "Shop in production", skus: ["LAMP-1"] } });
    await call("pause_webhook", { path: { id } });
    await call("resume_webhook", { path: { id } });
    status = 500;
    await call("place_block", { body: { sku: "LAMP-1", quantity: 1 } });
    const failed = () => call("list_set_aside_events", { path: { id } });
    const [event] = (await until(failed, (page) => page.items.length > 0)).items;
    await call("list_webhook_deliveries", { path: { id }, query: { limit: 10 } });
    status = 204;
    await call("retry_webhook_events", { path: { id }, body: { eventIds: [event.eventId] } });
    await call("rotate_webhook_secret", { path: { id }, body: { overlapHours: 24 } });
    await call("replay_webhook", { path: { id }, body: { cursor: "0" } });
    await call("delete_webhook", { path: { id } });
  } finally {
    shop.close();
  }
}

async function access(call) {
  const name = "webshop";
  await call("create_client", { body: { name, scopes: ["stock:read", "holds:write", "orders:write"], expiresInDays: 365 } });
  await call("list_clients");
  await call("update_client", { path: { name }, body: { warehouseIds: [1] } });
  const { id } = await call("create_token", { path: { name }, body: { expiresInDays: 365 } });
  await call("revoke_token", { path: { name, id } });
  await call("disable_client", { path: { name } });
}

async function lists(call) {
  await call("list_items", { query: { category: "Lamps", sort: "name", limit: 10 } });
  await call("top_items", { path: { category: "Lamps" } });
  await call("search", { query: { q: "lamp" } });
  await call("list_events", { query: { after: "0", limit: 3 } });
  await call("stream_events", { query: { after: "0" } });
  await call("get_overview");
  await call("get_activity", { query: { span: "day" } });
  await call("list_refusals", { query: { span: "day" } });
  await call("list_ledger", { query: { sku: "LAMP-1", limit: 3 } });
  await call("list_changes", { query: { sku: "LAMP-1", limit: 3 } });
  await call("list_audit", { query: { kind: "item.created", limit: 3 } });
  const files = [
    "audit", "blocks", "changes", "ended_blocks", "expiring_blocks", "items", "movements", "orders", "stock",
  ];
  for (const file of files) await call(`download_${file}`);
  for (const operation of ["get_health", "get_liveness", "get_livez", "get_readyz"]) await call(operation);
}
