//! The password of a shop's role.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// The random bytes of a generated password.
const PASSWORD_BYTES: usize = 24;

/// The random bytes of a verifier's salt.
const SALT_BYTES: usize = 16;

/// The iterations of a verifier, as PostgreSQL's default.
const ITERATIONS: u32 = 4_096;

/// The allowed lengths of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// Returns a random password of hexadecimal digits.
///
/// # Errors
/// The operating system has no random bytes.
pub(crate) fn generate() -> Result<String> {
    Ok(random::<PASSWORD_BYTES>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Reads a password from a file, without the line end.
///
/// # Errors
/// The file can't be read, or the password has other characters than letters, digits, '-', '.', '_' and '~', or another length
/// than 8 to 128.
pub(crate) fn read(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the password file {} can't be read", file.display()))?;
    let password = text.trim_end_matches(['\n', '\r']);
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !LENGTH.contains(&password.len()) || !password.bytes().all(is_allowed) {
        bail!(
            "the password in {} must have {} to {} of the characters A-Z, a-z, 0-9, '-', '.', '_' and '~'",
            file.display(),
            LENGTH.start(),
            LENGTH.end()
        );
    }
    Ok(password.to_owned())
}

/// Returns the SCRAM-SHA-256 verifier of a password, as PostgreSQL stores it. PostgreSQL's log may contain statements, and so
/// the verifier instead of the password.
///
/// # Errors
/// The operating system has no random bytes.
pub(crate) fn verifier(password: &str) -> Result<String> {
    verifier_with(password, &random::<SALT_BYTES>()?)
}

fn verifier_with(password: &str, salt: &[u8]) -> Result<String> {
    // PBKDF2 with one block.
    let mut round = mac(password.as_bytes(), &[salt, &1_u32.to_be_bytes()].concat())?;
    let mut salted = round;
    for _ in 1..ITERATIONS {
        round = mac(password.as_bytes(), &round)?;
        salted.iter_mut().zip(round).for_each(|(byte, of_round)| *byte ^= of_round);
    }
    let stored_key = Sha256::digest(mac(&salted, b"Client Key")?);
    let server_key = mac(&salted, b"Server Key")?;
    let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    Ok(format!("SCRAM-SHA-256${ITERATIONS}:{}${}:{}", encode(salt), encode(&stored_key), encode(&server_key)))
}

fn mac(key: &[u8], message: &[u8]) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).context("a key")?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().into())
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).context("the operating system has no random bytes")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected value is PostgreSQL's.
    #[test]
    fn a_verifier_is_the_one_that_postgresql_stores() {
        let salt = BASE64_STANDARD.decode("pxmUlpyJSnViPQlmIrDQog==").expect("base64");
        assert_eq!(
            verifier_with("correct-horse", &salt).expect("a verifier"),
            "SCRAM-SHA-256$4096:pxmUlpyJSnViPQlmIrDQog==$qorDwvHYgFZJWPswhJLsrkRvtJj7+RE3EL/5374+brk=:lHryEakgFRXAj+RTdDb8qGvc0qiQzRMXhBLBmRju8Dg="
        );
    }

    #[test]
    fn a_password_file_is_checked() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("password");
        std::fs::write(&file, "correct-horse\n").expect("written");
        assert_eq!(read(&file).expect("read"), "correct-horse");
        for wrong in ["", "short", "with space", "pass:word@host", &"a".repeat(129)] {
            std::fs::write(&file, wrong).expect("written");
            assert!(read(&file).is_err(), "{wrong}");
        }
        assert!(read(&folder.path().join("missing")).is_err());
    }

    #[test]
    fn generated_passwords_differ() {
        assert_ne!(generate().expect("one"), generate().expect("another"));
    }
}
