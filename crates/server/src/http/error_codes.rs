//! The error codes. The OpenAPI document lists them, and tests compare every problem with this list.

/// An error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable, machine-readable code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The cause, and the next step of the caller.
    pub meaning: &'static str,
}

const fn code(status: u16, code: &'static str, meaning: &'static str) -> Code {
    Code { code, status, meaning }
}

/// All error codes, by status.
pub const CODES: &[Code] = &[
    code(400, "malformed_json", "The body is not JSON. `detail` names line and column: correct it there."),
    code(400, "invalid_body", "A field is missing or has the wrong type. `field` names it."),
    code(400, "invalid_value", "A value is out of bounds. `field` names it, `detail` has the bounds."),
    code(400, "invalid_query", "A parameter in the query can't be read. `field` names it."),
    code(400, "invalid_id", "The id in the address is not a number."),
    code(400, "invalid_path", "The address is not UTF-8, or has a NUL character."),
    code(
        400,
        "invalid_idempotency_key",
        "The Idempotency-Key must be one header of 1 to 255 visible ASCII characters.",
    ),
    code(
        400,
        "invalid_position",
        "Stockhold-At-Least must be one header with the Stockhold-Position of an earlier response.",
    ),
    code(400, "invalid_host", "The request must have one Host header, with a name or an address."),
    code(400, "invalid_request", "The request can't be read, or its body is incomplete."),
    code(401, "unauthenticated", "The request has no credentials. Send a token, or sign in."),
    code(
        401,
        "invalid_credentials",
        "The token or session is malformed, unknown, expired or revoked. Get a new one.",
    ),
    code(403, "forbidden", "The caller lacks the permission that `permission` names."),
    code(403, "cross_site", "A browser sent the request for another site. Send it from a program."),
    code(404, "not_found", "There is nothing at this address."),
    code(404, "item_not_found", "No item has this `itemId`, or the SKU in `key`."),
    code(404, "warehouse_not_found", "No warehouse has this `warehouseId`, or the code in `key`."),
    code(404, "block_not_found", "No block has this `blockId`."),
    code(404, "cart_not_found", "No cart has this id."),
    code(404, "order_line_not_found", "The order has no line of the item `itemId`."),
    code(404, "order_not_found", "No order has this `orderId`."),
    code(404, "client_not_found", "No client has this name."),
    code(404, "token_not_found", "The client has no token with this id."),
    code(404, "webhook_not_found", "No webhook endpoint has this id."),
    code(404, "import_not_found", "No import has this id."),
    code(405, "method_not_allowed", "The address accepts other methods: see the header `Allow`."),
    code(408, "body_timeout", "The body did not arrive in time. Nothing was changed: send it again."),
    code(409, "webhooks_limit", "There are as many webhook endpoints as allowed. Delete one first."),
    code(
        409,
        "insufficient_stock",
        "`requested` units were requested, and `available` are available. Request fewer. For a cart, `shortages` has each short item.",
    ),
    code(
        409,
        "stock_overflow",
        "The units would be more than a quantity can hold. Move or write off units first.",
    ),
    code(
        409,
        "stock_mismatch",
        "The stock level has `present` units, not the `expected` ones. Count again, or send the present units as `expected`.",
    ),
    code(
        409,
        "count_below_held",
        "`unavailable` units on the shelf are held, sold and not shipped, damaged or in quarantine: more than the `requested` ones that were counted. Release, ship or dispose of units first.",
    ),
    code(
        409,
        "too_few_in_condition",
        "`requested` units were requested, and `present` are in this condition. Request fewer.",
    ),
    code(
        409,
        "document_refused",
        "Some lines of an atomic document are refused: see `lines`. Nothing was changed.",
    ),
    code(409, "block_already_permanent", "The block is confirmed: its units are sold."),
    code(409, "block_not_permanent", "The block is temporary, so it can't be shipped. Confirm it first."),
    code(409, "block_already_shipped", "The units of the block have left the shelf."),
    code(409, "cart_not_confirmed", "The cart `cartId` can't be shipped. Confirm it first."),
    code(409, "block_expired", "The block has expired, and its units were returned. Place a new one."),
    code(409, "block_released", "The block was released. Place a new one."),
    code(
        409,
        "block_in_cart",
        "The block belongs to the cart `cartId`. Confirm, extend, change or release the cart.",
    ),
    code(409, "cart_confirmed", "The cart `cartId` is confirmed: its units are sold."),
    code(
        409,
        "cart_expired",
        "The cart `cartId` has expired, as a whole. Place a new one. `shortages` has the items of which units can't be taken again.",
    ),
    code(409, "cart_released", "The cart `cartId` was released. Place a new one."),
    code(409, "block_converted", "The units of the block belong to the order `orderId`."),
    code(409, "cart_converted", "The units of the cart `cartId` belong to the order `orderId`."),
    code(
        409,
        "cart_version_mismatch",
        "The cart `cartId` has the version `version`. Read it again before you change it.",
    ),
    code(
        409,
        "payment_running",
        "The cart `cartId` is being paid until `until`, with the payment reference in `key`. Confirm it, or end the payment.",
    ),
    code(409, "payment_not_running", "No payment of the cart `cartId` is running."),
    code(
        409,
        "payment_reference_used",
        "The cart `cartId` is confirmed or active with the payment reference in `key`. Units are taken again once per payment.",
    ),
    code(
        409,
        "cart_life_limit",
        "A payment keeps the cart `cartId` until `until` at most. Ask for a shorter time, or place a new cart.",
    ),
    code(
        409,
        "reference_taken",
        "The cart `cartId`, or the order `orderId`, has the reference in `key`. Use that one.",
    ),
    code(409, "quantity_over_block", "The block holds `available` units, fewer than the `requested` ones."),
    code(
        409,
        "block_units_limit",
        "A block may hold at most `available` units here. The lines of a cart with the same item and warehouse count \
         together. Request fewer.",
    ),
    code(409, "reference_blocks_limit", "The reference may have `available` more blocks. Ask for fewer."),
    code(
        409,
        "order_already_allocated",
        "The order is already allocated, from `warehouseId` if all units are from one warehouse.",
    ),
    code(
        409,
        "plan_mismatch",
        "The plan has not the `requested` units of `itemId` that the order has. Plan every unit once.",
    ),
    code(409, "order_shipped", "Units of the order were shipped, so it can't be cancelled or allocated."),
    code(409, "quantity_over_line", "The line has `available` units, fewer than the `requested` ones."),
    code(
        409,
        "units_shipped",
        "Only `available` units of the line are not shipped. Shipped units can be returned, not cancelled.",
    ),
    code(
        409,
        "units_not_reassignable",
        "One order has `available` units that the other misses, fewer than the `requested` ones.",
    ),
    code(
        409,
        "nothing_to_reassign",
        "The order `orderId` has no allocated units that the other order misses.",
    ),
    code(
        409,
        "order_not_pending",
        "Units of the order were allocated, so its lines can't be changed. Cancel it, or create another.",
    ),
    code(409, "not_allocated", "The order has no allocated units in these warehouses. Allocate it first."),
    code(
        409,
        "units_not_allocated",
        "`requested` units can't be shipped: the order has `available` allocated units of the item there. Ship fewer.",
    ),
    code(
        409,
        "over_returned",
        "`requested` units can't be returned: `available` units of the item were shipped there and not returned. Return fewer.",
    ),
    code(409, "order_cancelled", "The order was cancelled. Create a new one."),
    code(409, "sku_taken", "The item `itemId` has the SKU in `key`. Choose another."),
    code(409, "barcode_taken", "The item `itemId` has the barcode in `key`. Remove it there first."),
    code(
        409,
        "category_exists",
        "The category in `key` exists; its name differs only in case or white space. Rename to `key` to merge both.",
    ),
    code(
        409,
        "warehouse_code_taken",
        "Another warehouse has this code, or one that differs in case or white space. Choose another.",
    ),
    code(409, "item_archived", "The item is archived, so it can't be sold. Restore it first."),
    code(
        409,
        "item_held",
        "`held` units of the item are in temporary blocks. Archive it after these have ended.",
    ),
    code(409, "warehouse_archived", "The warehouse is archived, so it receives no units. Restore it first."),
    code(
        409,
        "warehouse_has_stock",
        "The warehouse has `available` units, and `held` units in temporary blocks. Move them away first.",
    ),
    code(
        409,
        "warehouse_is_default",
        "The default warehouse can't be archived. Make another one the default.",
    ),
    code(
        409,
        "import_state",
        "The state of the import does not allow this: `detail` has the state. Read the import.",
    ),
    code(409, "client_name_taken", "A client has or had this name. Choose another."),
    code(409, "client_disabled", "The client is disabled for good. Create another."),
    code(
        409,
        "client_not_limitable",
        "The client has the scope `admin`, and can't be limited to warehouses. Create another client.",
    ),
    code(409, "client_tokens_limit", "The client has two valid tokens. Revoke one, then create another."),
    code(
        410,
        "cursor_unknown",
        "The cursor belongs to another ledger. Read the current state, and continue from the current cursor.",
    ),
    code(
        410,
        "cursor_archived",
        "The events after the cursor are archived. Read the current state, and continue from `cursor`, the oldest one.",
    ),
    code(
        412,
        "version_mismatch",
        "It was changed: `version` is the present version. Read it, and decide again.",
    ),
    code(413, "body_too_large", "The body is over the limit in `detail`. Send less at once."),
    code(413, "file_too_large", "The file is over the limit in `detail`. Split it."),
    code(415, "unsupported_media_type", "The `Content-Type` is not JSON: send `application/json`."),
    code(421, "host_unknown", "The server does not answer under this host. Use one of its names."),
    code(422, "idempotency_key_reused", "The key was used for another request. Use a new key."),
    code(
        429,
        "rate_limited",
        "The caller sends more requests than `limit` allows. Nothing was changed: try again after `Retry-After`.",
    ),
    code(500, "internal", "An internal error. Its cause is in the logs under `requestId`."),
    code(503, "overloaded", "Too many requests wait. Nothing was changed: try again after `Retry-After`."),
    code(503, "shutting_down", "The server stops. Nothing was changed: send it again after `Retry-After`."),
    code(503, "event_streams_full", "The server has its maximum of event streams. Try again later."),
    code(503, "contended", "The stock kept changing concurrently. Nothing was changed: try again."),
    code(503, "stock_locked", "Another transaction has locked the stock. Try again after `Retry-After`."),
    code(503, "partly_renamed", "Some items have the new category, others not yet. Try again to finish."),
    code(503, "database_unavailable", "The database does not respond. Nothing was changed: try again later."),
    code(503, "storage_full", "The database's disk is full. Nothing was changed: try again later."),
    code(
        503,
        "database_read_only",
        "The database accepts no writes: it is a standby, or the role is read-only.",
    ),
    code(
        503,
        "database_out_of_memory",
        "The database has no memory left. Nothing was changed: try again later.",
    ),
    code(503, "database_connections_exhausted", "The database accepts no more connections. Try again later."),
    code(503, "database_permission_denied", "The database role lacks a right: an operator has to grant it."),
    code(503, "database_too_slow", "The database took too long. Nothing was changed: try again later."),
    code(
        503,
        "outcome_unknown",
        "The change happened completely or not at all. Read the current state before you try again.",
    ),
    code(
        503,
        "timeout",
        "The request took too long. It may still happen: read the current state before you try again.",
    ),
];

/// Returns the entry of a code.
pub(crate) fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sorted_by_status() {
        assert!(CODES.is_sorted_by_key(|code| code.status));
        for known in CODES {
            assert_eq!(find(known.code), Some(known));
        }
    }
}
