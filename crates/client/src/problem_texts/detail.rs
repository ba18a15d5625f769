//! The detail of a problem, with its numbers.

use super::invalid;
use crate::components::time::format_exact;
use crate::texts;
use api::{ItemShortage, Problem};

/// Returns the detail of a problem. `None` if its code has no text, or if a number is missing.
pub(super) fn of(problem: &Problem) -> Option<String> {
    let text = |text: &'static str| Some(text.to_owned());
    let id = |id: Option<i64>| id.map(|id| id.to_string());
    let key = || problem.key.clone();
    let (hold, cart, order) = (id(problem.block_id), id(problem.cart_id), id(problem.order_id));
    let item = id(problem.item_id);
    let with_units = |text: fn(i64, i64) -> String| Some(text(problem.requested?, problem.available?));
    match problem.code.as_str() {
        "invalid_value" => invalid::of(&problem.detail),
        "insufficient_stock" => short(problem),
        "item_not_found" => match key() {
            Some(sku) => Some(texts::detail_no_sku(&sku)),
            None => Some(texts::detail_no_item(&item?)),
        },
        "warehouse_not_found" => match key() {
            Some(code) => Some(texts::detail_no_code(&code)),
            None => Some(texts::detail_no_warehouse(&id(problem.warehouse_id)?)),
        },
        "block_not_found" => Some(texts::detail_no_hold(&hold?)),
        "cart_not_found" => Some(texts::detail_no_cart(&cart?)),
        "order_not_found" => Some(texts::detail_no_order(&order?)),
        "block_expired" => Some(texts::detail_hold_expired(&hold?)),
        "block_released" => Some(texts::detail_hold_released(&hold?)),
        "block_already_permanent" => Some(texts::detail_already_sold(&hold?)),
        "block_in_cart" => Some(texts::detail_hold_in_cart(&hold?, &cart?)),
        "block_converted" => Some(texts::detail_hold_ordered(&hold?, &order?)),
        "quantity_over_block" => Some(texts::detail_over_hold(problem.available?, problem.requested?)),
        "block_units_limit" => Some(texts::detail_hold_limit(problem.available?, problem.requested?)),
        "cart_confirmed" => Some(texts::detail_cart_confirmed(&cart?)),
        "cart_expired" => cart_expired(problem),
        "cart_released" => Some(texts::detail_cart_released(&cart?)),
        "cart_converted" => Some(texts::detail_cart_ordered(&cart?, &order?)),
        "cart_not_confirmed" => Some(texts::detail_cart_not_confirmed(&cart?)),
        "payment_running" => Some(texts::detail_payment_running(&cart?, &format_exact(problem.until?))),
        "payment_not_running" => Some(texts::detail_payment_not_running(&cart?)),
        "reference_taken" => match order {
            Some(order) => Some(texts::detail_reference_order(&order, &key()?)),
            None => Some(texts::detail_reference_cart(&cart?, &key()?)),
        },
        "order_already_allocated" => Some(texts::detail_allocated(&order?)),
        "order_shipped" => Some(texts::detail_order_shipped(&order?)),
        "order_cancelled" => Some(texts::detail_order_cancelled(&order?)),
        "order_not_pending" => text(texts::detail_lines_fixed()),
        "not_allocated" => Some(texts::detail_nothing_to_ship(&order?)),
        "units_not_allocated" => with_units(texts::detail_over_allocated),
        "over_returned" => with_units(texts::detail_over_returned),
        "quantity_over_line" => with_units(texts::detail_over_line),
        "units_shipped" => with_units(texts::detail_units_shipped),
        "units_not_reassignable" => with_units(texts::detail_not_reassignable),
        "nothing_to_reassign" => Some(texts::detail_nothing_to_reassign(&order?)),
        "sku_taken" => Some(texts::detail_sku_taken(&item?, &key()?)),
        "barcode_taken" => Some(texts::detail_barcode_taken(&item?, &key()?)),
        "category_exists" => Some(texts::detail_category_exists(&key()?)),
        "warehouse_code_taken" => text(texts::detail_code_taken()),
        "item_archived" => Some(texts::detail_item_archived(&item?)),
        "item_held" => Some(texts::detail_item_held(problem.held?)),
        "warehouse_archived" => text(texts::detail_warehouse_archived()),
        "warehouse_has_stock" => Some(texts::detail_warehouse_stock(problem.available?, problem.held?)),
        "warehouse_is_default" => text(texts::detail_warehouse_default()),
        "version_mismatch" | "cart_version_mismatch" => text(texts::detail_changed()),
        "count_below_held" => Some(texts::detail_below_held(problem.requested?, problem.unavailable?)),
        "stock_mismatch" => Some(texts::detail_mismatch(problem.present?, problem.expected?)),
        "too_few_in_condition" => Some(texts::detail_condition(problem.requested?, problem.present?)),
        "webhook_not_found" => text(texts::detail_webhook_not_found()),
        "webhooks_limit" => text(texts::detail_webhooks_limit()),
        "unauthenticated" => text(texts::detail_signed_out()),
        "forbidden" => forbidden(problem),
        "overloaded" | "contended" | "stock_locked" | "rate_limited" | "shutting_down" => {
            text(texts::detail_busy())
        }
        "timeout" => text(texts::detail_timeout()),
        "outcome_unknown" => text(texts::detail_unknown()),
        "internal" => text(texts::detail_internal()),
        "stock_overflow" => text(texts::detail_overflow()),
        "invalid_request" if problem.title == "The file is empty" => text(texts::detail_file_empty()),
        // The page of the order has made this detail, in the person's language.
        "shortage" => Some(problem.detail.clone()),
        "nothing_selected" => text(texts::detail_nothing_selected()),
        _ => account(problem),
    }
}

/// Returns the detail of a missing right: a limit to warehouses, a limit of units, or a permission.
fn forbidden(problem: &Problem) -> Option<String> {
    match (problem.warehouse_id, problem.requested) {
        (Some(_), _) => Some(texts::detail_warehouse_forbidden().to_owned()),
        (None, Some(units)) => Some(texts::detail_write_off_limit(problem.available?, units)),
        (None, None) => Some(texts::detail_forbidden(problem.permission.as_deref()?)),
    }
}

/// Returns the detail of a rejection on the pages of accounts.
fn account(problem: &Problem) -> Option<String> {
    let text = |text: &'static str| Some(text.to_owned());
    let key = || problem.key.clone();
    match problem.code.as_str() {
        "sign_in_rejected" => text(texts::detail_sign_in()),
        "wrong_password" => text(texts::detail_wrong_password()),
        "wrong_code" => text(texts::detail_wrong_code()),
        "invalid_link" => text(texts::detail_link()),
        "invalid_attempt" => text(texts::detail_attempt()),
        "identity_rejected" => text(texts::detail_identity()),
        "identity_taken" => text(texts::detail_identity_taken()),
        "person_not_found" => Some(texts::detail_no_person(&key()?)),
        "person_name_taken" => Some(texts::detail_person_name(&key()?)),
        "person_disabled" => Some(texts::detail_person_disabled(&key()?)),
        "last_administrator" => Some(texts::detail_last_administrator(&key()?)),
        "throttled" => Some(texts::detail_throttled(number_in(&problem.detail)?)),
        _ => None,
    }
}

/// Returns the first whole number in a text.
fn number_in(text: &str) -> Option<i64> {
    text.split(' ').find_map(|word| word.parse().ok())
}

fn short(problem: &Problem) -> Option<String> {
    match problem.shortages.as_deref() {
        Some(shortages) => Some(listed(shortages)),
        None => {
            let (requested, available) = (problem.requested?, problem.available?);
            Some(match &problem.warehouse_code {
                Some(code) => texts::detail_short_at(requested, code, available),
                None => texts::detail_short(requested, available),
            })
        }
    }
}

fn cart_expired(problem: &Problem) -> Option<String> {
    let detail = texts::detail_cart_expired(&problem.cart_id?.to_string());
    Some(match problem.shortages.as_deref() {
        Some(shortages) => format!("{detail} {}", listed(shortages)),
        None => detail,
    })
}

/// Returns a sentence per short item.
fn listed(shortages: &[ItemShortage]) -> String {
    let sentence = |short: &ItemShortage| {
        let item = short.sku.clone().unwrap_or_else(|| texts::item_named(&short.item_id.to_string()));
        texts::detail_short_item(&item, short.requested, short.available)
    };
    shortages.iter().map(sentence).collect::<Vec<_>>().join(" ")
}
