// Generated from crates/server/tests/openapi.json by `npm run generate`.

import type { AnswerOf, Operation, RequestOf } from "./types.js";

/** How each operation is requested. */
export const OPERATIONS: Record<Operation, OperationRow> = {
  get_activity: { method: "GET", path: "/api/activity", hasKey: false, isRepeatable: true },
  list_audit: { method: "GET", path: "/api/audit", hasKey: false, isRepeatable: true },
  download_audit: { method: "GET", path: "/api/audit.csv", hasKey: false, isRepeatable: true },
  list_movements: { method: "GET", path: "/api/audit/items/{id}/movements", hasKey: false, isRepeatable: true },
  get_availability: { method: "GET", path: "/api/availability", hasKey: false, isRepeatable: true },
  read_availability: { method: "POST", path: "/api/availability", hasKey: false, isRepeatable: true },
  list_blocks: { method: "GET", path: "/api/blocks", hasKey: false, isRepeatable: true },
  place_cart: { method: "POST", path: "/api/blocks", hasKey: true, isRepeatable: true },
  download_blocks: { method: "GET", path: "/api/blocks.csv", hasKey: false, isRepeatable: true },
  act_on_blocks: { method: "POST", path: "/api/blocks/bulk", hasKey: true, isRepeatable: true },
  list_ended_blocks: { method: "GET", path: "/api/blocks/ended", hasKey: false, isRepeatable: true },
  download_ended_blocks: { method: "GET", path: "/api/blocks/ended.csv", hasKey: false, isRepeatable: true },
  list_expiring_blocks: { method: "GET", path: "/api/blocks/expiring", hasKey: false, isRepeatable: true },
  download_expiring_blocks: { method: "GET", path: "/api/blocks/expiring.csv", hasKey: false, isRepeatable: true },
  release_block: { method: "DELETE", path: "/api/blocks/{id}", hasKey: true, isRepeatable: true },
  get_block: { method: "GET", path: "/api/blocks/{id}", hasKey: false, isRepeatable: true },
  extend_block: { method: "POST", path: "/api/blocks/{id}/extend", hasKey: true, isRepeatable: true },
  ship_block: { method: "POST", path: "/api/blocks/{id}/ship", hasKey: true, isRepeatable: true },
  list_carts: { method: "GET", path: "/api/carts", hasKey: false, isRepeatable: true },
  release_cart: { method: "DELETE", path: "/api/carts/{id}", hasKey: true, isRepeatable: true },
  get_cart: { method: "GET", path: "/api/carts/{id}", hasKey: false, isRepeatable: true },
  change_cart: { method: "PUT", path: "/api/carts/{id}", hasKey: true, isRepeatable: true },
  confirm_cart: { method: "POST", path: "/api/carts/{id}/confirm", hasKey: true, isRepeatable: true },
  extend_cart: { method: "POST", path: "/api/carts/{id}/extend", hasKey: true, isRepeatable: true },
  end_payment: { method: "DELETE", path: "/api/carts/{id}/payment", hasKey: true, isRepeatable: true },
  start_payment: { method: "POST", path: "/api/carts/{id}/payment", hasKey: true, isRepeatable: true },
  ship_cart: { method: "POST", path: "/api/carts/{id}/ship", hasKey: true, isRepeatable: true },
  list_categories: { method: "GET", path: "/api/categories", hasKey: false, isRepeatable: true },
  rename_category: { method: "POST", path: "/api/categories/{category}/rename", hasKey: true, isRepeatable: true },
  list_changes: { method: "GET", path: "/api/changes", hasKey: false, isRepeatable: true },
  download_changes: { method: "GET", path: "/api/changes.csv", hasKey: false, isRepeatable: true },
  list_clients: { method: "GET", path: "/api/clients", hasKey: false, isRepeatable: true },
  create_client: { method: "POST", path: "/api/clients", hasKey: false, isRepeatable: false },
  disable_client: { method: "DELETE", path: "/api/clients/{name}", hasKey: false, isRepeatable: true },
  update_client: { method: "PATCH", path: "/api/clients/{name}", hasKey: false, isRepeatable: false },
  create_token: { method: "POST", path: "/api/clients/{name}/tokens", hasKey: false, isRepeatable: false },
  revoke_token: { method: "DELETE", path: "/api/clients/{name}/tokens/{id}", hasKey: false, isRepeatable: true },
  list_events: { method: "GET", path: "/api/events", hasKey: false, isRepeatable: true },
  list_imports: { method: "GET", path: "/api/imports", hasKey: false, isRepeatable: true },
  create_import: { method: "POST", path: "/api/imports", hasKey: false, isRepeatable: false },
  cancel_import: { method: "DELETE", path: "/api/imports/{id}", hasKey: false, isRepeatable: true },
  get_import: { method: "GET", path: "/api/imports/{id}", hasKey: false, isRepeatable: true },
  choose_import: { method: "PATCH", path: "/api/imports/{id}", hasKey: false, isRepeatable: false },
  apply_import: { method: "POST", path: "/api/imports/{id}/apply", hasKey: false, isRepeatable: false },
  download_import_errors: { method: "GET", path: "/api/imports/{id}/errors.csv", hasKey: false, isRepeatable: true },
  download_import: { method: "GET", path: "/api/imports/{id}/file", hasKey: false, isRepeatable: true },
  list_import_rows: { method: "GET", path: "/api/imports/{id}/rows", hasKey: false, isRepeatable: true },
  list_items: { method: "GET", path: "/api/items", hasKey: false, isRepeatable: true },
  create_item: { method: "POST", path: "/api/items", hasKey: true, isRepeatable: true },
  download_items: { method: "GET", path: "/api/items.csv", hasKey: false, isRepeatable: true },
  confirm_block: { method: "POST", path: "/api/items/block/permanent", hasKey: true, isRepeatable: true },
  place_block: { method: "POST", path: "/api/items/block/temporary", hasKey: true, isRepeatable: true },
  get_item_by_sku: { method: "GET", path: "/api/items/by-sku/{sku}", hasKey: false, isRepeatable: true },
  move_stock_by_sku: { method: "POST", path: "/api/items/by-sku/{sku}/move", hasKey: true, isRepeatable: true },
  adjust_stock_by_sku: { method: "POST", path: "/api/items/by-sku/{sku}/stock", hasKey: true, isRepeatable: true },
  top_items: { method: "GET", path: "/api/items/category/{category}/top", hasKey: false, isRepeatable: true },
  cleanup_expired_blocks: { method: "POST", path: "/api/items/cleanup/expired-blocks", hasKey: true, isRepeatable: true },
  get_item: { method: "GET", path: "/api/items/{id}", hasKey: false, isRepeatable: true },
  update_item: { method: "PATCH", path: "/api/items/{id}", hasKey: true, isRepeatable: true },
  archive_item: { method: "POST", path: "/api/items/{id}/archive", hasKey: true, isRepeatable: true },
  item_history: { method: "GET", path: "/api/items/{id}/history", hasKey: false, isRepeatable: true },
  item_levels: { method: "GET", path: "/api/items/{id}/levels", hasKey: false, isRepeatable: true },
  move_stock: { method: "POST", path: "/api/items/{id}/move", hasKey: true, isRepeatable: true },
  item_movements: { method: "GET", path: "/api/items/{id}/movements", hasKey: false, isRepeatable: true },
  restore_item: { method: "POST", path: "/api/items/{id}/restore", hasKey: true, isRepeatable: true },
  adjust_stock: { method: "POST", path: "/api/items/{id}/stock", hasKey: true, isRepeatable: true },
  get_item_unavailability: { method: "GET", path: "/api/items/{id}/unavailability", hasKey: false, isRepeatable: true },
  list_ledger: { method: "GET", path: "/api/movements", hasKey: false, isRepeatable: true },
  download_movements: { method: "GET", path: "/api/movements.csv", hasKey: false, isRepeatable: true },
  list_orders: { method: "GET", path: "/api/orders", hasKey: false, isRepeatable: true },
  create_order: { method: "POST", path: "/api/orders", hasKey: true, isRepeatable: true },
  download_orders: { method: "GET", path: "/api/orders.csv", hasKey: false, isRepeatable: true },
  get_order: { method: "GET", path: "/api/orders/{id}", hasKey: false, isRepeatable: true },
  allocate_order: { method: "POST", path: "/api/orders/{id}/allocate", hasKey: true, isRepeatable: true },
  cancel_order: { method: "POST", path: "/api/orders/{id}/cancel", hasKey: true, isRepeatable: true },
  change_order_lines: { method: "PUT", path: "/api/orders/{id}/lines", hasKey: true, isRepeatable: true },
  preview_order: { method: "GET", path: "/api/orders/{id}/preview", hasKey: false, isRepeatable: true },
  queue_order: { method: "PUT", path: "/api/orders/{id}/queue", hasKey: true, isRepeatable: true },
  reassign_units: { method: "POST", path: "/api/orders/{id}/reassign", hasKey: true, isRepeatable: true },
  return_order: { method: "POST", path: "/api/orders/{id}/return", hasKey: true, isRepeatable: true },
  ship_order: { method: "POST", path: "/api/orders/{id}/ship", hasKey: true, isRepeatable: true },
  get_overview: { method: "GET", path: "/api/overview", hasKey: false, isRepeatable: true },
  list_refusals: { method: "GET", path: "/api/refusals", hasKey: false, isRepeatable: true },
  search: { method: "GET", path: "/api/search", hasKey: false, isRepeatable: true },
  download_stock: { method: "GET", path: "/api/stock.csv", hasKey: false, isRepeatable: true },
  change_stock: { method: "POST", path: "/api/stock/batch", hasKey: true, isRepeatable: true },
  change_condition: { method: "POST", path: "/api/stock/condition", hasKey: true, isRepeatable: true },
  list_warehouses: { method: "GET", path: "/api/warehouses", hasKey: false, isRepeatable: true },
  create_warehouse: { method: "POST", path: "/api/warehouses", hasKey: true, isRepeatable: true },
  get_warehouse: { method: "GET", path: "/api/warehouses/{id}", hasKey: false, isRepeatable: true },
  update_warehouse: { method: "PATCH", path: "/api/warehouses/{id}", hasKey: true, isRepeatable: true },
  archive_warehouse: { method: "POST", path: "/api/warehouses/{id}/archive", hasKey: true, isRepeatable: true },
  restore_warehouse: { method: "POST", path: "/api/warehouses/{id}/restore", hasKey: true, isRepeatable: true },
  list_webhooks: { method: "GET", path: "/api/webhooks", hasKey: false, isRepeatable: true },
  create_webhook: { method: "POST", path: "/api/webhooks", hasKey: false, isRepeatable: false },
  delete_webhook: { method: "DELETE", path: "/api/webhooks/{id}", hasKey: false, isRepeatable: true },
  get_webhook: { method: "GET", path: "/api/webhooks/{id}", hasKey: false, isRepeatable: true },
  update_webhook: { method: "PATCH", path: "/api/webhooks/{id}", hasKey: false, isRepeatable: false },
  list_webhook_deliveries: { method: "GET", path: "/api/webhooks/{id}/deliveries", hasKey: false, isRepeatable: true },
  pause_webhook: { method: "POST", path: "/api/webhooks/{id}/pause", hasKey: false, isRepeatable: false },
  replay_webhook: { method: "POST", path: "/api/webhooks/{id}/replay", hasKey: false, isRepeatable: false },
  resume_webhook: { method: "POST", path: "/api/webhooks/{id}/resume", hasKey: false, isRepeatable: false },
  rotate_webhook_secret: { method: "POST", path: "/api/webhooks/{id}/secret", hasKey: false, isRepeatable: false },
  list_set_aside_events: { method: "GET", path: "/api/webhooks/{id}/set-aside", hasKey: false, isRepeatable: true },
  retry_webhook_events: { method: "POST", path: "/api/webhooks/{id}/set-aside/retry", hasKey: false, isRepeatable: false },
  test_webhook: { method: "POST", path: "/api/webhooks/{id}/test", hasKey: false, isRepeatable: false },
};

export interface OperationRow {
  readonly method: string;
  /** With the names of its parameters in braces. */
  readonly path: string;
  /** Whether it accepts an `Idempotency-Key`. */
  readonly hasKey: boolean;
  /** Whether a request that failed may be sent again. */
  readonly isRepeatable: boolean;
}

/** A method for each operation. */
export abstract class Operations {
  /** Sends a request of an operation, and returns the answer's body. */
  abstract call<Id extends Operation>(id: Id, request: RequestOf<Id>): Promise<AnswerOf<Id>>;

  /** The activity within a span of time: units sold, held, received and refused; items that run out; waiting orders. `GET /api/activity` */
  getActivity(request: RequestOf<"get_activity"> = {}): Promise<AnswerOf<"get_activity">> {
    return this.call("get_activity", request);
  }

  /** A page of the audit log, latest first: sign-ins, changes of people, clients, items, warehouses and orders, and extended blocks. Movements of stock are in the ledger. `GET /api/audit` */
  listAudit(request: RequestOf<"list_audit"> = {}): Promise<AnswerOf<"list_audit">> {
    return this.call("list_audit", request);
  }

  /** The filtered audit log as a CSV file, latest first. `GET /api/audit.csv` */
  downloadAudit(request: RequestOf<"download_audit"> = {}): Promise<AnswerOf<"download_audit">> {
    return this.call("download_audit", request);
  }

  /** A page of an item's movements, latest first, each with the principal, the credential, the address and the request. An item that was deleted keeps its movements. `GET /api/audit/items/{id}/movements` */
  listMovements(request: RequestOf<"list_movements">): Promise<AnswerOf<"list_movements">> {
    return this.call("list_movements", request);
  }

  /** The available, held and on-hand units of items, at one moment. `GET /api/availability` */
  getAvailability(request: RequestOf<"get_availability"> = {}): Promise<AnswerOf<"get_availability">> {
    return this.call("get_availability", request);
  }

  /** The available, held and on-hand units of up to 1,000 items, at one moment. `POST /api/availability` */
  readAvailability(request: RequestOf<"read_availability">): Promise<AnswerOf<"read_availability">> {
    return this.call("read_availability", request);
  }

  /** A page of blocks, by default newest first. `GET /api/blocks` */
  listBlocks(request: RequestOf<"list_blocks"> = {}): Promise<AnswerOf<"list_blocks">> {
    return this.call("list_blocks", request);
  }

  /** Places a cart: a temporary block for each line, or none. `POST /api/blocks` */
  placeCart(request: RequestOf<"place_cart">): Promise<AnswerOf<"place_cart">> {
    return this.call("place_cart", request);
  }

  /** The filtered blocks as a CSV file, in the order of `sort`. `GET /api/blocks.csv` */
  downloadBlocks(request: RequestOf<"download_blocks"> = {}): Promise<AnswerOf<"download_blocks">> {
    return this.call("download_blocks", request);
  }

  /** Confirms, releases or extends several blocks independently: an error of one does not stop the others. `POST /api/blocks/bulk` */
  actOnBlocks(request: RequestOf<"act_on_blocks">): Promise<AnswerOf<"act_on_blocks">> {
    return this.call("act_on_blocks", request);
  }

  /** A page of ended blocks, latest first, out of the last 200,000 movements of the ledger. `GET /api/blocks/ended` */
  listEndedBlocks(request: RequestOf<"list_ended_blocks"> = {}): Promise<AnswerOf<"list_ended_blocks">> {
    return this.call("list_ended_blocks", request);
  }

  /** The ended blocks as a CSV file, latest first, out of the last 200,000 movements of the ledger. `GET /api/blocks/ended.csv` */
  downloadEndedBlocks(request: RequestOf<"download_ended_blocks"> = {}): Promise<AnswerOf<"download_ended_blocks">> {
    return this.call("download_ended_blocks", request);
  }

  /** A page of temporary blocks that expire soon, soonest first. `GET /api/blocks/expiring` */
  listExpiringBlocks(request: RequestOf<"list_expiring_blocks"> = {}): Promise<AnswerOf<"list_expiring_blocks">> {
    return this.call("list_expiring_blocks", request);
  }

  /** The temporary blocks that expire soon as a CSV file, soonest first. `GET /api/blocks/expiring.csv` */
  downloadExpiringBlocks(request: RequestOf<"download_expiring_blocks"> = {}): Promise<AnswerOf<"download_expiring_blocks">> {
    return this.call("download_expiring_blocks", request);
  }

  /** Releases a temporary block, which returns its units. `DELETE /api/blocks/{id}` */
  releaseBlock(request: RequestOf<"release_block">): Promise<AnswerOf<"release_block">> {
    return this.call("release_block", request);
  }

  /** One block. `GET /api/blocks/{id}` */
  getBlock(request: RequestOf<"get_block">): Promise<AnswerOf<"get_block">> {
    return this.call("get_block", request);
  }

  /** Extends a temporary block that has not expired. `POST /api/blocks/{id}/extend` */
  extendBlock(request: RequestOf<"extend_block">): Promise<AnswerOf<"extend_block">> {
    return this.call("extend_block", request);
  }

  /** Ships a permanent block: its units leave the shelf, and are not on hand any more. It is for shops that keep their orders elsewhere. A cart is shipped as a whole. `POST /api/blocks/{id}/ship` */
  shipBlock(request: RequestOf<"ship_block">): Promise<AnswerOf<"ship_block">> {
    return this.call("ship_block", request);
  }

  /** A page of the carts with a reference, newest first. `GET /api/carts` */
  listCarts(request: RequestOf<"list_carts">): Promise<AnswerOf<"list_carts">> {
    return this.call("list_carts", request);
  }

  /** Releases the temporary blocks of a cart, which returns their units. `DELETE /api/carts/{id}` */
  releaseCart(request: RequestOf<"release_cart">): Promise<AnswerOf<"release_cart">> {
    return this.call("release_cart", request);
  }

  /** One cart, also after its end. `GET /api/carts/{id}` */
  getCart(request: RequestOf<"get_cart">): Promise<AnswerOf<"get_cart">> {
    return this.call("get_cart", request);
  }

  /** Replaces the lines of an active cart, or none of them. Units that the cart holds are available for its new lines. A refused change leaves the lines and the expiry time as they were. `PUT /api/carts/{id}` */
  changeCart(request: RequestOf<"change_cart">): Promise<AnswerOf<"change_cart">> {
    return this.call("change_cart", request);
  }

  /** Makes all blocks of a cart permanent, or none. It also ends the payment of the cart. `POST /api/carts/{id}/confirm` */
  confirmCart(request: RequestOf<"confirm_cart">): Promise<AnswerOf<"confirm_cart">> {
    return this.call("confirm_cart", request);
  }

  /** Extends all temporary blocks of a cart, or none. `POST /api/carts/{id}/extend` */
  extendCart(request: RequestOf<"extend_cart">): Promise<AnswerOf<"extend_cart">> {
    return this.call("extend_cart", request);
  }

  /** Ends the running payment of a cart. The cart gets the expiry time that it had before the payment. If that has passed, the answer has the state `expired`. `DELETE /api/carts/{id}/payment` */
  endPayment(request: RequestOf<"end_payment">): Promise<AnswerOf<"end_payment">> {
    return this.call("end_payment", request);
  }

  /** Keeps an active cart until the end of a payment. Until then the cart can be confirmed, and it can't be changed, extended or released. A later expiry time is kept. `POST /api/carts/{id}/payment` */
  startPayment(request: RequestOf<"start_payment">): Promise<AnswerOf<"start_payment">> {
    return this.call("start_payment", request);
  }

  /** Ships all blocks of a confirmed cart: their units leave the shelf, and are not on hand any more. It is for shops that keep their orders elsewhere. `POST /api/carts/{id}/ship` */
  shipCart(request: RequestOf<"ship_cart">): Promise<AnswerOf<"ship_cart">> {
    return this.call("ship_cart", request);
  }

  /** Every category with its totals, by name. `GET /api/categories` */
  listCategories(request: RequestOf<"list_categories"> = {}): Promise<AnswerOf<"list_categories">> {
    return this.call("list_categories", request);
  }

  /** Renames a category. If the new name exists, the categories are merged. If it exists in another case or with other white space, the rename is refused with the existing name. A category can be renamed to another spelling of its own name. `POST /api/categories/{category}/rename` */
  renameCategory(request: RequestOf<"rename_category">): Promise<AnswerOf<"rename_category">> {
    return this.call("rename_category", request);
  }

  /** A page of the changes of items, categories and warehouses, latest first, each with the principal and the values before and after it. Movements of stock are in the ledger. Changes are kept as long as the audit log. `GET /api/changes` */
  listChanges(request: RequestOf<"list_changes"> = {}): Promise<AnswerOf<"list_changes">> {
    return this.call("list_changes", request);
  }

  /** The filtered changes as a CSV file, latest first. `GET /api/changes.csv` */
  downloadChanges(request: RequestOf<"download_changes"> = {}): Promise<AnswerOf<"download_changes">> {
    return this.call("download_changes", request);
  }

  /** Every client with its latest tokens, by name. `GET /api/clients` */
  listClients(request: RequestOf<"list_clients"> = {}): Promise<AnswerOf<"list_clients">> {
    return this.call("list_clients", request);
  }

  /** Creates a client with its first token. No other response has the token's secret. `POST /api/clients` */
  createClient(request: RequestOf<"create_client">): Promise<AnswerOf<"create_client">> {
    return this.call("create_client", request);
  }

  /** Disables a client for good. Its tokens are rejected within a second on every server. `DELETE /api/clients/{name}` */
  disableClient(request: RequestOf<"disable_client">): Promise<AnswerOf<"disable_client">> {
    return this.call("disable_client", request);
  }

  /** Changes a client. Every server uses the new values within a second; requests that were accepted before are executed with the old ones. `PATCH /api/clients/{name}` */
  updateClient(request: RequestOf<"update_client">): Promise<AnswerOf<"update_client">> {
    return this.call("update_client", request);
  }

  /** Creates a second token of a client, for a rotation. No other response has the token's secret. The first token stays valid until it is revoked. `POST /api/clients/{name}/tokens` */
  createToken(request: RequestOf<"create_token">): Promise<AnswerOf<"create_token">> {
    return this.call("create_token", request);
  }

  /** Revokes a token. It is rejected within a second on every server. `DELETE /api/clients/{name}/tokens/{id}` */
  revokeToken(request: RequestOf<"revoke_token">): Promise<AnswerOf<"revoke_token">> {
    return this.call("revoke_token", request);
  }

  /** The movements after a cursor. The movements of each item are in order, and none is skipped. `GET /api/events` */
  listEvents(request: RequestOf<"list_events"> = {}): Promise<AnswerOf<"list_events">> {
    return this.call("list_events", request);
  }

  /** The imports, latest first. `GET /api/imports` */
  listImports(request: RequestOf<"list_imports"> = {}): Promise<AnswerOf<"list_imports">> {
    return this.call("list_imports", request);
  }

  /** Uploads a file, and begins its import. `POST /api/imports` */
  createImport(request: RequestOf<"create_import">): Promise<AnswerOf<"create_import">> {
    return this.call("create_import", request);
  }

  /** Cancels an import. Rows that were applied before stay applied. `DELETE /api/imports/{id}` */
  cancelImport(request: RequestOf<"cancel_import">): Promise<AnswerOf<"cancel_import">> {
    return this.call("cancel_import", request);
  }

  /** An import: its state, progress, layout, effect in words, and the choices that a person has to make. `GET /api/imports/{id}` */
  getImport(request: RequestOf<"get_import">): Promise<AnswerOf<"get_import">> {
    return this.call("get_import", request);
  }

  /** Sets the choices of a person, instead of all earlier ones. The file is judged again from its beginning. `PATCH /api/imports/{id}` */
  chooseImport(request: RequestOf<"choose_import">): Promise<AnswerOf<"choose_import">> {
    return this.call("choose_import", request);
  }

  /** Begins to apply the rows without errors, each at most once. A file of stock also needs the permission `stock:write`. The same request again returns the import. `POST /api/imports/{id}/apply` */
  applyImport(request: RequestOf<"apply_import">): Promise<AnswerOf<"apply_import">> {
    return this.call("apply_import", request);
  }

  /** The rows with an error and those that were not applied, as a CSV file: the line, the problem, and the cells. The file can be corrected and uploaded. `GET /api/imports/{id}/errors.csv` */
  downloadImportErrors(request: RequestOf<"download_import_errors">): Promise<AnswerOf<"download_import_errors">> {
    return this.call("download_import_errors", request);
  }

  /** The uploaded file, byte by byte. Its name is that of the upload without directories, control characters and characters that change the direction of text. `GET /api/imports/{id}/file` */
  downloadImport(request: RequestOf<"download_import">): Promise<AnswerOf<"download_import">> {
    return this.call("download_import", request);
  }

  /** The judged rows of an import, in the order of the file. `GET /api/imports/{id}/rows` */
  listImportRows(request: RequestOf<"list_import_rows">): Promise<AnswerOf<"list_import_rows">> {
    return this.call("list_import_rows", request);
  }

  /** A page of items. `GET /api/items` */
  listItems(request: RequestOf<"list_items"> = {}): Promise<AnswerOf<"list_items">> {
    return this.call("list_items", request);
  }

  /** Creates an item with its first stock. `POST /api/items` */
  createItem(request: RequestOf<"create_item">): Promise<AnswerOf<"create_item">> {
    return this.call("create_item", request);
  }

  /** The filtered items as a CSV file, in the order of `sort`. With a warehouse, the quantities are those of the warehouse. A text that a spreadsheet would evaluate as a formula starts with an apostrophe. `GET /api/items.csv` */
  downloadItems(request: RequestOf<"download_items"> = {}): Promise<AnswerOf<"download_items">> {
    return this.call("download_items", request);
  }

  /** Makes a temporary block permanent, which sells its units. `POST /api/items/block/permanent` */
  confirmBlock(request: RequestOf<"confirm_block">): Promise<AnswerOf<"confirm_block">> {
    return this.call("confirm_block", request);
  }

  /** Places a temporary block on units of one item in one warehouse. `POST /api/items/block/temporary` */
  placeBlock(request: RequestOf<"place_block">): Promise<AnswerOf<"place_block">> {
    return this.call("place_block", request);
  }

  /** The item that has an SKU, in any case and white space. `GET /api/items/by-sku/{sku}` */
  getItemBySku(request: RequestOf<"get_item_by_sku">): Promise<AnswerOf<"get_item_by_sku">> {
    return this.call("get_item_by_sku", request);
  }

  /** Moves units of the item that has an SKU from one warehouse to another. `POST /api/items/by-sku/{sku}/move` */
  moveStockBySku(request: RequestOf<"move_stock_by_sku">): Promise<AnswerOf<"move_stock_by_sku">> {
    return this.call("move_stock_by_sku", request);
  }

  /** Adds units to a stock level of the item that has an SKU, or writes units off. `POST /api/items/by-sku/{sku}/stock` */
  adjustStockBySku(request: RequestOf<"adjust_stock_by_sku">): Promise<AnswerOf<"adjust_stock_by_sku">> {
    return this.call("adjust_stock_by_sku", request);
  }

  /** The 100 items of highest quantity in a category, highest first, ties by id. `GET /api/items/category/{category}/top` */
  topItems(request: RequestOf<"top_items">): Promise<AnswerOf<"top_items">> {
    return this.call("top_items", request);
  }

  /** Returns the units of every expired block. The server does this itself about once per second. `POST /api/items/cleanup/expired-blocks` */
  cleanupExpiredBlocks(request: RequestOf<"cleanup_expired_blocks"> = {}): Promise<AnswerOf<"cleanup_expired_blocks">> {
    return this.call("cleanup_expired_blocks", request);
  }

  /** One item, archived or not. Its ETag is the version of everything but its quantity and its times. `GET /api/items/{id}` */
  getItem(request: RequestOf<"get_item">): Promise<AnswerOf<"get_item">> {
    return this.call("get_item", request);
  }

  /** Changes the details of an item. Absent fields stay. Units are changed by `/stock`. `PATCH /api/items/{id}` */
  updateItem(request: RequestOf<"update_item">): Promise<AnswerOf<"update_item">> {
    return this.call("update_item", request);
  }

  /** Archives an item: it can't be sold, and lists and top lists leave it out. Its stock and history stay. `POST /api/items/{id}/archive` */
  archiveItem(request: RequestOf<"archive_item">): Promise<AnswerOf<"archive_item">> {
    return this.call("archive_item", request);
  }

  /** The quantity of an item over time, for a chart. `GET /api/items/{id}/history` */
  itemHistory(request: RequestOf<"item_history">): Promise<AnswerOf<"item_history">> {
    return this.call("item_history", request);
  }

  /** The units of an item in each warehouse. `GET /api/items/{id}/levels` */
  itemLevels(request: RequestOf<"item_levels">): Promise<AnswerOf<"item_levels">> {
    return this.call("item_levels", request);
  }

  /** Moves units of an item from one warehouse to another. `POST /api/items/{id}/move` */
  moveStock(request: RequestOf<"move_stock">): Promise<AnswerOf<"move_stock">> {
    return this.call("move_stock", request);
  }

  /** The movements of an item, newest first, each with the units before and after it. `GET /api/items/{id}/movements` */
  itemMovements(request: RequestOf<"item_movements">): Promise<AnswerOf<"item_movements">> {
    return this.call("item_movements", request);
  }

  /** Restores an archived item: it can be sold again. With `If-Match`, only an item with this ETag is restored. `POST /api/items/{id}/restore` */
  restoreItem(request: RequestOf<"restore_item">): Promise<AnswerOf<"restore_item">> {
    return this.call("restore_item", request);
  }

  /** Adds units to a stock level, or writes units off. `POST /api/items/{id}/stock` */
  adjustStock(request: RequestOf<"adjust_stock">): Promise<AnswerOf<"adjust_stock">> {
    return this.call("adjust_stock", request);
  }

  /** The reasons for which an item is sold out or short: its units by state, the largest blocks, the orders that have units, the last sales, the last receipt, and the waiting orders that miss it. `GET /api/items/{id}/unavailability` */
  getItemUnavailability(request: RequestOf<"get_item_unavailability">): Promise<AnswerOf<"get_item_unavailability">> {
    return this.call("get_item_unavailability", request);
  }

  /** A page of the movements of the ledger, latest first. A page with a filter besides the item may have fewer rows than the limit, or none, while more pages follow. `GET /api/movements` */
  listLedger(request: RequestOf<"list_ledger"> = {}): Promise<AnswerOf<"list_ledger">> {
    return this.call("list_ledger", request);
  }

  /** The filtered movements of the ledger as a CSV file, latest first. `GET /api/movements.csv` */
  downloadMovements(request: RequestOf<"download_movements"> = {}): Promise<AnswerOf<"download_movements">> {
    return this.call("download_movements", request);
  }

  /** A page of orders, by default newest first: in the order of their ids; in that of their creation times with `from` or `to` and without an item and a reference. `GET /api/orders` */
  listOrders(request: RequestOf<"list_orders"> = {}): Promise<AnswerOf<"list_orders">> {
    return this.call("list_orders", request);
  }

  /** Creates an order. `POST /api/orders` */
  createOrder(request: RequestOf<"create_order">): Promise<AnswerOf<"create_order">> {
    return this.call("create_order", request);
  }

  /** The filtered orders as a CSV file, in the order of `sort`, with a row per order line. `GET /api/orders.csv` */
  downloadOrders(request: RequestOf<"download_orders"> = {}): Promise<AnswerOf<"download_orders">> {
    return this.call("download_orders", request);
  }

  /** One order. Its ETag is the version of its lines. `GET /api/orders/{id}` */
  getOrder(request: RequestOf<"get_order">): Promise<AnswerOf<"get_order">> {
    return this.call("get_order", request);
  }

  /** Allocates an order. In the mode `whole`: every line, from one warehouse, from the warehouses that a policy chooses, or by a plan; if a line lacks units, nothing is allocated, and the response has the shortages. For a partial order, it allocates the missing units. In the mode `partial`: the missing units that are available, from one warehouse or from all. `POST /api/orders/{id}/allocate` */
  allocateOrder(request: RequestOf<"allocate_order">): Promise<AnswerOf<"allocate_order">> {
    return this.call("allocate_order", request);
  }

  /** Cancels an order, and returns its allocated units. With `lines`, cancels units of these lines: missing ones first, then allocated ones; the order is cancelled with its last units. Shipped units are not cancelled. The body may be absent. `POST /api/orders/{id}/cancel` */
  cancelOrder(request: RequestOf<"cancel_order">): Promise<AnswerOf<"cancel_order">> {
    return this.call("cancel_order", request);
  }

  /** Replaces all lines of a pending order, or none of them. It takes no stock. An archived item may stay on the order, but it can't be added. `PUT /api/orders/{id}/lines` */
  changeOrderLines(request: RequestOf<"change_order_lines">): Promise<AnswerOf<"change_order_lines">> {
    return this.call("change_order_lines", request);
  }

  /** The result of an allocation from each warehouse, and the best plans by policy, without allocating. `GET /api/orders/{id}/preview` */
  previewOrder(request: RequestOf<"preview_order">): Promise<AnswerOf<"preview_order">> {
    return this.call("preview_order", request);
  }

  /** Puts an order that lacks units into the queue of missing units, or takes it out of it, and sets its priority. `PUT /api/orders/{id}/queue` */
  queueOrder(request: RequestOf<"queue_order">): Promise<AnswerOf<"queue_order">> {
    return this.call("queue_order", request);
  }

  /** Passes allocated units of an order to another order that misses them, all or nothing. The stock levels stay as they are. `POST /api/orders/{id}/reassign` */
  reassignUnits(request: RequestOf<"reassign_units">): Promise<AnswerOf<"reassign_units">> {
    return this.call("reassign_units", request);
  }

  /** Takes back shipped units of an order: as available units, as damaged ones, or into quarantine. `POST /api/orders/{id}/return` */
  returnOrder(request: RequestOf<"return_order">): Promise<AnswerOf<"return_order">> {
    return this.call("return_order", request);
  }

  /** Ships allocated units of an order: they leave the shelf, and are not on hand any more. `POST /api/orders/{id}/ship` */
  shipOrder(request: RequestOf<"ship_order">): Promise<AnswerOf<"ship_order">> {
    return this.call("ship_order", request);
  }

  /** Totals of the stock, and recent activity. `GET /api/overview` */
  getOverview(request: RequestOf<"get_overview"> = {}): Promise<AnswerOf<"get_overview">> {
    return this.call("get_overview", request);
  }

  /** The requests within a span of time that were refused for a lack of units, by item, most units first. `GET /api/refusals` */
  listRefusals(request: RequestOf<"list_refusals"> = {}): Promise<AnswerOf<"list_refusals">> {
    return this.call("list_refusals", request);
  }

  /** Finds items, orders, blocks, carts, categories and warehouses. `GET /api/search` */
  search(request: RequestOf<"search">): Promise<AnswerOf<"search">> {
    return this.call("search", request);
  }

  /** The stock of all items in each warehouse as a CSV file, by item and warehouse. `count` is the number of units on the shelf: available and held ones. Units are held until their expired block is reclaimed. `GET /api/stock.csv` */
  downloadStock(request: RequestOf<"download_stock"> = {}): Promise<AnswerOf<"download_stock">> {
    return this.call("download_stock", request);
  }

  /** Changes up to 10,000 stock levels: `set` to a count, or `change` by received or written-off units. `POST /api/stock/batch` */
  changeStock(request: RequestOf<"change_stock">): Promise<AnswerOf<"change_stock">> {
    return this.call("change_stock", request);
  }

  /** Changes the condition of units on the shelf: sets available units aside as damaged or in quarantine, makes them available again, or disposes of them. `POST /api/stock/condition` */
  changeCondition(request: RequestOf<"change_condition">): Promise<AnswerOf<"change_condition">> {
    return this.call("change_condition", request);
  }

  /** Every warehouse, by code. Archived ones are left out. `GET /api/warehouses` */
  listWarehouses(request: RequestOf<"list_warehouses"> = {}): Promise<AnswerOf<"list_warehouses">> {
    return this.call("list_warehouses", request);
  }

  /** Adds a warehouse. `POST /api/warehouses` */
  createWarehouse(request: RequestOf<"create_warehouse">): Promise<AnswerOf<"create_warehouse">> {
    return this.call("create_warehouse", request);
  }

  /** One warehouse, archived or not. Its ETag is the version of everything but its units and the time. `GET /api/warehouses/{id}` */
  getWarehouse(request: RequestOf<"get_warehouse">): Promise<AnswerOf<"get_warehouse">> {
    return this.call("get_warehouse", request);
  }

  /** Changes the code or the name of a warehouse, or makes it the default one. Absent fields stay. `PATCH /api/warehouses/{id}` */
  updateWarehouse(request: RequestOf<"update_warehouse">): Promise<AnswerOf<"update_warehouse">> {
    return this.call("update_warehouse", request);
  }

  /** Archives a warehouse: it receives no units, and lists leave it out. Its history stays. `POST /api/warehouses/{id}/archive` */
  archiveWarehouse(request: RequestOf<"archive_warehouse">): Promise<AnswerOf<"archive_warehouse">> {
    return this.call("archive_warehouse", request);
  }

  /** Restores an archived warehouse. With `If-Match`, only a warehouse with this ETag is restored. `POST /api/warehouses/{id}/restore` */
  restoreWarehouse(request: RequestOf<"restore_warehouse">): Promise<AnswerOf<"restore_warehouse">> {
    return this.call("restore_warehouse", request);
  }

  /** Every webhook endpoint, by id. `GET /api/webhooks` */
  listWebhooks(request: RequestOf<"list_webhooks"> = {}): Promise<AnswerOf<"list_webhooks">> {
    return this.call("list_webhooks", request);
  }

  /** Creates an endpoint. No other response has its secret. `POST /api/webhooks` */
  createWebhook(request: RequestOf<"create_webhook">): Promise<AnswerOf<"create_webhook">> {
    return this.call("create_webhook", request);
  }

  /** Deletes an endpoint with its deliveries and the events that were set aside. `DELETE /api/webhooks/{id}` */
  deleteWebhook(request: RequestOf<"delete_webhook">): Promise<AnswerOf<"delete_webhook">> {
    return this.call("delete_webhook", request);
  }

  /** One endpoint. `GET /api/webhooks/{id}` */
  getWebhook(request: RequestOf<"get_webhook">): Promise<AnswerOf<"get_webhook">> {
    return this.call("get_webhook", request);
  }

  /** Changes an endpoint. Its cursor stays: new filters apply to the events after it. `PATCH /api/webhooks/{id}` */
  updateWebhook(request: RequestOf<"update_webhook">): Promise<AnswerOf<"update_webhook">> {
    return this.call("update_webhook", request);
  }

  /** The latest attempts of an endpoint, latest first: at most 1,000 are stored, and at a high rate not every one. `GET /api/webhooks/{id}/deliveries` */
  listWebhookDeliveries(request: RequestOf<"list_webhook_deliveries">): Promise<AnswerOf<"list_webhook_deliveries">> {
    return this.call("list_webhook_deliveries", request);
  }

  /** Pauses an endpoint. Its cursor stays, so that nothing is lost. `POST /api/webhooks/{id}/pause` */
  pauseWebhook(request: RequestOf<"pause_webhook">): Promise<AnswerOf<"pause_webhook">> {
    return this.call("pause_webhook", request);
  }

  /** Moves the cursor of an endpoint, backwards or forwards: the events after it are sent, also those that were delivered before. Their messages have the same ids again. `POST /api/webhooks/{id}/replay` */
  replayWebhook(request: RequestOf<"replay_webhook">): Promise<AnswerOf<"replay_webhook">> {
    return this.call("replay_webhook", request);
  }

  /** Sends to a paused or disabled endpoint again, and to an active one whose events wait for another attempt at once. `POST /api/webhooks/{id}/resume` */
  resumeWebhook(request: RequestOf<"resume_webhook">): Promise<AnswerOf<"resume_webhook">> {
    return this.call("resume_webhook", request);
  }

  /** Replaces the secret of an endpoint. Messages have signatures by both secrets until the overlap ends. `POST /api/webhooks/{id}/secret` */
  rotateWebhookSecret(request: RequestOf<"rotate_webhook_secret">): Promise<AnswerOf<"rotate_webhook_secret">> {
    return this.call("rotate_webhook_secret", request);
  }

  /** Lists the set-aside events of an endpoint, by ascending id. Their last attempt failed. `GET /api/webhooks/{id}/set-aside` */
  listSetAsideEvents(request: RequestOf<"list_set_aside_events">): Promise<AnswerOf<"list_set_aside_events">> {
    return this.call("list_set_aside_events", request);
  }

  /** Sends events that were set aside again: those of the body, or the first 1,000. Repeat the request while `setAsideEvents` is not 0. `POST /api/webhooks/{id}/set-aside/retry` */
  retryWebhookEvents(request: RequestOf<"retry_webhook_events">): Promise<AnswerOf<"retry_webhook_events">> {
    return this.call("retry_webhook_events", request);
  }

  /** Sends a message of the type `webhook.test` now, in any state of the endpoint, and returns the attempt. `POST /api/webhooks/{id}/test` */
  testWebhook(request: RequestOf<"test_webhook">): Promise<AnswerOf<"test_webhook">> {
    return this.call("test_webhook", request);
  }
}
