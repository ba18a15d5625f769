//! Deserializers for clients of older systems: ids as numbers or strings of digits. The server also accepts prices as
//! numbers.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Deserializes an id: a JSON number, or a string of digits.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(IdVisitor)
}

/// Deserializes an id that may be absent or null.
pub fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] i64);
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| id.0))
}

/// Deserializes a list of ids.
#[cfg(feature = "ssr")]
pub fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] i64);
    Ok(Vec::<Id>::deserialize(deserializer)?.into_iter().map(|id| id.0).collect())
}

/// Deserializes the lines of a document. After one line more than a document may have, the others are skipped, so that the
/// memory is bounded.
#[cfg(feature = "ssr")]
pub fn document_lines<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Lines<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Lines<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a list of lines")
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut lines = Vec::new();
            while lines.len() <= domain::DOCUMENT_LINES_MAX {
                match seq.next_element()? {
                    Some(line) => lines.push(line),
                    None => return Ok(lines),
                }
            }
            while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(lines)
        }
    }

    deserializer.deserialize_seq(Lines(std::marker::PhantomData))
}

/// Deserializes a price as text. Parsing a JSON number would lose digits.
#[cfg(feature = "ssr")]
pub fn price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
    let text = raw.get();
    let unexpected = match text.as_bytes().first() {
        Some(b'"') => return serde_json::from_str(text).map_err(D::Error::custom),
        Some(b'-' | b'0'..=b'9') => return Ok(text.to_owned()),
        Some(b'[') => Unexpected::Seq,
        Some(b'{') => Unexpected::Map,
        Some(b'n') | None => Unexpected::Unit,
        Some(_) => Unexpected::Bool(text == "true"),
    };
    Err(D::Error::invalid_type(unexpected, &"a price: a number, or a string such as \"9.99\""))
}

/// Deserializes a price as the server sends it: a string.
#[cfg(not(feature = "ssr"))]
pub fn price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer)
}

/// Deserializes a price that may be absent or null.
pub fn optional_price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Price(#[serde(deserialize_with = "price")] String);
    Ok(Option::<Price>::deserialize(deserializer)?.map(|price| price.0))
}

/// Deserializes a number as text: from a JSON number, or from a text. It may be null.
#[cfg(feature = "ssr")]
pub fn optional_number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Number(f64),
        Text(String),
    }
    Ok(Option::<Value>::deserialize(deserializer)?.map(|value| match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text,
    }))
}

/// Distinguishes an absent field (outer `None`, by `#[serde(default)]`) from null (inner `None`).
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an id: a whole number, or a string of digits")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<i64, E> {
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let parsed = if digits { value.parse().ok() } else { None };
        parsed.ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Body {
        #[serde(deserialize_with = "id")]
        id: i64,
        #[serde(default, deserialize_with = "optional_price")]
        price: Option<String>,
    }

    fn check(json: &str, expected: Option<(i64, Option<&str>)>) {
        let parsed = serde_json::from_str::<Body>(json).ok();
        let expected = expected.map(|(id, price)| Body { id, price: price.map(str::to_owned) });
        assert_eq!(parsed, expected, "{json}");
    }

    /// A price that is a number. The server keeps its digits. The console never receives one, and rejects it.
    fn check_price_number(price: &str) {
        let expected = cfg!(feature = "ssr").then_some((7, Some(price)));
        check(&format!(r#"{{"id": 7, "price": {price}}}"#), expected);
    }

    #[test]
    fn an_id_is_a_number_or_a_string_of_digits() {
        check(r#"{"id": 7}"#, Some((7, None)));
        check(r#"{"id": "7"}"#, Some((7, None)));
        check(r#"{"id": "9223372036854775807"}"#, Some((i64::MAX, None)));
        check(r#"{"id": "9223372036854775808"}"#, None);
        check(r#"{"id": 18446744073709551615}"#, None);
        check(r#"{"id": "7a"}"#, None);
        check(r#"{"id": ""}"#, None);
        check(r#"{"id": "+7"}"#, None);
        check(r#"{"id": 7.5}"#, None);
        check(r#"{"id": null}"#, None);
    }

    #[test]
    fn a_price_is_a_string_or_for_the_server_a_number() {
        check(r#"{"id": 7, "price": "9.90"}"#, Some((7, Some("9.90"))));
        check(r#"{"id": 7, "price": "\u0031"}"#, Some((7, Some("1"))));
        check(r#"{"id": 7, "price": null}"#, Some((7, None)));
        for price in ["9.99", "9", "1E-400", "9.989999999999999999"] {
            check_price_number(price);
        }
        for price in ["[]", "{}", "true", "{\"$serde_json::private::RawValue\": \"9\"}"] {
            check(&format!(r#"{{"id": 7, "price": {price}}}"#), None);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_new_warehouse_has_its_position_as_numbers_or_texts() {
        let position = |latitude: &str, longitude: &str| {
            let json = format!(
                r#"{{"code": "W", "name": "West", "latitude": {latitude}, "longitude": {longitude}}}"#
            );
            let form: crate::WarehouseForm = serde_json::from_str(&json).expect("a form");
            domain::NewWarehouse::try_from(form).map(|warehouse| warehouse.coordinates)
        };
        let expected = domain::Coordinates::new(52.520_008, -13.0).map(Some);
        assert_eq!(position("52.520008", "-13"), expected);
        assert_eq!(position("\"52.520008\"", "\" -13. \""), expected);
        assert_eq!(position("\"\"", "null"), Ok(None));
        for (latitude, longitude) in [("\"north\"", "1"), ("\"NaN\"", "1"), ("1", "\"\""), ("90.1", "1")] {
            assert!(position(latitude, longitude).is_err(), "{latitude}, {longitude}");
        }
    }
}
