//! Secrets of credentials: the format of tokens, and the hash under which secrets are stored and cached.

use crate::{Error, Result};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The prefix of a token. Scanners find leaked tokens by it.
const PREFIX: &str = "shk_";

/// The random characters of a token: 190 bits.
const RANDOM_CHARS: usize = 32;

/// The characters of the checksum: a CRC-32 of the random characters.
const CHECKSUM_CHARS: usize = 6;

/// The number of characters of a token.
const TOKEN_CHARS: usize = PREFIX.len() + RANDOM_CHARS + CHECKSUM_CHARS;

/// The number of characters of a hint.
const HINT_CHARS: usize = 8;

/// The digits of base 62.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Random bytes from this number on are discarded, so that all digits are equally likely.
const UNBIASED_BYTES: u8 = 248;

/// The SHA-256 of a secret. Secrets are random, so a slow hash would add nothing. Comparing hashes leaks nothing about
/// the secret by its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// Returns the hash of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

/// The bytes of the secret of a session or of a one-time link.
const SECRET_BYTES: usize = 32;

/// Returns 256 random bits of the operating system, in hexadecimal digits.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn random_secret() -> Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    Ok(hex::encode(bytes))
}

/// Returns whether a text can be a secret of [`random_secret`].
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() == 2 * SECRET_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A new token of a client: `shk_`, 32 random characters, and a checksum of 6 characters. Shown to its owner once, and
/// stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Creates a token from random bytes of the operating system.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub(crate) fn generate() -> Result<Self> {
        let mut random = String::with_capacity(RANDOM_CHARS);
        while random.len() < RANDOM_CHARS {
            let mut bytes = [0; 2 * RANDOM_CHARS];
            getrandom::fill(&mut bytes).map_err(Error::Random)?;
            let missing = RANDOM_CHARS - random.len();
            let unbiased = bytes.iter().filter(|byte| **byte < UNBIASED_BYTES);
            random.extend(unbiased.take(missing).map(|byte| char::from(DIGITS[usize::from(byte % 62)])));
        }
        let checksum = checksum(&random);
        Ok(Self(format!("{PREFIX}{random}{checksum}")))
    }

    /// Returns the text of the token.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first characters, by which a person recognizes the token.
    pub(crate) fn hint(&self) -> &str {
        &self.0[..HINT_CHARS]
    }

    /// Returns the hash.
    pub(crate) fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// Returns whether a text can be a token: prefix, length, characters and checksum. A typo is recognized without a query.
    pub(crate) fn is_well_formed(text: &str) -> bool {
        let Some(rest) = text.strip_prefix(PREFIX).filter(|_| Self::has_length(text)) else { return false };
        rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && checksum(&rest[..RANDOM_CHARS]) == rest[RANDOM_CHARS..]
    }

    /// Returns whether a text is as long as a token.
    pub(crate) fn has_length(text: &str) -> bool {
        text.len() == TOKEN_CHARS
    }
}

/// Hides the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.hint())
    }
}

/// Returns the CRC-32 of a text in base 62.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.map(char::from).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn tokens_are_well_formed_and_distinct() {
        let tokens: HashSet<_> =
            (0..200).map(|_| Token::generate().expect("random bytes").as_str().to_owned()).collect();
        assert_eq!(tokens.len(), 200);
        for token in &tokens {
            assert!(Token::is_well_formed(token), "{token}");
            assert_eq!((token.len(), &token[..4]), (42, "shk_"));
        }
        let used: HashSet<_> = tokens.iter().flat_map(|token| token[4..36].bytes()).collect();
        assert_eq!(used.len(), DIGITS.len(), "every digit occurs");
    }

    #[test]
    fn a_typo_is_recognized() {
        let token = Token::generate().expect("random bytes");
        for index in 0..TOKEN_CHARS {
            let mut typo = token.as_str().as_bytes().to_vec();
            typo[index] = if typo[index] == b'a' { b'b' } else { b'a' };
            let typo = String::from_utf8(typo).expect("ASCII");
            assert!(!Token::is_well_formed(&typo), "{typo}");
        }
        for text in ["", "shk_", &token.as_str()[..41], &format!("{}a", token.as_str())] {
            assert!(!Token::is_well_formed(text), "{text}");
        }
        assert!(!Token::is_well_formed(&format!("shk_{}", "ä".repeat(19))), "as long in bytes");
    }

    #[test]
    fn a_checksum_is_the_crc_of_the_text() {
        // The check value of CRC-32 is 0xcbf43926.
        assert_eq!(checksum("123456789"), "3jZRME".to_owned());
    }

    #[test]
    fn a_token_is_not_shown_by_debug() {
        let token = Token::generate().expect("random bytes");
        assert!(!format!("{token:?}").contains(&token.as_str()[8..]));
    }

    proptest! {
        #[test]
        fn a_text_is_a_token_if_its_checksum_is_that_of_its_characters(
            text in "\\PC{0,60}|shk_\\PC{0,38}|shk_[0-9A-Za-z]{38}",
            random in "[0-9A-Za-z]{32}",
        ) {
            let expected = text.is_ascii() && text.len() == TOKEN_CHARS && text.starts_with(PREFIX)
                && text[PREFIX.len()..].bytes().all(|byte| byte.is_ascii_alphanumeric())
                && text.ends_with(&checksum(&text[PREFIX.len()..][..RANDOM_CHARS]));
            prop_assert_eq!(Token::is_well_formed(&text), expected);
            let token = format!("{PREFIX}{random}{}", checksum(&random));
            prop_assert!(Token::is_well_formed(&token));
        }

        #[test]
        fn two_changed_characters_of_a_token_are_recognized(
            random in "[0-9A-Za-z]{32}", first in 4..42_usize, second in 4..42_usize, by in 1..62_usize,
        ) {
            let token = format!("{PREFIX}{random}{}", checksum(&random));
            let mut changed = token.clone().into_bytes();
            for index in [first, second] {
                let digit = DIGITS.iter().position(|digit| *digit == changed[index]).expect("a digit");
                changed[index] = DIGITS[(digit + by) % DIGITS.len()];
            }
            let changed = String::from_utf8(changed).expect("ASCII");
            prop_assert!(changed == token || !Token::is_well_formed(&changed), "{} {}", token, changed);
        }
    }
}
