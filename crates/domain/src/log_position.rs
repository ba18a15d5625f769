//! Positions in the database's write-ahead log, and the changes that a list must include.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// A position in the write-ahead log of PostgreSQL, in bytes from its beginning. A higher position is later. As text it has
/// PostgreSQL's form of an LSN, such as `16/B374D848`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPosition(pub i64);

impl LogPosition {
    /// The position before every change.
    pub const ZERO: Self = Self(0);
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

/// A text that is not a position: it must be two hexadecimal numbers of 1 to 8 digits with a slash between them, at most
/// `7FFFFFFF/FFFFFFFF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLogPosition;

impl FromStr for LogPosition {
    type Err = InvalidLogPosition;

    fn from_str(text: &str) -> Result<Self, InvalidLogPosition> {
        let (high, low) = text.split_once('/').ok_or(InvalidLogPosition)?;
        let (high, low) = (half(high)?, half(low)?);
        let position = (u64::from(high) << 32) | u64::from(low);
        i64::try_from(position).map(Self).map_err(|_| InvalidLogPosition)
    }
}

/// Reads one of the two numbers. A sign, which `from_str_radix` accepts, is invalid.
fn half(digits: &str) -> Result<u32, InvalidLogPosition> {
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = if is_number { u32::from_str_radix(digits, 16) } else { return Err(InvalidLogPosition) };
    number.map_err(|_: ParseIntError| InvalidLogPosition)
}

/// The changes that a list must include. A replica serves it if it has replayed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Everything that was committed when the list was requested. While the primary does not answer, only the changes up to
    /// the position.
    Latest(LogPosition),
    /// The changes up to the position. Later ones may be missing.
    AtLeast(LogPosition),
}

impl Default for Freshness {
    fn default() -> Self {
        Self::Latest(LogPosition::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_position_has_the_form_of_postgresql() {
        for (text, position) in [
            ("0/0", 0),
            ("0/16B3748", 0x16B_3748),
            ("16/b374d848", 0x16_B374_D848),
            ("7FFFFFFF/FFFFFFFF", i64::MAX),
        ] {
            assert_eq!(text.parse(), Ok(LogPosition(position)), "{text}");
        }
        for text in [
            "",
            "/",
            "0",
            "0/",
            "/0",
            "0/0/0",
            "+1/0",
            "0/-1",
            "0/G",
            "0/000000000",
            " 0/0",
            "80000000/0",
            "0/１",
        ] {
            assert_eq!(text.parse::<LogPosition>(), Err(InvalidLogPosition), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_position_is_read_as_it_was_written(position in 0..=i64::MAX) {
            prop_assert_eq!(LogPosition(position).to_string().parse(), Ok(LogPosition(position)));
        }

        #[test]
        fn any_text_is_read_or_rejected(text in "\\PC{0,20}|[0-9A-Fa-f]{0,10}/[0-9A-Fa-f]{0,10}") {
            if let Ok(position) = text.parse::<LogPosition>() {
                prop_assert_eq!(position.to_string().parse(), Ok(position));
            }
        }
    }
}
