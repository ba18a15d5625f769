//! A small JSON parser for the browser. `serde_json` would make the WASM larger. An error has only the position.

mod reader;

pub use reader::JsonError;
use reader::{Read, Reader};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

/// Parses a value from JSON. A field that the struct does not have is skipped. Only a field with a default may be absent.
///
/// # Errors
///
/// [`JsonError`] for JSON that does not match the type, and for numbers other than `i64` in known fields: the server sends none.
pub fn from_json<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, JsonError> {
    let mut reader = Reader { json, position: 0 };
    let value = T::deserialize(&mut reader).map_err(|_| JsonError(reader.position))?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(JsonError(reader.position)),
    }
}

macro_rules! whole_numbers {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.visit_i64(self.integer()?)
        }
    )*};
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.visit_str(&self.text()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek() {
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'"') => self.deserialize_str(visitor),
            Some(b't' | b'f') => visitor.visit_bool(self.boolean()?),
            Some(b'n') if self.word(b"null") => visitor.visit_unit(),
            _ => visitor.visit_i64(self.integer()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_bool(self.boolean()?)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    texts! { deserialize_str deserialize_string deserialize_identifier deserialize_char }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.word(b"null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expect(b'[')?;
        visitor.visit_seq(Elements { reader: self, first: true })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expect(b'{')?;
        visitor.visit_map(Elements { reader: self, first: true })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.expect(b'{')?;
        let start = self.position;
        let mut fields = Fields { reader: self, names, start, first: true };
        let value = visitor.visit_seq(&mut fields)?;
        fields.seek(None)?;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let tagged = self.peek() == Some(b'{');
        if tagged {
            self.position += 1;
        }
        let value = visitor.visit_enum(Variant { reader: &mut *self, tagged })?;
        if tagged {
            self.expect(b'}')?;
        }
        Ok(value)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 bytes byte_buf unit unit_struct tuple tuple_struct
    }

    /// Skips a value of an unknown field. Such a field of the server may have a fraction.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek() {
            Some(b'0'..=b'9' | b'-') => {
                self.number();
                visitor.visit_unit()
            }
            _ => self.deserialize_any(visitor),
        }
    }
}

/// The elements of a list, or the pairs of an object.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        match self.reader.more(&mut self.first, b']')? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        match self.reader.more(&mut self.first, b'}')? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The fields of a struct, as a sequence of values in the order of their declaration. Serde's code for a sequence is a third of its
/// code for pairs.
struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// The names of the fields that follow.
    names: &'static [&'static str],
    /// The position of the first pair.
    start: usize,
    first: bool,
}

impl Fields<'_, '_> {
    /// Reads up to the value of the next field. Returns whether there is one. The server writes the fields in their order, so the
    /// search starts at the present position.
    #[inline(never)]
    fn next(&mut self) -> Read<bool> {
        let Some((name, others)) = self.names.split_first() else { return Ok(false) };
        self.names = others;
        let (position, first) = (self.reader.position, self.first);
        if self.seek(Some(name))? {
            return Ok(true);
        }
        (self.reader.position, self.first) = (self.start, true);
        if self.seek(Some(name))? {
            return Ok(true);
        }
        (self.reader.position, self.first) = (position, first);
        Ok(false)
    }

    /// Reads up to the value of the name. Returns whether there is one; without it, reads the end of the object.
    fn seek(&mut self, name: Option<&str>) -> Read<bool> {
        while self.reader.more(&mut self.first, b'}')? {
            let key = self.reader.text()?;
            self.reader.expect(b':')?;
            if name == Some(&key) {
                return Ok(true);
            }
            IgnoredAny::deserialize(&mut *self.reader)?;
        }
        Ok(false)
    }
}

impl<'de> SeqAccess<'de> for &mut Fields<'_, 'de> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        match self.next()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

/// An enum variant: `"name"`, or `{"name": value}`.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    tagged: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = JsonError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let name = seed.deserialize(&mut *self.reader)?;
        if self.tagged {
            self.reader.expect(b':')?;
        }
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = JsonError;

    fn unit_variant(self) -> Read<()> {
        if self.tagged { Err(JsonError(self.reader.position)) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        if self.tagged { seed.deserialize(self.reader) } else { Err(JsonError(self.reader.position)) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Read<V::Value> {
        self.reader.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.reader.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Block, Changes, Item, OrderPreview, Page, Problem};
    use proptest::prelude::*;
    use std::fmt::Debug;

    /// The parser gives the same result as `serde_json`.
    fn check<T: for<'de> Deserialize<'de> + PartialEq + Debug>(json: &str) {
        let expected = serde_json::from_str::<T>(json).ok();
        assert_eq!(from_json::<T>(json.as_bytes()).ok(), expected, "{json}");
    }

    #[test]
    fn valid_json_is_parsed_like_serde_json() {
        let item = r#"{"id": 7, "name": "L\u00e4mp \"\ud83d\ude00\" \\ \n", "description": null, "quantity": -3,
            "price": "9.90", "category": "A/B", "createdAt": "2026-11-22T10:00:00.123456Z",
            "updatedAt": "2026-11-22T10:00:00Z", "unknown": {"a": [1, true, null, "x", -1.5e3], "b": 52.52}}"#;
        check::<Item>(item);
        check::<Page<Item>>(&format!(r#"{{"items": [{item}, {item}], "next": "abc"}}"#));
        check::<Page<Item>>(r#"{"items": [], "next": null}"#);
        check::<Result<Page<Item>, Problem>>(&format!(r#"{{"Ok": {{"items": [{item}], "next": null}}}}"#));
        let problem =
            r#"{"type": "t", "title": "T", "status": 409, "detail": "d", "code": "c", "available": 3}"#;
        check::<Result<Page<Item>, Problem>>(&format!(r#"{{"Err": {problem}}}"#));
        check::<Changes>(
            r#"{"cursor": 12, "skipped": false, "touched": ["items", "orders"], "events": [], "items":
            [{"itemId": 1, "itemName": "a", "category": null, "quantity": 2,
            "levels": [{"warehouseId": 1, "available": 2}]}]}"#,
        );
        check::<OrderPreview>(r#"{"orderId": 1, "lines": [], "warehouses": []}"#);
        check::<Vec<Option<i64>>>("[1, null, -9223372036854775808]");
        check::<Vec<bool>>(" [ true , false ] ");
    }

    #[test]
    fn fields_are_found_in_any_order() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Fields {
            a: i64,
            #[serde(default)]
            b: Option<i64>,
            c: Option<String>,
        }
        let read = |json: &str| from_json::<Fields>(json.as_bytes()).ok();
        let fields = |b| Some(Fields { a: 1, b, c: None });
        for json in [
            r#"{"a": 1, "b": 2, "c": null}"#,
            r#"{"c": null, "b": 2, "a": 1}"#,
            r#"{"b": 2, "x": {"c": "no"}, "c": null, "a": 1, "y": [{}]}"#,
        ] {
            assert_eq!(read(json), fields(Some(2)), "{json}");
        }
        assert_eq!(read(r#"{"x": {"a": 9}, "a": 1, "y": [], "c": null, "z": 1.5}"#), fields(None));
        assert_eq!(read(r#"{"c": null, "a": 1}"#), fields(None));
        for json in [
            r#"{"a": 1, "b": 2}"#,
            r#"{"b": 2, "c": null}"#,
            r#"{"a": 1, "c": null"#,
            r#"{"a": 1 "c": null}"#,
            r#"{"c": null, "a": 1, "b": 2,}"#,
            r#"{"c": null, "a": 1} x"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
        let json = serde_json::to_string(&fields(Some(3))).expect("JSON");
        assert_eq!(read(&json), fields(Some(3)), "as serde writes it");
    }

    #[test]
    fn invalid_json_is_rejected() {
        for json in [
            "",
            "{",
            "[1",
            "[1,]",
            "[1 2]",
            "tru",
            "\"a",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udbff\\uffff\"",
            "\"\\udc00\"",
            "\"\\u12\"",
            "{\"a\" 1}",
            "[1.5]",
            "nul",
            "[1] x",
            "{\"items\": {}}",
            "99999999999999999999",
        ] {
            check::<Vec<i64>>(json);
            check::<String>(json);
            check::<Page<Block>>(json);
        }
    }

    proptest! {
        #[test]
        fn any_text_of_the_browsers_parser_ends(json in "\\PC{0,60}|[\\[\\]{}:,\"\\\\u0-9a-fA-F.eE tnr-]{0,60}") {
            let _ = from_json::<Page<Item>>(json.as_bytes());
            let _ = from_json::<Vec<Option<String>>>(json.as_bytes());
            // Equality with serde_json: each accepted text has the same value here.
            if let Ok(expected) = serde_json::from_str::<Vec<Option<i64>>>(&json) {
                prop_assert_eq!(from_json(json.as_bytes()).ok(), Some(expected));
            }
        }

        #[test]
        fn texts_and_numbers_are_parsed_as_serde_json_writes_them(
            values in prop::collection::vec(prop::option::of((".{0,20}", any::<i64>())), 0..6),
        ) {
            let texts: Vec<_> = values.iter().map(|value| value.as_ref().map(|(text, _)| text.clone())).collect();
            let numbers: Vec<_> = values.iter().map(|value| value.as_ref().map(|(_, number)| *number)).collect();
            let json = serde_json::to_vec(&texts).expect("JSON");
            prop_assert_eq!(from_json::<Vec<Option<String>>>(&json).ok(), Some(texts));
            let json = serde_json::to_vec(&numbers).expect("JSON");
            prop_assert_eq!(from_json::<Vec<Option<i64>>>(&json).ok(), Some(numbers));
        }

        #[test]
        fn any_bytes_are_rejected_or_parsed(json in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = from_json::<Page<Item>>(&json);
            let _ = from_json::<String>(&[b"\"", json.as_slice(), b"\""].concat());
        }
    }
}
