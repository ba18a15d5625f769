//! The words of search results.

use crate::texts;
use api::{SearchKind, SearchResult};

/// Returns the heading of the results of a kind.
pub fn group(kind: SearchKind) -> &'static str {
    match kind {
        SearchKind::Item => texts::items(),
        SearchKind::Order => texts::orders(),
        SearchKind::Block => texts::holds(),
        SearchKind::Cart => texts::carts(),
        SearchKind::Category => texts::nav_categories(),
        SearchKind::Warehouse => texts::warehouses(),
    }
}

/// Returns the name of a result: `Garden lamp`, `Order 12 · WEB-1042`, `BER-1 · Berlin`.
pub fn name(result: &SearchResult) -> String {
    let numbered = |word: fn(&str) -> String| {
        let name = word(&result.id.unwrap_or_default().to_string());
        match &result.subtitle {
            Some(subtitle) => format!("{name} · {subtitle}"),
            None => name,
        }
    };
    match result.kind {
        SearchKind::Item | SearchKind::Category => result.title.clone(),
        SearchKind::Order => numbered(texts::order_named),
        SearchKind::Block => numbered(texts::hold_named),
        SearchKind::Cart => numbered(texts::cart_id),
        SearchKind::Warehouse => {
            format!("{} · {}", result.subtitle.as_deref().unwrap_or_default(), result.title)
        }
    }
}

/// Returns the details of a result: `LAMP-7 · 12 available`, `Pending · 3 units`.
pub fn note(result: &SearchResult) -> String {
    let quantity = match result.kind {
        SearchKind::Item | SearchKind::Category | SearchKind::Warehouse => {
            texts::units_available(result.quantity)
        }
        _ => texts::units_count(result.quantity),
    };
    let sku = result.subtitle.as_deref().filter(|_| result.kind == SearchKind::Item);
    let parts = [sku, result.state.as_deref().map(state), Some(quantity.as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn state(state: &str) -> &str {
    match state {
        "pending" => texts::status_pending(),
        "partial" => texts::status_partial(),
        "allocated" => texts::status_allocated(),
        "shipped" => texts::status_shipped(),
        "cancelled" => texts::status_cancelled(),
        "temporary" => texts::held(),
        "active" => texts::cart_active(),
        "permanent" => texts::sold(),
        "confirmed" => texts::confirmed(),
        "released" => texts::state_released(),
        "expired" => texts::expired(),
        "converted" => texts::ordered(),
        "archived" => texts::archived(),
        other => other,
    }
}

/// Returns whether a text contains every word, without regard to case.
pub fn has_words(text: &str, words: &str) -> bool {
    let text = lowercase(text);
    lowercase(words).split_whitespace().all(|word| text.contains(word))
}

/// Converts a text to lower case, by the browser's Unicode tables. Those of Rust would add to the size of the WASM.
#[cfg(not(feature = "ssr"))]
pub fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Converts a text to lower case.
#[cfg(feature = "ssr")]
pub fn lowercase(text: &str) -> String {
    text.to_lowercase()
}
