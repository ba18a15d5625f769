//! The values that bind the response of a provider to the browser and the request that it answers.

use sha2::{Digest as _, Sha256};

/// An attempt to sign in. State, nonce and PKCE verifier are derived from one random secret, which only the browser has.
/// Each is a SHA-256, so one of them reveals neither the secret nor the other two.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    secret: &'a str,
    redirect: &'a str,
}

impl<'a> Attempt<'a> {
    /// Returns the attempt with a secret of at least 128 random bits. The provider redirects to the URL `redirect`, which
    /// must be registered there.
    pub fn new(secret: &'a str, redirect: &'a str) -> Self {
        Self { secret, redirect }
    }

    /// Returns whether a response with this state belongs to the attempt. The comparison of hashes leaks nothing by its time.
    pub fn has_state(&self, state: &str) -> bool {
        Sha256::digest(state) == Sha256::digest(self.state())
    }

    pub(crate) fn redirect(&self) -> &str {
        self.redirect
    }

    pub(crate) fn state(&self) -> String {
        self.derive("state")
    }

    pub(crate) fn nonce(&self) -> String {
        self.derive("nonce")
    }

    pub(crate) fn verifier(&self) -> String {
        self.derive("verifier")
    }

    fn derive(&self, purpose: &str) -> String {
        let hash = Sha256::new().chain_update(purpose).chain_update([0]).chain_update(self.secret);
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_an_attempt_differ() {
        let (attempt, other) = (Attempt::new("a", "https://shop/"), Attempt::new("b", "https://shop/"));
        let mut values = vec![attempt.state(), attempt.nonce(), attempt.verifier(), other.state()];
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 4);
        assert!(values.iter().all(|value| value.len() == 64), "PKCE needs 43 to 128 characters");
    }

    #[test]
    fn a_state_belongs_to_its_attempt_only() {
        let attempt = Attempt::new("a", "https://shop/");
        assert!(attempt.has_state(&attempt.state()));
        assert!(!attempt.has_state(&Attempt::new("b", "https://shop/").state()));
        assert!(!attempt.has_state(&attempt.nonce()) && !attempt.has_state(""));
    }
}
