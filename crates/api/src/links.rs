//! The addresses of the console's pages for items, orders and other things.

/// Percent-encodes text for a path or a query: everything except unreserved characters. The same on the server
/// and in the browser.
pub fn percent_encode(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte as char),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Escapes of characters in the path of a category. The router decodes a path once or twice, so it may have no escaped `%`;
/// and a URL has no segment of dots only.
const CATEGORY_ESCAPES: [(&str, &str); 3] = [("~", "~7E"), ("%", "~25"), (".", "~2E")];

/// Returns the address of a category's page. [`category_name`] reads it.
pub fn category(name: &str) -> String {
    let name =
        CATEGORY_ESCAPES.iter().fold(name.to_owned(), |name, (text, escape)| name.replace(text, escape));
    format!("/categories/{}", percent_encode(&name))
}

/// Returns the name of the category from the path of its page.
pub fn category_name(segment: &str) -> String {
    let escapes = CATEGORY_ESCAPES.iter().rev();
    escapes.fold(segment.to_owned(), |name, (text, escape)| name.replace(escape, text))
}

/// Returns the address of an item's page.
pub fn item(id: i64) -> String {
    format!("/items/{id}")
}

/// Returns the address of a warehouse's page.
pub fn warehouse(id: i64) -> String {
    format!("/warehouses/{id}")
}

/// Returns the address of an order's page.
pub fn order(id: i64) -> String {
    format!("/orders/{id}")
}

/// Returns the address of a block's page.
pub fn block(id: i64) -> String {
    format!("/blocks/{id}")
}

/// Returns the address of a cart's page.
pub fn cart(id: i64) -> String {
    format!("/carts/{id}")
}
