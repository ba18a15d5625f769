//! The REST interface as one table: method, path, permission, handler, and the handler's own error codes. The router and the OpenAPI
//! document are both built from it.

use crate::http::error::RateLimitProblem;
use crate::http::extract::caller::Guarded;
use crate::http::rest;
use crate::state::AppState;
use axum::Router;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use domain::Permission;
use utoipa::OpenApi;

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// The permission that the caller needs.
    pub permission: Permission,
    /// The error codes of this handler, besides those that follow from its parameters and body.
    pub error_codes: &'static [&'static str],
}

macro_rules! table {
    ($($method:ident $path:literal $permission:ident $module:ident $(:: $rest:ident)+ [$($code:literal)*];)+) => {
        /// The paths of the OpenAPI document, from the attributes of the handlers.
        #[derive(OpenApi)]
        #[openapi(paths($($module $(:: $rest)+),+), components(schemas(api::Problem, api::DocumentProblem, RateLimitProblem, api::ItemSort, api::BlockSort, api::BlockState, api::OrderSort, api::OrderStatus)))]
        pub(crate) struct Paths;

        /// Returns the rows of the table.
        pub fn table() -> Vec<Route> {
            vec![$(Route { method: Method::$method, path: $path, permission: Permission::$permission, error_codes: &[$($code),*] }),+]
        }

        /// Returns the router of the rows.
        pub(crate) fn router() -> Router<AppState> {
            Router::new()$(.route(
                $path,
                on(
                    MethodFilter::$method,
                    Guarded { permission: Permission::$permission, handler: $module $(:: $rest)+ },
                ),
            ))+
        }
    };
}

table! {
    GET    "/health"                            Public      rest::health::get_health [];
    GET    "/health/live"                       Public      rest::health::get_liveness [];
    GET    "/livez"                             Public      rest::health::get_livez [];
    GET    "/readyz"                            Public      rest::health::get_readyz [];

    GET    "/api/overview"                      ReadStock   rest::overview::get_overview [];
    GET    "/api/activity"                      ReadStock   rest::activity::get_activity ["invalid_value" "warehouse_not_found"];
    GET    "/api/refusals"                      ReadStock   rest::activity::list_refusals ["invalid_value"];
    GET    "/api/movements"                     ReadStock   rest::activity::list_ledger ["invalid_value" "item_not_found" "warehouse_not_found"];

    GET    "/api/search"                        ReadStock   rest::search::search ["invalid_value"];

    GET    "/api/items"                         ReadStock   rest::items::list_items ["invalid_value" "warehouse_not_found"];
    GET    "/api/items.csv"                     ReadStock   rest::downloads::download_items ["invalid_value" "warehouse_not_found"];
    GET    "/api/blocks.csv"                    ReadStock   rest::downloads::download_blocks ["invalid_value" "item_not_found"];
    GET    "/api/blocks/expiring.csv"           ReadStock   rest::downloads::download_expiring_blocks ["invalid_value" "item_not_found"];
    GET    "/api/blocks/ended.csv"              ReadStock   rest::downloads::download_ended_blocks ["invalid_value" "item_not_found"];
    GET    "/api/orders.csv"                    ReadStock   rest::downloads::download_orders
        ["invalid_value" "item_not_found" "warehouse_not_found"];
    GET    "/api/stock.csv"                     ReadStock   rest::downloads::download_stock ["invalid_value" "warehouse_not_found"];
    GET    "/api/movements.csv"                 ReadStock   rest::downloads::download_movements ["invalid_value" "item_not_found" "warehouse_not_found"];
    POST   "/api/items"                         WriteItems  rest::items::create_item
        ["warehouse_not_found" "warehouse_archived" "sku_taken" "barcode_taken"];
    GET    "/api/items/by-sku/{sku}"            ReadStock   rest::items::get_item_by_sku ["item_not_found" "invalid_value"];
    GET    "/api/items/{id}"                    ReadStock   rest::items::get_item ["item_not_found"];
    GET    "/api/items/{id}/unavailability"     ReadStock   rest::items::get_item_unavailability ["item_not_found"];
    PATCH  "/api/items/{id}"                    WriteItems  rest::items::update_item
        ["item_not_found" "sku_taken" "barcode_taken" "version_mismatch"];
    POST   "/api/items/{id}/archive"            WriteItems  rest::items::archive_item
        ["item_not_found" "item_held" "version_mismatch"];
    POST   "/api/items/{id}/restore"            WriteItems  rest::items::restore_item
        ["item_not_found" "version_mismatch"];
    POST   "/api/items/{id}/stock"              WriteStock  rest::items::adjust_stock
        ["item_not_found" "warehouse_not_found" "warehouse_archived" "insufficient_stock" "stock_overflow"];
    POST   "/api/items/{id}/move"               WriteStock  rest::items::move_stock
        ["item_not_found" "warehouse_not_found" "warehouse_archived" "insufficient_stock" "stock_overflow"];
    POST   "/api/items/by-sku/{sku}/stock"      WriteStock  rest::items::adjust_stock_by_sku
        ["item_not_found" "warehouse_not_found" "warehouse_archived" "insufficient_stock" "stock_overflow"];
    POST   "/api/items/by-sku/{sku}/move"       WriteStock  rest::items::move_stock_by_sku
        ["item_not_found" "warehouse_not_found" "warehouse_archived" "insufficient_stock" "stock_overflow"];
    GET    "/api/items/{id}/levels"             ReadStock   rest::items::item_levels ["item_not_found"];
    GET    "/api/items/{id}/movements"          ReadStock   rest::items::item_movements ["item_not_found" "invalid_value"];

    GET    "/api/items/{id}/history"            ReadStock   rest::items::item_history ["item_not_found" "invalid_value"];

    POST   "/api/stock/batch"                   WriteStock  rest::stock::change_stock ["document_refused"];
    POST   "/api/stock/condition"               WriteStock  rest::stock::change_condition
        ["item_not_found" "warehouse_not_found" "insufficient_stock" "too_few_in_condition" "stock_overflow"
         "warehouse_archived"];
    GET    "/api/availability"                  ReadStock   rest::availability::get_availability ["invalid_value"];
    POST   "/api/availability"                  ReadStock   rest::availability::read_availability [];

    POST   "/api/imports"                       ImportItems rest::imports::create_import ["file_too_large"];
    GET    "/api/imports"                       ImportItems rest::imports::list_imports ["invalid_value"];
    GET    "/api/imports/{id}"                  ImportItems rest::imports::get_import ["import_not_found"];
    PATCH  "/api/imports/{id}"                  ImportItems rest::imports::choose_import ["import_not_found" "import_state"];
    DELETE "/api/imports/{id}"                  ImportItems rest::imports::cancel_import ["import_not_found" "import_state"];
    GET    "/api/imports/{id}/rows"             ImportItems rest::imports::list_import_rows
        ["import_not_found" "invalid_value"];
    POST   "/api/imports/{id}/apply"            ImportItems rest::imports::apply_import
        ["import_not_found" "import_state"];
    GET    "/api/imports/{id}/file"             ImportItems rest::imports::download_import
        ["import_not_found" "import_state"];
    GET    "/api/imports/{id}/errors.csv"       ImportItems rest::imports::download_import_errors ["import_not_found"];

    GET    "/api/categories"                    ReadStock   rest::categories::list_categories [];
    POST   "/api/categories/{category}/rename"  WriteItems  rest::categories::rename_category
        ["category_exists" "partly_renamed" "version_mismatch"];
    GET    "/api/items/category/{category}/top" ReadStock   rest::categories::top_items [];

    GET    "/api/warehouses"                    ReadStock   rest::warehouses::list_warehouses [];
    POST   "/api/warehouses"                    WriteItems  rest::warehouses::create_warehouse ["warehouse_code_taken"];
    GET    "/api/warehouses/{id}"               ReadStock   rest::warehouses::get_warehouse ["warehouse_not_found"];
    PATCH  "/api/warehouses/{id}"               WriteItems  rest::warehouses::update_warehouse
        ["warehouse_not_found" "warehouse_code_taken" "warehouse_archived" "version_mismatch"];
    POST   "/api/warehouses/{id}/archive"       WriteItems  rest::warehouses::archive_warehouse
        ["warehouse_not_found" "warehouse_has_stock" "warehouse_is_default" "version_mismatch"];
    POST   "/api/warehouses/{id}/restore"       WriteItems  rest::warehouses::restore_warehouse
        ["warehouse_not_found" "version_mismatch"];

    GET    "/api/changes"                       ReadStock   rest::changes::list_changes ["invalid_value" "item_not_found" "warehouse_not_found"];
    GET    "/api/changes.csv"                   ReadStock   rest::changes::download_changes ["invalid_value" "item_not_found" "warehouse_not_found"];

    POST   "/api/items/block/temporary"         WriteHolds  rest::blocks::place_block
        ["item_not_found" "item_archived" "warehouse_not_found" "insufficient_stock" "block_units_limit"];
    POST   "/api/items/block/permanent"         WriteHolds  rest::blocks::confirm_block
        ["block_not_found" "block_already_permanent" "block_expired" "block_released" "block_converted" "block_in_cart"
         "quantity_over_block" "stock_overflow"];
    POST   "/api/items/cleanup/expired-blocks"  WriteHolds  rest::blocks::cleanup_expired_blocks [];
    GET    "/api/blocks"                        ReadStock   rest::blocks::list_blocks ["invalid_value" "item_not_found"];
    GET    "/api/blocks/expiring"               ReadStock   rest::blocks::list_expiring_blocks ["invalid_value" "item_not_found"];
    GET    "/api/blocks/ended"                  ReadStock   rest::blocks::list_ended_blocks ["invalid_value" "item_not_found"];
    POST   "/api/blocks/bulk"                   WriteHolds  rest::blocks::act_on_blocks [];
    GET    "/api/blocks/{id}"                   ReadStock   rest::blocks::get_block ["block_not_found"];
    DELETE "/api/blocks/{id}"                   WriteHolds  rest::blocks::release_block
        ["block_not_found" "block_already_permanent" "block_expired" "block_released" "block_converted" "block_in_cart"
         "stock_overflow"];
    POST   "/api/blocks/{id}/extend"            WriteHolds  rest::blocks::extend_block
        ["block_not_found" "block_already_permanent" "block_expired" "block_released" "block_converted" "block_in_cart"];

    POST   "/api/blocks/{id}/ship"              WriteHolds  rest::blocks::ship_block
        ["block_not_found" "block_not_permanent" "block_already_shipped" "block_expired" "block_released" "block_in_cart"
         "block_converted"];

    POST   "/api/blocks"                        WriteHolds  rest::carts::place_cart
        ["item_not_found" "item_archived" "warehouse_not_found" "insufficient_stock" "block_units_limit"
         "reference_blocks_limit" "reference_taken"];
    GET    "/api/carts"                         ReadStock   rest::carts::list_carts ["invalid_value"];
    GET    "/api/carts/{id}"                    ReadStock   rest::carts::get_cart ["cart_not_found"];
    PUT    "/api/carts/{id}"                    WriteHolds  rest::carts::change_cart
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "cart_version_mismatch" "payment_running"
         "item_not_found" "item_archived" "warehouse_not_found" "insufficient_stock" "block_units_limit"
         "reference_blocks_limit" "stock_overflow"];
    POST   "/api/carts/{id}/confirm"            WriteHolds  rest::carts::confirm_cart
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "payment_reference_used" "item_archived"];
    POST   "/api/carts/{id}/payment"            WriteHolds  rest::carts::start_payment
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "payment_running" "cart_life_limit"];
    DELETE "/api/carts/{id}/payment"            WriteHolds  rest::carts::end_payment
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "payment_not_running"];
    POST   "/api/carts/{id}/extend"             WriteHolds  rest::carts::extend_cart
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "payment_running"];
    DELETE "/api/carts/{id}"                    WriteHolds  rest::carts::release_cart
        ["cart_not_found" "cart_confirmed" "cart_expired" "cart_released" "cart_converted" "payment_running" "stock_overflow"];

    POST   "/api/carts/{id}/ship"               WriteHolds  rest::carts::ship_cart
        ["cart_not_found" "cart_not_confirmed" "cart_expired" "cart_released" "cart_converted" "block_already_shipped"];

    GET    "/api/events"                        ReadStock   rest::events::list_events ["invalid_value" "cursor_unknown" "cursor_archived"];
    GET    "/api/events/stream"                 ReadStock   rest::events::stream_events ["invalid_value" "event_streams_full"];

    GET    "/api/webhooks"                      ManageWebhooks rest::webhooks::list_webhooks [];
    POST   "/api/webhooks"                      ManageWebhooks rest::webhooks::create_webhook
        ["webhooks_limit" "warehouse_not_found" "cursor_unknown" "cursor_archived"];
    GET    "/api/webhooks/{id}"                 ManageWebhooks rest::webhooks::get_webhook ["webhook_not_found"];
    PATCH  "/api/webhooks/{id}"                 ManageWebhooks rest::webhooks::update_webhook
        ["webhook_not_found" "warehouse_not_found"];
    DELETE "/api/webhooks/{id}"                 ManageWebhooks rest::webhooks::delete_webhook ["webhook_not_found"];
    POST   "/api/webhooks/{id}/secret"          ManageWebhooks rest::webhooks::rotate_webhook_secret ["webhook_not_found"];
    POST   "/api/webhooks/{id}/test"            ManageWebhooks rest::webhooks::test_webhook ["webhook_not_found"];
    POST   "/api/webhooks/{id}/pause"           ManageWebhooks rest::webhooks::pause_webhook ["webhook_not_found"];
    POST   "/api/webhooks/{id}/resume"          ManageWebhooks rest::webhooks::resume_webhook ["webhook_not_found"];
    POST   "/api/webhooks/{id}/replay"          ManageWebhooks rest::webhooks::replay_webhook
        ["webhook_not_found" "cursor_unknown" "cursor_archived"];
    GET    "/api/webhooks/{id}/deliveries"      ManageWebhooks rest::webhooks::list_webhook_deliveries
        ["webhook_not_found" "invalid_value"];
    GET    "/api/webhooks/{id}/set-aside"       ManageWebhooks rest::webhooks::list_set_aside_events
        ["webhook_not_found" "invalid_value"];
    POST   "/api/webhooks/{id}/set-aside/retry" ManageWebhooks rest::webhooks::retry_webhook_events ["webhook_not_found"];

    GET    "/api/clients"                       ManageAccess rest::clients::list_clients [];
    POST   "/api/clients"                       ManageAccess rest::clients::create_client
        ["client_name_taken" "warehouse_not_found"];
    PATCH  "/api/clients/{name}"                ManageAccess rest::clients::update_client
        ["client_not_found" "client_not_limitable" "warehouse_not_found"];
    DELETE "/api/clients/{name}"                ManageAccess rest::clients::disable_client ["client_not_found"];
    POST   "/api/clients/{name}/tokens"         ManageAccess rest::clients::create_token
        ["client_not_found" "client_disabled" "client_tokens_limit"];
    DELETE "/api/clients/{name}/tokens/{id}"    ManageAccess rest::clients::revoke_token
        ["client_not_found" "token_not_found"];
    GET    "/api/audit"                         ManageAccess rest::audit::list_audit ["invalid_value"];
    GET    "/api/audit/items/{id}/movements"    ManageAccess rest::audit::list_movements ["item_not_found" "invalid_value"];
    GET    "/api/audit.csv"                     ManageAccess rest::audit::download_audit ["invalid_value"];

    POST   "/api/orders"                        WriteOrders rest::orders::create_order
        ["item_not_found" "item_archived" "reference_taken" "cart_not_found" "cart_expired" "cart_released"
         "cart_converted" "block_not_found" "block_expired" "block_released" "block_in_cart" "block_converted"
         "block_already_shipped"];
    GET    "/api/orders"                        ReadStock   rest::orders::list_orders
        ["invalid_value" "item_not_found" "warehouse_not_found"];
    GET    "/api/orders/{id}"                   ReadStock   rest::orders::get_order ["order_not_found"];
    PUT    "/api/orders/{id}/lines"             WriteOrders rest::orders::change_order_lines
        ["order_not_found" "order_not_pending" "order_cancelled" "item_not_found" "item_archived" "version_mismatch"];
    PUT    "/api/orders/{id}/queue"             WriteOrders rest::orders::queue_order
        ["order_not_found" "order_already_allocated" "order_cancelled" "order_shipped"];
    POST   "/api/orders/{id}/allocate"          WriteOrders rest::orders::allocate_order
        ["order_not_found" "item_not_found" "item_archived" "warehouse_not_found" "order_already_allocated"
         "order_cancelled" "order_shipped" "plan_mismatch" "stock_overflow"];
    GET    "/api/orders/{id}/preview"           ReadStock   rest::orders::preview_order
        ["order_not_found" "order_already_allocated" "order_cancelled" "order_shipped" "invalid_value"];
    POST   "/api/orders/{id}/cancel"            WriteOrders rest::orders::cancel_order
        ["order_not_found" "order_cancelled" "order_shipped" "item_not_found" "stock_overflow" "order_line_not_found"
         "quantity_over_line" "units_shipped"];
    POST   "/api/orders/{id}/reassign"          WriteOrders rest::orders::reassign_units
        ["order_not_found" "order_cancelled" "item_not_found" "units_not_reassignable" "nothing_to_reassign"
         "stock_overflow"];
    POST   "/api/orders/{id}/ship"              WriteOrders rest::orders::ship_order
        ["order_not_found" "order_cancelled" "order_shipped" "not_allocated" "units_not_allocated" "item_not_found"
         "warehouse_not_found"];
    POST   "/api/orders/{id}/return"            WriteOrders rest::orders::return_order
        ["order_not_found" "over_returned" "item_not_found" "warehouse_not_found" "warehouse_archived" "stock_overflow"];
}
