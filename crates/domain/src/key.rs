//! Keys of the shop: SKUs and barcodes of items.

use crate::text::checked;
use crate::{Error, ItemId};
use std::collections::HashSet;
use std::fmt;

/// The maximum number of barcodes of an item.
pub const BARCODES_MAX: usize = 100;

/// Folds a key for a comparison without regard to case and white space: trims it, makes each run of white space one space,
/// and converts it to lower case. The SQL function `fold_key` returns the same text.
pub fn fold_key(key: &str) -> String {
    let mut folded = String::with_capacity(key.len());
    for word in key.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    // Lower case has a final sigma by its position in the word.
    folded.to_lowercase().replace('ς', "σ")
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The maximum number of characters.
            pub const CHARS_MAX: usize = 64;

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

key!(
    /// The shop's key of an item: 1 to 64 characters. Two SKUs that differ only in case or white space are the same.
    Sku
);
key!(
    /// A barcode of an item: 1 to 64 characters without white space, compared exactly.
    Barcode
);

impl Barcode {
    /// Trims a text and checks it.
    ///
    /// # Errors
    /// [`Error::Invalid`] as for [`Sku::new`], and for a text with white space, which separates barcodes in forms.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = checked("barcodes", text, Self::CHARS_MAX, false)?;
        match text.contains(char::is_whitespace) {
            true => Err(Error::invalid("barcodes", "must not contain white space")),
            false => Ok(Self(text)),
        }
    }
}

impl Sku {
    /// Trims a text and checks it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty text, one of more than [`Self::CHARS_MAX`] characters, and one with a control
    /// character, an invisible character, or one that changes the direction of text.
    pub fn new(text: &str) -> Result<Self, Error> {
        checked("sku", text, Self::CHARS_MAX, false).map(Self)
    }

    /// Returns the text that equal SKUs have in common.
    pub fn folded(&self) -> String {
        fold_key(&self.0)
    }
}

/// The barcodes of an item: at most [`BARCODES_MAX`], without duplicates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Barcodes(Vec<Barcode>);

impl Barcodes {
    /// Checks the barcodes of an item. A repeated barcode is left out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than [`BARCODES_MAX`] barcodes including repeated ones, and for an invalid barcode.
    pub fn new(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, Error> {
        let barcodes = texts.into_iter().map(|text| Barcode::new(text.as_ref()));
        let mut barcodes = barcodes.collect::<Result<Vec<_>, _>>()?;
        if barcodes.len() > BARCODES_MAX {
            let reason = format!("must have at most {BARCODES_MAX} barcodes, not {}", barcodes.len());
            return Err(Error::invalid("barcodes", reason));
        }
        let mut seen = HashSet::new();
        barcodes.retain(|barcode| seen.insert(barcode.clone()));
        Ok(Self(barcodes))
    }

    /// Returns the barcodes, one per line, or `None` without barcodes.
    pub fn joined(&self) -> Option<String> {
        Some(self.texts()?.join("\n"))
    }

    /// Returns the texts of the barcodes, or `None` without barcodes.
    pub fn texts(&self) -> Option<Vec<String>> {
        (!self.0.is_empty()).then(|| self.0.iter().map(ToString::to_string).collect())
    }
}

/// The keys of a new or changed item that another item may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemKeys<'a> {
    /// The item; `None` for a new one.
    pub item: Option<ItemId>,
    /// The SKU.
    pub sku: Option<&'a Sku>,
    /// The barcodes.
    pub barcodes: Option<&'a Barcodes>,
}

impl ItemKeys<'_> {
    /// Returns whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.sku.is_none() && self.barcodes.is_none_or(|barcodes| barcodes.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_folded() {
        let cases = [
            ("", ""),
            ("  ", ""),
            (" Ab\u{A0}\u{2003} C\tD ", "ab c d"),
            ("ΑΣ ς", "ασ σ"),
            ("İ", "i\u{307}"),
            ("STRASSE", "strasse"),
        ];
        for (key, folded) in cases {
            assert_eq!(fold_key(key), folded, "{key:?}");
        }
    }

    #[test]
    fn a_repeated_barcode_is_left_out() {
        let barcodes = Barcodes::new(["4006381333931", " 4006381333931 ", "x"]).expect("barcodes");
        assert_eq!(barcodes.texts(), Some(vec!["4006381333931".to_owned(), "x".to_owned()]));
        assert_eq!(Barcodes::default().texts(), None);
        assert!(Barcodes::new([""]).is_err());
        assert!(Barcodes::new(["1 2"]).is_err());
        assert!(Barcodes::new((0..=BARCODES_MAX).map(|n| n.to_string())).is_err());
        assert!(Barcodes::new((0..=BARCODES_MAX).map(|_| "1")).is_err(), "repeated ones count");
    }
}
