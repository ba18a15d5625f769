//! The addresses of the console's pages.

#[cfg(feature = "ssr")]
pub use api::links::cart;
pub use api::links::{category, category_name, item, order, percent_encode, warehouse};

/// The prefix of a field with the quantity of an item. The item's id follows it. The server reads such a field
/// as an order line.
pub const UNITS_PREFIX: &str = "units-";

/// Decodes percent-encoded text. Leaves invalid escapes unchanged.
pub fn percent_decode(text: &str) -> String {
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

/// Returns a path with a query. Pairs with an empty value are left out.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut href = path.to_owned();
    for (at, (key, value)) in pairs.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        href.push(if at == 0 { '?' } else { '&' });
        href.push_str(key);
        href.push('=');
        href.push_str(&percent_encode(value));
    }
    href
}

/// Returns the address of the list of an item's blocks.
pub fn blocks_of(item: i64) -> String {
    format!("/blocks?item={item}")
}

/// Returns the address of a printed document of an order.
#[cfg(feature = "ssr")]
pub fn order_document(id: i64, segment: &str) -> String {
    format!("/orders/{id}/{segment}")
}

/// Returns the address of the carts with a reference.
#[cfg(feature = "ssr")]
pub fn carts_of(reference: &str) -> String {
    format!("/carts?reference={}", percent_encode(reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_escaped() {
        assert_eq!(category("Audio / Video & 100%"), "/categories/Audio%20%2F%20Video%20%26%20100~25");
        assert_eq!(category("Küche"), "/categories/K%C3%BCche");
        assert_eq!(percent_decode(&percent_encode("Küche: 100 %, a/b")), "Küche: 100 %, a/b");
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(
            with_query("/items", [("q", "a b"), ("category", ""), ("sort", "name")]),
            "/items?q=a%20b&sort=name"
        );
        assert_eq!(with_query("/items", []), "/items");
    }

    #[test]
    fn any_name_of_a_category_is_read_back_from_its_address() {
        for name in
            [".", "..", "%2e%2e", "50%2F50", "A / B", "~", "~25", "~7E25", "%7E", "a.b~2E", "100%", "Küche"]
        {
            let path = category(name);
            let segment = path.strip_prefix("/categories/").expect("a path");
            assert!(!segment.contains(['/', '.']) && !segment.contains("%25"), "{path}");
            // Once, as on the server, and twice, as after a click.
            let decoded = percent_decode(segment);
            assert_eq!(category_name(&decoded), name, "{path}");
            assert_eq!(category_name(&percent_decode(&decoded)), name, "{path}");
        }
    }
}
