//! The tokens of JSON.

use serde::de::Error;
use std::fmt;

/// The position of an error, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError(pub(super) usize);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The response can't be read at byte ")?;
        f.write_str(&self.0.to_string())
    }
}

impl std::error::Error for JsonError {}

impl Error for JsonError {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self(0)
    }
}

/// The result of reading.
pub(super) type Read<T> = Result<T, JsonError>;

/// The JSON and the position in it.
pub(super) struct Reader<'de> {
    pub(super) json: &'de [u8],
    /// In bytes.
    pub(super) position: usize,
}

impl<'de> Reader<'de> {
    /// Returns the next byte that is not white space.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.json.get(self.position) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.position += 1;
        }
        None
    }

    #[inline(never)]
    pub(super) fn expect(&mut self, wanted: u8) -> Read<()> {
        if self.peek() != Some(wanted) {
            return Err(JsonError(self.position));
        }
        self.position += 1;
        Ok(())
    }

    #[inline(never)]
    pub(super) fn word(&mut self, word: &[u8]) -> bool {
        self.peek();
        let found = self.json.get(self.position..).is_some_and(|rest| rest.starts_with(word));
        if found {
            self.position += word.len();
        }
        found
    }

    #[inline(never)]
    pub(super) fn boolean(&mut self) -> Read<bool> {
        match (self.word(b"true"), self.word(b"false")) {
            (true, _) => Ok(true),
            (_, true) => Ok(false),
            _ => Err(JsonError(self.position)),
        }
    }

    /// Returns the bytes of a number.
    #[inline(never)]
    pub(super) fn number(&mut self) -> &'de [u8] {
        let start = self.position;
        while self
            .json
            .get(self.position)
            .is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'e' | b'E'))
        {
            self.position += 1;
        }
        self.json.get(start..self.position).unwrap_or_default()
    }

    #[inline(never)]
    pub(super) fn integer(&mut self) -> Read<i64> {
        self.peek();
        let start = self.position;
        let digits = std::str::from_utf8(self.number()).ok();
        digits.and_then(|digits| digits.parse().ok()).ok_or(JsonError(start))
    }

    #[inline(never)]
    pub(super) fn text(&mut self) -> Read<String> {
        self.expect(b'"')?;
        let mut text = Vec::new();
        loop {
            let byte = self.byte()?;
            match byte {
                b'"' => return String::from_utf8(text).map_err(|_| JsonError(self.position)),
                b'\\' => {
                    let mut buffer = [0; 4];
                    text.extend_from_slice(self.escaped()?.encode_utf8(&mut buffer).as_bytes());
                }
                byte => text.push(byte),
            }
        }
    }

    fn byte(&mut self) -> Read<u8> {
        let byte = self.json.get(self.position).copied().ok_or(JsonError(self.position))?;
        self.position += 1;
        Ok(byte)
    }

    fn escaped(&mut self) -> Read<char> {
        Ok(match self.byte()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let mut code = self.hex()?;
                if (0xd800..0xdc00).contains(&code)
                    && self.json.get(self.position..).is_some_and(|rest| rest.starts_with(b"\\u"))
                {
                    self.position += 2;
                    let low = self.hex()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(JsonError(self.position));
                    }
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                }
                char::from_u32(code).ok_or(JsonError(self.position))?
            }
            byte => byte as char,
        })
    }

    fn hex(&mut self) -> Read<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = (self.byte()? as char).to_digit(16).ok_or(JsonError(self.position))?;
            code = code * 16 + digit;
        }
        Ok(code)
    }

    /// Returns whether another element of a list or an object follows. Consumes the comma or the end.
    #[inline(never)]
    pub(super) fn more(&mut self, first: &mut bool, end: u8) -> Read<bool> {
        if self.peek() == Some(end) {
            self.position += 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Ok(true)
    }
}
