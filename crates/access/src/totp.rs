//! Codes of authenticator apps (RFC 6238: HMAC-SHA-1, 6 digits, steps of 30 s), and recovery codes.

use crate::{Error, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// The length of a step, in seconds.
const STEP_SECONDS: i64 = 30;

/// The accepted steps before and after the current one, for clocks that differ.
const STEPS_AROUND: i64 = 1;

/// The bytes of a secret: as long as the hash (RFC 4226).
pub(crate) const SECRET_BYTES: usize = 20;

/// The number of recovery codes.
pub(crate) const RECOVERY_CODES: usize = 10;

/// The characters of a recovery code: 80 bits.
const RECOVERY_CODE_CHARS: usize = 16;

/// The digits of base 32 (RFC 4648).
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret of an authenticator app.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// Creates a secret from random bytes of the operating system.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(Error::Random)?;
        Ok(Self(bytes))
    }

    /// Returns the secret with these bytes, or `None` if their number is wrong.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Parses the text of [`TotpSecret::text`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&decode(text)?)
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the secret in base 32, for manual entry.
    pub fn text(&self) -> String {
        encode(&self.0)
    }

    /// Returns the address that authenticator apps read from a QR code. `name` has only characters that need no escape.
    pub fn uri(&self, name: &str) -> String {
        let secret = self.text();
        format!(
            "otpauth://totp/Stockhold:{name}?secret={secret}&issuer=Stockhold&algorithm=SHA1&digits=6&period=30"
        )
    }

    /// Returns the step whose code this is; `None` if it is not the code of an accepted step. `unix_seconds` is the time.
    pub(crate) fn matching_step(&self, code: &str, unix_seconds: i64) -> Option<i64> {
        let now = unix_seconds.div_euclid(STEP_SECONDS);
        let code: String = code.chars().filter(|char| !char.is_whitespace()).collect();
        (now - STEPS_AROUND..=now + STEPS_AROUND).rev().find(|step| is_equal(&self.code(*step), &code))
    }

    /// Returns the code at a time.
    pub fn code_at(&self, unix_seconds: i64) -> String {
        self.code(unix_seconds.div_euclid(STEP_SECONDS))
    }

    /// Returns the code of a step.
    fn code(&self, step: i64) -> String {
        // HMAC accepts keys of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return String::new() };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes([hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]]);
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

/// Compares without an early end.
fn is_equal(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// Returns new recovery codes, such as `ABCD-EFGH-2345-67AB`.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn recovery_codes() -> Result<Vec<String>> {
    let code = || {
        let mut bytes = [0; RECOVERY_CODE_CHARS * 5 / 8];
        getrandom::fill(&mut bytes).map_err(Error::Random)?;
        let text = encode(&bytes);
        Ok([&text[..4], &text[4..8], &text[8..12], &text[12..]].join("-"))
    };
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// Returns the text under which a recovery code is hashed; `None` if it can't be one.
pub(crate) fn recovery_code(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|char| !char.is_whitespace() && *char != '-')
        .map(|char| char.to_ascii_uppercase())
        .collect();
    (code.len() == RECOVERY_CODE_CHARS && decode(&code).is_some()).then_some(code)
}

fn encode(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut pending) = (String::new(), 0_u32, 0);
    for byte in bytes {
        bits = (bits << 8 | u32::from(*byte)) & 0xffff;
        pending += 8;
        while pending >= 5 {
            pending -= 5;
            text.push(char::from(DIGITS[(bits >> pending & 31) as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut pending) = (Vec::new(), 0_u32, 0);
    for char in text.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == char)?;
        bits = (bits << 5 | u32::try_from(digit).ok()?) & 0xffff;
        pending += 5;
        if pending >= 8 {
            pending -= 8;
            bytes.push(u8::try_from(bits >> pending & 255).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = TotpSecret(*b"12345678901234567890");
        let codes = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (time, code) in codes {
            assert_eq!(secret.code(time / STEP_SECONDS), code);
            assert_eq!(secret.matching_step(code, time), Some(time / STEP_SECONDS));
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_before_and_after() {
        let secret = TotpSecret::generate().expect("random bytes");
        let (time, step) = (1_700_000_010, 1_700_000_010 / STEP_SECONDS);
        let code = secret.code(step);
        for (later, is_accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            // By chance, the code of another step may be the same.
            let around = (step - 3..=step + 3).filter(|other| secret.code(*other) == code).count();
            assert_eq!(secret.matching_step(&code, time + later).is_some(), is_accepted || around > 1);
        }
        for code in ["", "12345", "1234567", "abcdef", "ääääää"] {
            assert_eq!(secret.matching_step(code, time), None);
        }
    }

    #[test]
    fn a_secret_is_parsed_back() {
        let secret = TotpSecret(*b"12345678901234567890");
        assert_eq!(secret.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(TotpSecret::parse(&secret.text()) == Some(secret));
        for text in ["", "GEZDGNBV", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "1".repeat(32).as_str()] {
            assert!(TotpSecret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn recovery_codes_are_distinct_and_read_in_any_notation() {
        let codes: HashSet<_> = recovery_codes().expect("random bytes").into_iter().collect();
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in codes {
            let plain = code.replace('-', "");
            assert_eq!(recovery_code(&code), Some(plain.clone()));
            assert_eq!(recovery_code(&format!(" {} ", plain.to_lowercase())), Some(plain));
        }
        assert_eq!(recovery_code("123456"), None);
    }
}
