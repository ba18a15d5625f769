//! Password hashes: Argon2id, computed on threads that may block.

use crate::{Error, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::NewPassword;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization as _;

/// The memory of one hash, in KiB: 19 MiB, as OWASP recommends.
const MEMORY_KIB: u32 = 19 * 1024;

/// The passes over the memory.
const PASSES: u32 = 2;

/// The lanes of the memory.
const LANES: u32 = 1;

/// The bytes of a salt.
const SALT_BYTES: usize = 16;

/// The maximum number of hashes at the same time. Each uses a core and [`MEMORY_KIB`].
const CONCURRENT_MAX: usize = 2;

/// The maximum number of waiting hashes.
const WAITING_MAX: usize = 32;

/// The hash that is verified for an unknown name, so that it takes as long as a known one. No password has it.
const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3RvY2tob2xkLW5vbmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of a password that was reset. It is not in the PHC format, so that no password matches it.
pub(crate) const LOCKED: &str = "!";

/// Computes password hashes.
pub(crate) struct Passwords {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self { running: Arc::new(Semaphore::new(CONCURRENT_MAX)), waiting: Semaphore::new(WAITING_MAX) }
    }

    /// Returns the hash of a new password, in the PHC string format.
    ///
    /// # Errors
    /// [`Error::Overloaded`], [`Error::Random`].
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(Error::Random)?;
        let place = self.place()?;
        self.run(place, move || {
            let salt = SaltString::encode_b64(&salt).ok()?;
            Some(argon2()?.hash_password(password.as_str().as_bytes(), &salt).ok()?.to_string())
        })
        .await?
        .ok_or(Error::Hash)
    }

    /// Returns a place in the queue.
    ///
    /// # Errors
    /// [`Error::Overloaded`].
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>> {
        self.waiting.try_acquire().map_err(|_| Error::Overloaded)
    }

    /// Returns whether a password has this hash. Takes as long without a hash, and returns `false`.
    ///
    /// # Errors
    /// [`Error::Overloaded`].
    pub(crate) async fn verify(
        &self,
        place: SemaphorePermit<'_>,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool> {
        let password = normalize(password);
        self.run(place, move || {
            let hash = hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
            let is_known = hash.is_some();
            let Some(hash) = hash.or_else(|| PasswordHash::new(UNKNOWN).ok()) else { return false };
            let verified =
                argon2().is_some_and(|argon2| argon2.verify_password(password.as_bytes(), &hash).is_ok());
            verified && is_known
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        place: SemaphorePermit<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        // The semaphore is never closed.
        let turn = self.running.clone().acquire_owned().await.map_err(|_| Error::Overloaded)?;
        drop(place);
        // The turn is moved to the thread: the hash goes on if the request ends.
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Overloaded)
    }
}

/// Returns the Unicode normalization (NFKC) of a password: keyboards enter the same character in different ways.
pub(crate) fn normalize(password: &str) -> String {
    password.nfkc().collect()
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn verify(passwords: &Passwords, password: &str, hash: Option<String>) -> bool {
        passwords.verify(passwords.place().expect("a place"), password, hash).await.expect("a result")
    }

    #[tokio::test]
    async fn a_password_is_verified_in_any_unicode_form() {
        let passwords = Passwords::new();
        let new = NewPassword::new(normalize("Ångström näht"), &[]).expect("a password");
        let hash = passwords.hash(new).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(&passwords, "A\u{30a}ngstro\u{308}m na\u{308}ht", Some(hash.clone())).await);
        assert!(!verify(&passwords, "Angstrom naht", Some(hash)).await);
        for hash in [None, Some(LOCKED.to_owned()), Some(String::new())] {
            assert!(!verify(&passwords, LOCKED, hash).await);
        }
    }

    #[tokio::test]
    async fn a_check_costs_the_same_hash_for_an_unknown_name() {
        let new = NewPassword::new("correct horse".to_owned(), &[]).expect("a password");
        let known = Passwords::new().hash(new).await.expect("a hash");
        let [known, unknown] = [known.as_str(), UNKNOWN].map(|hash| PasswordHash::new(hash).expect("a hash"));
        assert_eq!((known.algorithm, known.version), (unknown.algorithm, unknown.version));
        assert_eq!(known.params, unknown.params);
        let length = |hash: &PasswordHash<'_>| hash.hash.map(|output| output.len());
        assert_eq!(length(&known), length(&unknown));
    }
}
