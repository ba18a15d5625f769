//! The dialect of a file: its delimiter and its decimal sign.

use serde::{Deserialize, Serialize};

/// The character between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "char", try_from = "char")]
pub struct Delimiter(u8);

impl Delimiter {
    /// A comma.
    pub const COMMA: Self = Self(b',');
    /// A semicolon, which spreadsheets write in countries with a decimal comma.
    pub const SEMICOLON: Self = Self(b';');
    /// A tab.
    pub const TAB: Self = Self(b'\t');

    /// The delimiters that are detected.
    pub const DETECTED: [Self; 3] = [Self::COMMA, Self::SEMICOLON, Self::TAB];

    /// Returns the delimiter with this character: a tab or ASCII punctuation, except a quote.
    pub fn new(character: char) -> Option<Self> {
        let byte = u8::try_from(character).ok()?;
        (byte == b'\t' || (byte.is_ascii_punctuation() && byte != b'"')).then_some(Self(byte))
    }

    /// The character, as an ASCII byte.
    pub fn byte(self) -> u8 {
        self.0
    }

    /// The name in words, such as "semicolon".
    pub fn in_words(self) -> String {
        match self {
            Self::COMMA => "comma".to_owned(),
            Self::SEMICOLON => "semicolon".to_owned(),
            Self::TAB => "tab".to_owned(),
            Self(byte) => char::from(byte).to_string(),
        }
    }
}

impl From<Delimiter> for char {
    fn from(delimiter: Delimiter) -> Self {
        Self::from(delimiter.0)
    }
}

impl TryFrom<char> for Delimiter {
    type Error = &'static str;

    fn try_from(character: char) -> Result<Self, Self::Error> {
        Self::new(character).ok_or("must be a tab or ASCII punctuation, except a quote")
    }
}

/// Returns the delimiter of a `sep=` line, which some programs write before the header.
pub(crate) fn sep_line(line: &str) -> Option<Delimiter> {
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (name, delimiter) = line.split_at_checked(4)?;
    let mut characters = delimiter.chars();
    match (name.eq_ignore_ascii_case("sep="), characters.next(), characters.next()) {
        (true, Some(character), None) => Delimiter::new(character),
        _ => None,
    }
}

/// The sign before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DecimalSign {
    /// `12.90`
    Point,
    /// `12,90`
    Comma,
}

impl DecimalSign {
    /// The sign.
    pub fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// The other sign, which may separate thousands.
    pub fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }

    /// The name in words, with an example.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Point => "point (12.90)",
            Self::Comma => "comma (12,90)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sep_line_names_the_delimiter() {
        assert_eq!(sep_line("sep=;"), Some(Delimiter::SEMICOLON));
        assert_eq!(sep_line("SEP=\t"), Some(Delimiter::TAB));
        assert_eq!(sep_line("\"sep=,\""), Some(Delimiter::COMMA));
        assert_eq!(sep_line("sep=|").map(Delimiter::in_words).as_deref(), Some("|"));
        for line in ["", "sep=", "sep=ab", "sep=a", "sep=\"", "name;price", "sepé;"] {
            assert_eq!(sep_line(line), None, "{line}");
        }
    }
}
