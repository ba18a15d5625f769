//! The console's addresses.

/// Text as part of a path or of a query: everything but unreserved characters is escaped, on the
/// server and in the browser alike.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte as char),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// What was escaped, as it was before; what was not escaped properly stays.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let code = others.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &others[2..];
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A path and the query of those pairs that have a value.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut href = path.to_owned();
    for (at, (key, value)) in pairs.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        href.push(if at == 0 { '?' } else { '&' });
        href.push_str(key);
        href.push('=');
        href.push_str(&escape(value));
    }
    href
}

/// A category's page.
pub fn category(name: &str) -> String {
    format!("/categories/{}", escape(name))
}

/// An item's page.
pub fn item(id: i64) -> String {
    format!("/items/{id}")
}

/// An item's blocks.
pub fn blocks_of(item: i64) -> String {
    format!("/blocks?item={item}")
}

/// A warehouse's page.
pub fn warehouse(id: i64) -> String {
    format!("/warehouses/{id}")
}

/// An order's page.
pub fn order(id: i64) -> String {
    format!("/orders/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_escaped() {
        assert_eq!(category("Audio / Video & 100%"), "/categories/Audio%20%2F%20Video%20%26%20100%25");
        assert_eq!(category("Küche"), "/categories/K%C3%BCche");
        assert_eq!(unescape(&escape("Küche: 100 %, a/b")), "Küche: 100 %, a/b");
        assert_eq!(unescape("100%"), "100%");
        assert_eq!(
            with_query("/items", [("q", "a b"), ("category", ""), ("sort", "name")]),
            "/items?q=a%20b&sort=name"
        );
        assert_eq!(with_query("/items", []), "/items");
    }
}
