use crate::Error;
use std::fmt;

/// The name of a shop in a database with several: 1 to 40 of the characters a-z, 0-9 and `_`, the first of them a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopName(String);

impl ShopName {
    /// The maximum number of characters. With a prefix, the name is part of the names of a schema and of notification
    /// channels, which PostgreSQL limits to 63 bytes.
    pub const CHARS_MAX: usize = 40;

    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn new(text: &str) -> Result<Self, Error> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_valid = (1..=Self::CHARS_MAX).contains(&text.len())
            && text.bytes().all(is_allowed)
            && text.starts_with(|char: char| char.is_ascii_lowercase());
        if is_valid {
            return Ok(Self(text.to_owned()));
        }
        let max = Self::CHARS_MAX;
        Err(Error::invalid(
            "name",
            format!("must be 1 to {max} of the characters a-z, 0-9 and '_', the first of them a letter"),
        ))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShopName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_part_of_an_identifier() {
        for name in ["a", "north_2", &"a".repeat(40)] {
            assert_eq!(ShopName::new(name).expect(name).to_string(), name);
        }
        for name in ["", "2north", "_a", "North", "a-b", "a b", "a\"b", "ä", &"a".repeat(41)] {
            assert!(ShopName::new(name).is_err(), "{name}");
        }
    }
}
