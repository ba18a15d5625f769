//! Cursors over the ledger.

use std::fmt;

/// A position in the ledger, which a consumer of events keeps from one request to the next.
///
/// The fingerprint is a hash of the ledger's identity and of the last line at or before the position. It shows whether
/// a ledger still has the history that the consumer has read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LedgerCursor {
    /// The id of the last line that the position includes. There need not be a line with this id.
    pub position: i64,
    /// 16 hexadecimal digits. `None` at the start of the ledger, and in a cursor of an older version.
    pub fingerprint: Option<String>,
}

/// The number of digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 16;

impl LedgerCursor {
    /// The position before the first line, which every ledger has.
    pub const START: Self = Self { position: 0, fingerprint: None };

    /// Reads the text that [`fmt::Display`] writes. A bare number is read too; only 0 is a position that a ledger
    /// accepts without a fingerprint.
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

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for text in ["0", "17", "17-0123456789abcdef", "9223372036854775807-ffffffffffffffff"] {
            assert_eq!(LedgerCursor::parse(text).map(|cursor| cursor.to_string()).as_deref(), Some(text));
        }
        assert_eq!(LedgerCursor::parse("0"), Some(LedgerCursor::START));
    }

    #[test]
    fn any_other_text_is_no_cursor() {
        for text in ["", "x", "-1", "+1", "1-", "1-xyz", "1-0123456789ABCDEF", "1-0123456789abcdef0", "١"] {
            assert_eq!(LedgerCursor::parse(text), None, "{text}");
        }
        assert_eq!(LedgerCursor::parse("9223372036854775808"), None, "more than an id can be");
    }
}
