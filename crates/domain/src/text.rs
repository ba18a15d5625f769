use crate::Error;
use std::fmt;

/// Trims, then refuses what is empty, longer than `max` characters, or has a character that no text field
/// can keep (PostgreSQL's text has no NUL).
fn checked(field: &'static str, text: &str, max: usize) -> Result<String, Error> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(Error::invalid(field, "must not be empty"));
    }
    if length > max {
        return Err(Error::invalid(field, format!("must have at most {max} characters, not {length}")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "must not contain a NUL character"));
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const CHARS_MAX: usize = $max;

            /// Trims; refuses what is empty, too long, or contains a NUL character.
            pub fn new(text: &str) -> Result<Self, Error> {
                checked($field, text, Self::CHARS_MAX).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text!(
    /// An item's name: 1 to 255 characters.
    ItemName, "name", 255
);
text!(
    /// What an item is: 1 to 10,000 characters.
    Description, "description", 10_000
);
text!(
    /// The name that items share: 1 to 100 characters.
    CategoryName, "category", 100
);
text!(
    /// A warehouse's short unique name: 1 to 32 characters.
    WarehouseCode, "code", 32
);
text!(
    /// A warehouse's name: 1 to 255 characters.
    WarehouseName, "name", 255
);
text!(
    /// The shop's own name for an order: 1 to 100 characters.
    Reference, "reference", 100
);
text!(
    /// Why somebody changed a stock level: 1 to 200 characters.
    Note, "reason", 200
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(ItemName::new("  Lamp ").map(|name| name.to_string()), Ok("Lamp".to_owned()));
        assert!(ItemName::new("").is_err());
        assert!(ItemName::new(" \t").is_err());
        assert!(ItemName::new("a\0b").is_err());
        assert!(ItemName::new(&"ä".repeat(255)).is_ok());
        assert!(ItemName::new(&"ä".repeat(256)).is_err());
    }
}
