//! The guard against formulas. A spreadsheet evaluates a cell that starts with `=`, so a written text that starts a
//! formula gets an apostrophe. Reading removes it, for every text: [`unescape`] is the inverse of [`escape`].

use std::borrow::Cow;

/// Characters that start a formula in a spreadsheet. The full-width characters do so in Japanese versions.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Puts an apostrophe before a text that starts a formula, after any leading apostrophes.
pub fn escape(text: &str) -> Cow<'_, str> {
    if starts_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Removes the apostrophe of [`escape`].
pub fn unescape(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| starts_formula(rest)).unwrap_or(text)
}

/// Returns whether a text starts a formula, after any leading apostrophes.
fn starts_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_escaped_and_unescaped() {
        for (text, escaped) in [
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(escape(text), escaped);
            assert_eq!(unescape(escaped), text);
        }
    }

    proptest! {
        #[test]
        fn unescape_is_the_inverse_of_escape(text in "['=+@,\"\t＝－＠a-]{0,8}|.*") {
            let escaped = escape(&text);
            prop_assert!(!escaped.starts_with(FORMULA_STARTS));
            prop_assert_eq!(unescape(&escaped), text.as_str());
        }
    }
}
