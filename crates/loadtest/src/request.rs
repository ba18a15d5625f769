//! Builds requests as bytes.

use serde::Serialize;
use std::io::Write as _;

/// The fixed header: a name that a server on a loopback address answers under. A server on another address must have it in
/// `STOCKHOLD_HOSTS`.
const HOST: &str = "host: localhost\r\n";

/// A GET.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\n{HOST}\r\n").into_bytes()
}

/// The path of a category's top list.
pub fn top_path(category: &str) -> String {
    format!("/api/items/category/{category}/top")
}

/// A DELETE.
pub fn delete(path: &str) -> Vec<u8> {
    format!("DELETE {path} HTTP/1.1\r\n{HOST}\r\n").into_bytes()
}

/// A POST with a JSON body.
pub fn post(path: &str, body: &impl Serialize) -> Vec<u8> {
    // Only maps with keys other than strings can't be serialized, and no body has one.
    let body = serde_json::to_vec(body).unwrap_or_default();
    post_bytes(path, &body)
}

/// A POST with a serialized JSON body.
pub fn post_bytes(path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 160);
    write_body(&mut bytes, "POST", path, "", body);
    bytes
}

/// A PUT with a JSON body.
pub fn put(path: &str, body: &impl Serialize) -> Vec<u8> {
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut bytes = Vec::with_capacity(body.len() + 160);
    write_body(&mut bytes, "PUT", path, "", &body);
    bytes
}

/// An upload of a CSV file.
pub fn upload(path: &str, file: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST {path} HTTP/1.1\r\n{HOST}content-type: text/csv\r\ncontent-length: {}\r\n\r\n",
        file.len()
    )
    .into_bytes();
    bytes.extend_from_slice(file);
    bytes
}

/// A request for a block of `quantity` units with the default time to live.
pub fn place(item: i64, quantity: i32) -> Vec<u8> {
    post_bytes(PLACE, place_body(item, quantity).as_bytes())
}

/// A request for a block that names the item by its SKU, which must need no escapes in JSON.
pub fn place_by_sku(sku: &str, quantity: i32) -> Vec<u8> {
    post_bytes(PLACE, format!("{{\"sku\":\"{sku}\",\"quantity\":{quantity}}}").as_bytes())
}

/// A request for a block with an idempotency key. The key must be a valid header value.
pub fn place_with_key(key: &str, item: i64, quantity: i32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let header = format!("idempotency-key: {key}\r\n");
    write_body(&mut bytes, "POST", PLACE, &header, place_body(item, quantity).as_bytes());
    bytes
}

/// A request for a block with the token of a client. The token must be a valid header value.
pub fn place_with_token(token: &str, item: i64, quantity: i32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let header = format!("authorization: Bearer {token}\r\n");
    write_body(&mut bytes, "POST", PLACE, &header, place_body(item, quantity).as_bytes());
    bytes
}

fn place_body(item: i64, quantity: i32) -> String {
    format!("{{\"itemId\":{item},\"quantity\":{quantity}}}")
}

/// The path for placing blocks.
pub const PLACE: &str = "/api/items/block/temporary";

/// The path for confirming blocks.
pub const CONFIRM: &str = "/api/items/block/permanent";

fn write_body(bytes: &mut Vec<u8>, method: &str, path: &str, header: &str, body: &[u8]) {
    // Writing to a vector can't fail.
    let _ = write!(
        bytes,
        "{method} {path} HTTP/1.1\r\n{HOST}{header}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    bytes.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_has_the_length_of_its_body() {
        let text = String::from_utf8(place(7, 2)).expect("text");
        assert!(text.starts_with("POST /api/items/block/temporary HTTP/1.1\r\n"));
        assert!(text.ends_with("content-length: 25\r\n\r\n{\"itemId\":7,\"quantity\":2}"), "{text}");
    }
}
