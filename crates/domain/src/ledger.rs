//! Cursors over the ledger.

use std::fmt;

/// A position in the ledger. A consumer of events stores it between requests.
///
/// The fingerprint is a hash of the ledger's identity and of the last movement at or before the position. It shows
/// whether a ledger still has the history that the consumer has read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LedgerCursor {
    /// The id of the last movement that the position includes. A movement with this id need not exist.
    pub position: i64,
    /// 16 hexadecimal digits. `None` at the start of the ledger, and in a cursor of an older version.
    pub fingerprint: Option<String>,
}

/// The number of digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 16;

impl LedgerCursor {
    /// The position before the first movement. Every ledger has it.
    pub const START: Self = Self { position: 0, fingerprint: None };

    /// Parses the format of [`fmt::Display`]. A number without a fingerprint is parsed too, but a ledger accepts only 0
    /// without a fingerprint.
    pub fn parse(text: &str) -> Option<Self> {
        let (position, fingerprint) = match text.split_once('-') {
            None => (text, None),
            Some((position, fingerprint)) => (position, Some(fingerprint)),
        };
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_fingerprint = |text: &&str| text.len() == FINGERPRINT_DIGITS && text.bytes().all(is_digit);
        if !position.bytes().all(|byte| byte.is_ascii_digit()) || !fingerprint.iter().all(is_fingerprint) {
            return None;
        }
        Some(Self { position: position.parse().ok()?, fingerprint: fingerprint.map(str::to_owned) })
    }
}

impl fmt::Display for LedgerCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fingerprint {
            None => self.position.fmt(f),
            Some(fingerprint) => write!(f, "{}-{fingerprint}", self.position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_is_parsed_as_it_is_formatted() {
        for text in ["0", "17", "17-0123456789abcdef", "9223372036854775807-ffffffffffffffff"] {
            assert_eq!(LedgerCursor::parse(text).map(|cursor| cursor.to_string()).as_deref(), Some(text));
        }
        assert_eq!(LedgerCursor::parse("0"), Some(LedgerCursor::START));
    }

    #[test]
    fn any_other_text_is_rejected() {
        for text in ["", "x", "-1", "+1", "1-", "1-xyz", "1-0123456789ABCDEF", "1-0123456789abcdef0", "١"] {
            assert_eq!(LedgerCursor::parse(text), None, "{text}");
        }
        assert_eq!(LedgerCursor::parse("9223372036854775808"), None, "more than an id can be");
    }

    proptest! {
        #[test]
        fn any_text_is_rejected_or_formatted_as_it_was(text in "\\PC{0,40}|[0-9]{1,20}-?[0-9a-f]{0,16}") {
            if let Some(cursor) = LedgerCursor::parse(&text) {
                prop_assert!(cursor.position >= 0);
                prop_assert_eq!(LedgerCursor::parse(&cursor.to_string()), Some(cursor));
            }
        }
    }
}
