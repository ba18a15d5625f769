//! Identities that an OpenID provider asserts.

use crate::Error;

/// The maximum length of a subject, in characters (OpenID Connect Core 1.0, section 2).
pub const OPENID_SUBJECT_CHARS_MAX: usize = 255;

/// The maximum length of an issuer, in characters.
pub const OPENID_ISSUER_CHARS_MAX: usize = 1_000;

/// An identity at an OpenID provider. Issuer and subject together are unique and never assigned again. An e-mail address is
/// neither, so it identifies no person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OpenIdIdentity {
    issuer: String,
    subject: String,
}

impl OpenIdIdentity {
    /// Checks an identity. Issuer and subject are compared exactly, with case.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long text, and for control characters.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, Error> {
        check("issuer", issuer, OPENID_ISSUER_CHARS_MAX)?;
        check("subject", subject, OPENID_SUBJECT_CHARS_MAX)?;
        Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }

    /// The issuer's URL.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The provider's name for the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

fn check(field: &'static str, text: &str, chars_max: usize) -> Result<(), Error> {
    if !(1..=chars_max).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        let reason = format!("must be 1 to {chars_max} characters without control characters");
        return Err(Error::invalid(field, reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_has_an_issuer_and_a_subject() {
        let identity = OpenIdIdentity::new("https://login.example", "Anna").expect("an identity");
        assert_eq!((identity.issuer(), identity.subject()), ("https://login.example", "Anna"));
        assert_ne!(Ok(identity), OpenIdIdentity::new("https://login.example", "anna"));
        let long = "x".repeat(256);
        for subject in ["", "a\0", "a\n", &long] {
            assert!(OpenIdIdentity::new("https://login.example", subject).is_err(), "{subject:?}");
        }
        assert!(OpenIdIdentity::new("", "anna").is_err());
    }
}
