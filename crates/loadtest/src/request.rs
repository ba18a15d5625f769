//! Builds the bytes of requests.

use serde::Serialize;
use std::io::Write as _;

/// The head's fixed part. The server does not look at the host.
const HOST: &str = "host: stockhold\r\n";

/// A GET.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\n{HOST}\r\n").into_bytes()
}

/// Where a category's top list is.
pub fn top_path(category: &str) -> String {
    format!("/api/items/category/{category}/top")
}

/// A DELETE.
pub fn delete(path: &str) -> Vec<u8> {
    format!("DELETE {path} HTTP/1.1\r\n{HOST}\r\n").into_bytes()
}

/// A POST with a JSON body.
pub fn post(path: &str, body: &impl Serialize) -> Vec<u8> {
    // Only a map with keys that are no text can't be written, and no body has one.
    let body = serde_json::to_vec(body).unwrap_or_default();
    post_bytes(path, &body)
}

/// A POST of bytes that are JSON already.
pub fn post_bytes(path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 160);
    write_post(&mut bytes, path, "", body);
    bytes
}

/// A request to hold `quantity` units of an item, for as long as the server chooses.
pub fn place(item: i64, quantity: i32) -> Vec<u8> {
    post_bytes(PLACE, place_body(item, quantity).as_bytes())
}

/// The same, to be done once under this key, which must be fit for a header.
pub fn place_under(key: &str, item: i64, quantity: i32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let header = format!("idempotency-key: {key}\r\n");
    write_post(&mut bytes, PLACE, &header, place_body(item, quantity).as_bytes());
    bytes
}

fn place_body(item: i64, quantity: i32) -> String {
    format!("{{\"itemId\":{item},\"quantity\":{quantity}}}")
}

/// Where blocks are placed.
pub const PLACE: &str = "/api/items/block/temporary";

/// Where blocks are confirmed.
pub const CONFIRM: &str = "/api/items/block/permanent";

fn write_post(bytes: &mut Vec<u8>, path: &str, header: &str, body: &[u8]) {
    // Writing to a vector can't fail.
    let _ = write!(
        bytes,
        "POST {path} HTTP/1.1\r\n{HOST}{header}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    bytes.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_says_how_long_its_body_is() {
        let text = String::from_utf8(place(7, 2)).expect("text");
        assert!(text.starts_with("POST /api/items/block/temporary HTTP/1.1\r\n"));
        assert!(text.ends_with("content-length: 25\r\n\r\n{\"itemId\":7,\"quantity\":2}"), "{text}");
    }
}
