use crate::Error;
use crate::characters::find_forbidden;
use std::fmt;

/// Trims a text. Rejects an empty text, one of more than `max` characters, and one with a forbidden character.
pub(crate) fn checked(
    field: &'static str,
    text: &str,
    max: usize,
    multi_line: bool,
) -> Result<String, Error> {
    let text = bounded(field, text, max)?;
    match find_forbidden(&text, multi_line) {
        None => Ok(text),
        Some(found) => {
            let (code, reason, position) = (u32::from(found.character), found.reason, found.position);
            let reason =
                format!("must not contain U+{code:04X}, which {reason}, as its character {position}");
            Err(Error::invalid(field, reason))
        }
    }
}

/// Trims a text. Rejects an empty text, one of more than `max` characters, and one with a NUL character, which
/// PostgreSQL can't store.
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

/// Makes each run of spaces one space. A space is white space on one line: neither a control character nor a line break.
fn single_spaced(text: &str) -> String {
    let is_space = |character: char| {
        character.is_whitespace() && !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}')
    };
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The maximum number of characters.
            pub const CHARS_MAX: usize = $max;

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

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal, multi_line: $multi_line:literal) => {
        text_type!($(#[$doc])* $name, $max);

        impl $name {
            /// Trims a text and checks it.
            ///
            /// # Errors
            /// [`Error::Invalid`] for an empty text, one of more than [`Self::CHARS_MAX`] characters, and one with a
            /// control character, an invisible character, one that changes the direction of text, or U+FFFD, which
            /// replaces a character that could not be decoded.
            pub fn new(text: &str) -> Result<Self, Error> {
                checked($field, text, Self::CHARS_MAX, $multi_line).map(Self)
            }
        }
    };
}

text!(
    /// An item's name: 1 to 255 characters.
    ItemName, "name", 255, multi_line: false
);
text!(
    /// An item's description: 1 to 10,000 characters.
    Description, "description", 10_000, multi_line: true
);
text_type!(
    /// A category's name: 1 to 100 characters. Names that differ only in case or white space are the same category, and its
    /// items have one spelling.
    CategoryName, 100
);
text!(
    /// A warehouse's short unique name: 1 to 32 characters.
    WarehouseCode, "code", 32, multi_line: false
);
text!(
    /// A warehouse's name: 1 to 255 characters.
    WarehouseName, "name", 255, multi_line: false
);
text!(
    /// The shop's name for an order or a buyer: 1 to 100 characters.
    Reference, "reference", 100, multi_line: false
);
text!(
    /// A note about a hold or a cart: 1 to 500 characters.
    HoldNote, "note", 500, multi_line: false
);
text!(
    /// The reason for a change of stock: 1 to 200 characters.
    Note, "reason", 200, multi_line: false
);

impl CategoryName {
    /// Trims a text, makes each run of spaces one space, and checks it.
    ///
    /// # Errors
    /// The same as [`ItemName::new`].
    pub fn new(text: &str) -> Result<Self, Error> {
        checked("category", &single_spaced(text), Self::CHARS_MAX, false).map(Self)
    }

    /// Checks a rename of a category to a name whose present spelling is `present`. Returns whether the rename changes the
    /// spelling of the category itself. Otherwise `to` is the present spelling.
    ///
    /// # Errors
    /// [`Error::CategoryExists`] if another category has the name in another spelling. A rename to the present spelling
    /// merges both.
    pub fn check_rename(&self, to: &Self, present: &str) -> Result<bool, Error> {
        match () {
            () if present == to.0 => Ok(false),
            () if present == self.0 => Ok(true),
            () => Err(Error::CategoryExists(present.to_owned())),
        }
    }

    /// The name of an existing category, with single spaces. It may contain characters that a new name may not: earlier
    /// versions accepted them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty text, one that is too long, and one with a NUL character.
    pub fn for_lookup(text: &str) -> Result<Self, Error> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        bounded("category", &text, Self::CHARS_MAX).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn an_error_names_the_forbidden_character() {
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

    #[test]
    fn a_category_name_has_single_spaces() {
        let name = |text: &str| CategoryName::new(text).map(|name| name.to_string());
        assert_eq!(name(" Garden \u{A0}\u{3000} tools "), Ok("Garden tools".to_owned()));
        for text in ["", "\u{A0}", "a\tb", "a\nb", "a\u{2028}b"] {
            assert!(name(text).is_err(), "{text:?}");
        }
        let wide = format!("a{}b", " ".repeat(200));
        assert_eq!(name(&wide), Ok("a b".to_owned()));
        let known = CategoryName::for_lookup("\u{3000}a\t \u{85}b\n").map(|name| name.to_string());
        assert_eq!(
            known,
            Ok("a b".to_owned()),
            "line breaks are white space in the names of earlier versions"
        );
    }

    #[test]
    fn a_rename_to_another_spelling_of_another_category_is_rejected() {
        let name = |text: &str| CategoryName::for_lookup(text).expect("a name");
        for (from, to, present, result) in [
            ("Tools", "Garden", "Garden", Ok(false)),
            ("Tools", "TOOLS", "Tools", Ok(true)),
            ("tools", "Tools", "Tools", Ok(false)),
            ("tools", "TOOLS", "Tools", Err(Error::CategoryExists("Tools".to_owned()))),
            ("Garden", "tools", "Tools", Err(Error::CategoryExists("Tools".to_owned()))),
        ] {
            assert_eq!(name(from).check_rename(&name(to), present), result, "{from} to {to}");
        }
    }

    proptest! {
        #[test]
        fn a_category_name_has_the_same_key_as_the_text(text in "[a-zA-ZäÖ \u{A0}\u{3000}]{0,30}") {
            if let Ok(name) = CategoryName::new(&text) {
                prop_assert_eq!(crate::fold_key(name.as_str()), crate::fold_key(&text));
                prop_assert_eq!(CategoryName::new(name.as_str()), Ok(name));
            }
        }
    }
}
