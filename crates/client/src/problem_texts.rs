//! The texts of problems by their code. The server localizes a problem before it sends it, so the WASM has none of them.

mod detail;
mod invalid;

use crate::locale::Locale;
use crate::texts;
use api::Problem;

/// Puts the texts of the person's language into a problem. A problem with an unknown code stays as it is. A detail without a text of
/// its own stays in English for people who read English; in another language the title replaces it.
pub fn localized(mut problem: Problem) -> Problem {
    let is_english = Locale::current().language == 0;
    let title = title(&problem.code);
    if !is_english && title == Some(problem.title.as_str()) {
        // The texts are in the person's language already.
        return problem;
    }
    match (detail::of(&problem), title) {
        (Some(detail), _) => problem.detail = detail,
        (None, Some(title)) if !is_english => problem.detail = format!("{title}."),
        _ => {}
    }
    if let Some(title) = title {
        title.clone_into(&mut problem.title);
    }
    problem
}

/// Returns the localized detail of a problem, for a message outside of the field at fault: `Units: Enter a whole number.`
pub fn message(problem: Problem) -> String {
    let problem = localized(problem);
    let label = problem.field.as_deref().filter(|field| !problem.detail.starts_with(field)).and_then(label);
    match label {
        Some(label) => texts::detail_of_field(label, &problem.detail),
        None => problem.detail,
    }
}

/// Returns the label of a field of the forms.
fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "quantity" | "units" | "delta" => texts::units(),
        "minutes" => texts::minutes_from_now(),
        "priority" => texts::priority(),
        "name" => texts::name(),
        "price" => texts::item_price(),
        "code" => texts::code(),
        "reference" => texts::reference(),
        "note" => texts::note(),
        "duration" => texts::duration(),
        "until" => texts::hold_until(),
        "latitude" => texts::latitude(),
        "longitude" => texts::longitude(),
        "lowStock" => texts::low_stock_at(),
        "expiresInDays" => texts::token_days(),
        "displayName" => texts::display_name(),
        "item" | "itemId" => texts::item(),
        "warehouse" | "warehouseId" => texts::warehouse(),
        "orderId" => texts::order(),
        "maxParcels" => texts::max_parcels(),
        "sku" => texts::sku(),
        "barcodes" => texts::barcodes(),
        "category" => texts::category(),
        "encoding" => texts::encoding(),
        "delimiter" => texts::delimiter(),
        "decimalSign" => texts::decimal_sign(),
        "zone" => texts::time_zone(),
        "currency" => texts::currency(),
        _ => return None,
    })
}

fn title(code: &str) -> Option<&'static str> {
    Some(match code {
        "malformed_json"
        | "invalid_body"
        | "invalid_query"
        | "invalid_path"
        | "invalid_host"
        | "invalid_request"
        | "unsupported_media_type"
        | "invalid_idempotency_key"
        | "invalid_position" => texts::problem_unreadable(),
        "invalid_value" => texts::problem_invalid_value(),
        "not_found" | "invalid_id" => texts::problem_not_found(),
        "method_not_allowed" => texts::problem_method_not_allowed(),
        "unauthenticated" => texts::problem_signed_out(),
        "invalid_credentials" => texts::problem_credentials(),
        "sign_in_rejected" | "identity_rejected" => texts::problem_sign_in(),
        "throttled" => texts::problem_throttled(),
        "invalid_attempt" => texts::problem_attempt(),
        "invalid_link" => texts::problem_link(),
        "person_not_found" => texts::problem_person_not_found(),
        "person_name_taken" | "person_disabled" | "last_administrator" | "identity_taken" => {
            texts::problem_person_conflict()
        }
        "wrong_password" => texts::problem_wrong_password(),
        "wrong_code" => texts::problem_wrong_code(),
        "forbidden" => texts::problem_forbidden(),
        "cross_site" => texts::problem_cross_site(),
        "item_not_found" => texts::problem_item_not_found(),
        "warehouse_not_found" => texts::problem_warehouse_not_found(),
        "block_not_found" => texts::problem_hold_not_found(),
        "cart_not_found" => texts::problem_cart_not_found(),
        "order_not_found" => texts::problem_order_not_found(),
        "order_line_not_found" => texts::problem_line_not_found(),
        "client_not_found" => texts::problem_client_not_found(),
        "token_not_found" => texts::problem_token_not_found(),
        "webhook_not_found" => texts::problem_webhook_not_found(),
        "webhooks_limit" => texts::problem_webhooks_limit(),
        "import_not_found" => texts::problem_import_not_found(),
        "body_timeout" | "timeout" => texts::problem_body_timeout(),
        "insufficient_stock" => texts::problem_short(),
        "shortage" => texts::problem_shortage(),
        "stock_overflow" => texts::problem_overflow(),
        "stock_mismatch" => texts::problem_mismatch(),
        "count_below_held" => texts::problem_below_held(),
        "too_few_in_condition" => texts::problem_condition(),
        "document_refused" => texts::problem_document(),
        "block_already_permanent" => texts::problem_already_sold(),
        "block_not_permanent" => texts::problem_not_sold(),
        "block_already_shipped" => texts::problem_hold_shipped(),
        "cart_not_confirmed" => texts::problem_cart_not_confirmed(),
        "block_expired" => texts::problem_hold_expired(),
        "block_released" => texts::problem_hold_released(),
        "block_in_cart" => texts::problem_hold_in_cart(),
        "cart_confirmed" => texts::problem_cart_confirmed(),
        "cart_expired" => texts::problem_cart_expired(),
        "cart_released" => texts::problem_cart_released(),
        "block_converted" => texts::problem_hold_ordered(),
        "cart_converted" => texts::problem_cart_ordered(),
        "cart_version_mismatch" => texts::problem_cart_changed(),
        "payment_running" => texts::problem_payment_running(),
        "payment_not_running" => texts::problem_payment_not_running(),
        "payment_reference_used" => texts::problem_payment_reference(),
        "cart_life_limit" => texts::problem_cart_life(),
        "reference_taken" => texts::problem_reference(),
        "quantity_over_block" => texts::problem_over_hold(),
        "block_units_limit" => texts::problem_hold_limit(),
        "reference_blocks_limit" => texts::problem_holds_limit(),
        "order_already_allocated" => texts::problem_allocated(),
        "plan_mismatch" => texts::problem_plan(),
        "order_shipped" => texts::problem_order_shipped(),
        "quantity_over_line" => texts::problem_over_line(),
        "units_shipped" => texts::problem_units_shipped(),
        "units_not_reassignable" | "nothing_to_reassign" => texts::problem_not_reassignable(),
        "order_not_pending" => texts::problem_lines_fixed(),
        "not_allocated" => texts::problem_nothing_to_ship(),
        "units_not_allocated" => texts::problem_over_allocated(),
        "over_returned" => texts::problem_over_returned(),
        "order_cancelled" => texts::problem_order_cancelled(),
        "sku_taken" => texts::problem_sku_taken(),
        "barcode_taken" => texts::problem_barcode_taken(),
        "category_exists" => texts::problem_category_exists(),
        "warehouse_code_taken" => texts::problem_code_taken(),
        "item_archived" => texts::problem_item_archived(),
        "item_held" => texts::problem_item_held(),
        "warehouse_archived" => texts::problem_warehouse_archived(),
        "warehouse_has_stock" => texts::problem_warehouse_stock(),
        "warehouse_is_default" => texts::problem_warehouse_default(),
        "import_state" => texts::problem_import_state(),
        "client_name_taken" => texts::problem_client_name(),
        "client_disabled" => texts::problem_client_disabled(),
        "client_not_limitable" => texts::problem_client_limit(),
        "client_tokens_limit" => texts::problem_client_tokens(),
        "version_mismatch" => texts::problem_changed(),
        "body_too_large" => texts::problem_too_large(),
        "file_too_large" => texts::problem_file_too_large(),
        "host_unknown" => texts::problem_host(),
        "idempotency_key_reused" => texts::problem_repeated(),
        "rate_limited" => texts::problem_rate(),
        "internal" => texts::problem_internal(),
        "overloaded" | "contended" | "stock_locked" | "event_streams_full" => texts::problem_busy(),
        "shutting_down" => texts::problem_stopping(),
        "partly_renamed" => texts::problem_partly_renamed(),
        "database_unavailable"
        | "storage_full"
        | "database_read_only"
        | "database_out_of_memory"
        | "database_connections_exhausted"
        | "database_permission_denied"
        | "database_too_slow" => texts::problem_database(),
        "outcome_unknown" => texts::problem_unknown(),
        "nothing_selected" => texts::problem_nothing_selected(),
        "cursor_unknown" | "cursor_archived" => texts::problem_cursor(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortage_has_its_numbers() {
        let english =
            Problem::new(409, "insufficient_stock", "Too few", "Item 2: 99999 requested, 88 available.");
        let problem = Problem { requested: Some(99_999), available: Some(88), ..english };
        let problem = localized(problem);
        assert_eq!(problem.title, "Not enough stock");
        assert_eq!(problem.detail, "You asked for 99,999. 88 are available.");
        assert_eq!(localized(problem.clone()), problem, "a second time");
        let at = Problem { warehouse_code: Some("MAIN".to_owned()), ..problem };
        assert_eq!(localized(at).detail, "You asked for 99,999. MAIN has 88.");
    }

    #[test]
    fn an_unknown_code_and_an_unknown_detail_stay() {
        let problem = Problem::new(418, "teapot", "A teapot", "Short and stout.");
        assert_eq!(localized(problem.clone()), problem);
        let problem = Problem::new(409, "import_state", "Title", "Import 3 is applied: it has ended.");
        assert_eq!(localized(problem).detail, "Import 3 is applied: it has ended.");
    }
}
