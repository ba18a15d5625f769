use crate::Error;
use crate::characters::refused;
use std::fmt;

/// Trims, then refuses what is empty, longer than `max` characters, or has a control character, an invisible one, or
/// one that changes the direction of text.
fn checked(field: &'static str, text: &str, max: usize, several_lines: bool) -> Result<String, Error> {
    let text = bounded(field, text, max)?;
    match refused(&text, several_lines) {
        None => Ok(text),
        Some(found) => {
            let (code, reason, place) = (u32::from(found.character), found.reason, found.place);
            let reason = format!("must not contain U+{code:04X}, which {reason}, as its character {place}");
            Err(Error::invalid(field, reason))
        }
    }
}

/// Trims, then refuses what is empty, longer than `max` characters, or has a NUL, which PostgreSQL's text can't have.
fn bounded(field: &'static str, text: &str, max: usize) -> Result<String, Error> {
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
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal, several_lines: $several_lines:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const CHARS_MAX: usize = $max;

            /// Trims; refuses what is empty, too long, or contains a control character, an invisible one, or one
            /// that changes the direction of text.
            pub fn new(text: &str) -> Result<Self, Error> {
                checked($field, text, Self::CHARS_MAX, $several_lines).map(Self)
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
    ItemName, "name", 255, several_lines: false
);
text!(
    /// What an item is: 1 to 10,000 characters.
    Description, "description", 10_000, several_lines: true
);
text!(
    /// The name that items share: 1 to 100 characters.
    CategoryName, "category", 100, several_lines: false
);
text!(
    /// A warehouse's short unique name: 1 to 32 characters.
    WarehouseCode, "code", 32, several_lines: false
);
text!(
    /// A warehouse's name: 1 to 255 characters.
    WarehouseName, "name", 255, several_lines: false
);
text!(
    /// The shop's own name for an order: 1 to 100 characters.
    Reference, "reference", 100, several_lines: false
);
text!(
    /// Why somebody changed a stock level: 1 to 200 characters.
    Note, "reason", 200, several_lines: false
);

impl CategoryName {
    /// The name of a category to look for: one that an earlier version stored may have characters that a new one may
    /// not have.
    pub fn for_lookup(text: &str) -> Result<Self, Error> {
        bounded("category", text, Self::CHARS_MAX).map(Self)
    }
}

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

    #[test]
    fn a_refused_character_is_named() {
        let error = ItemName::new(" R28 \u{202E}elttek").expect_err("a direction override");
        let reason = "must not contain U+202E, which changes the direction of text, as its character 5";
        assert_eq!(error, Error::invalid("name", reason));
        assert!(Note::new("two\nlines").is_err());
        assert!(Description::new("two\nlines").is_ok());
        assert!(CategoryName::new("a\u{200B}").is_err());
        assert_eq!(
            CategoryName::for_lookup("a\u{200B}").map(|name| name.to_string()),
            Ok("a\u{200B}".to_owned())
        );
    }
}
