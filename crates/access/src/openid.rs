//! Sign-in by an OpenID provider: attempts, and the identities of people. `openid` talks to the provider.
//!
//! **Invariant:** an identity is linked to a person only with a one-time link, or by the signed-in person with the password.
//! No name and no e-mail address of the provider selects a person.

use crate::people::{audit, described_identity, end_sessions, lock, unlink};
use crate::secret::{is_secret, random_secret};
use crate::sign_in::{ANONYMOUS, NewSession, UNKNOWN_PERSON, check_unchanged};
use crate::{Access, Error, Result, SecretHash};
use domain::{AuditKind, OpenIdIdentity, Origin, Person, PrincipalName};
use serde_json::json;
use std::borrow::Cow;
use store::{OpenIdAttempt, WriteTransaction};

/// The purpose of an attempt.
#[derive(Clone, Copy)]
pub enum OpenIdPurpose<'a> {
    /// A sign-in of the person who is linked to the identity.
    SignIn,
    /// The use of a one-time link: its owner is linked to the identity, and signs in.
    Invitation {
        /// The secret of the link.
        secret: &'a str,
    },
    /// The signed-in person is linked to the identity.
    Link {
        /// The name of the person.
        name: &'a PrincipalName,
        /// The current password.
        password: &'a str,
    },
}

/// The reason why a provider's response is rejected, in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenIdRejection {
    /// The provider answers with an error, for example because the person cancels.
    Denied,
    /// The provider does not answer.
    Unavailable,
    /// The code or the ID token is invalid, or from another issuer.
    Invalid,
}

impl OpenIdRejection {
    fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied by the provider",
            Self::Unavailable => "provider unavailable",
            Self::Invalid => "invalid response",
        }
    }
}

impl Access {
    /// Starts an attempt. Returns its secret for the browser's cookie. The attempt expires after 10 minutes.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::InvalidLink`], [`Error::WrongPassword`], or a failure of the database.
    pub async fn openid_start(
        &self,
        origin: &Origin,
        purpose: OpenIdPurpose<'_>,
        next: &str,
    ) -> Result<String> {
        self.throttle.check_provider(origin.address)?;
        let mut attempt = OpenIdAttempt { next: next.to_owned(), link_hash: None, person_id: None };
        match purpose {
            OpenIdPurpose::SignIn => {}
            OpenIdPurpose::Invitation { secret } => {
                self.link_owner(secret).await?;
                attempt.link_hash = Some(SecretHash::of(secret).0.to_vec());
            }
            OpenIdPurpose::Link { name, password } => {
                self.confirm_password(origin, name, password).await?;
                attempt.person_id = Some(self.person(name).await?.id);
            }
        }
        let secret = random_secret()?;
        self.verifier.store.openid_attempt_create(&SecretHash::of(&secret).0, &attempt).await?;
        Ok(secret)
    }

    /// Uses an attempt. Each attempt is used once, whether the sign-in succeeds or not.
    ///
    /// # Errors
    /// [`Error::InvalidAttempt`], or a failure of the database.
    pub async fn openid_use(&self, secret: &str) -> Result<OpenIdAttempt> {
        if !is_secret(secret) {
            return Err(Error::InvalidAttempt);
        }
        let attempt = self.verifier.store.openid_attempt_use(&SecretHash::of(secret).0).await?;
        attempt.ok_or(Error::InvalidAttempt)
    }

    /// Finishes an attempt with the identity that the provider asserts. Returns the new session; `None` if the signed-in
    /// person was linked, whose session continues. Stockhold's second factor is not asked for.
    ///
    /// # Errors
    /// [`Error::IdentityRejected`] if no enabled person is linked to the identity, [`Error::IdentityTaken`],
    /// [`Error::InvalidLink`], [`Error::InvalidAttempt`] if another person is signed in than the one who started to link, or
    /// a failure of the database.
    pub async fn openid_finish(
        &self,
        origin: &Origin,
        attempt: &OpenIdAttempt,
        identity: &OpenIdIdentity,
        signed_in: Option<&PrincipalName>,
        user_agent: Option<&str>,
    ) -> Result<Option<NewSession>> {
        let mut transaction = self.verifier.store.begin().await?;
        if attempt.person_id.is_some() {
            let person = lock(&mut transaction, signed_in.ok_or(Error::InvalidAttempt)?).await?;
            if attempt.person_id != Some(person.id) || person.disabled_at.is_some() {
                return Err(Error::InvalidAttempt);
            }
            link(&mut transaction, origin, &person, identity).await?;
            self.commit(transaction).await?;
            return Ok(None);
        }
        let owner = match &attempt.link_hash {
            Some(hash) => {
                let hash = hash.as_slice().try_into().map_err(|_| Error::InvalidLink)?;
                let owner = transaction.password_link_use(hash).await?;
                Some(owner.ok_or(Error::InvalidLink)?)
            }
            None => transaction.openid_person(identity).await?,
        };
        let person = match &owner {
            Some(name) => Some(lock(&mut transaction, &PrincipalName::new(name)?).await?),
            None => None,
        };
        let subject = person.as_ref().map_or(UNKNOWN_PERSON.to_owned(), Person::actor);
        let Some(person) = person.filter(|person| person.disabled_at.is_none()) else {
            let reason = "no enabled person is linked";
            reject(&mut transaction, origin, &subject, reason).await?;
            transaction.commit().await?;
            return Err(Error::IdentityRejected);
        };
        if attempt.link_hash.is_some() {
            let origin = &Origin { actor: person.actor().into(), ..origin.clone() };
            link(&mut transaction, origin, &person, identity).await?;
            end_sessions(&mut transaction, origin, &person).await?;
        }
        let method = json!({"method": "openid"});
        let session = self
            .create_session(&mut transaction, origin, person.id, &person.name, method, user_agent)
            .await?;
        self.commit(transaction).await?;
        Ok(Some(session))
    }

    /// Writes a rejected response of the provider into the audit log.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn openid_rejected(&self, origin: &Origin, reason: OpenIdRejection) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        reject(&mut transaction, origin, UNKNOWN_PERSON, reason.as_str()).await?;
        Ok(transaction.commit().await?)
    }

    /// Removes the person's own identity, confirmed by the password. Ends all sessions of the person, and creates a session.
    /// The password is required, so that a person without one keeps a way to sign in.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Throttled`], or a failure of the database.
    pub async fn openid_remove(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        password: &str,
        user_agent: Option<&str>,
    ) -> Result<NewSession> {
        let current = self.confirm_password(origin, name, password).await?;
        let mut transaction = self.verifier.store.begin().await?;
        check_unchanged(&mut transaction, name, &current).await?;
        let person = lock(&mut transaction, name).await?;
        unlink(&mut transaction, origin, &person).await?;
        end_sessions(&mut transaction, origin, &person).await?;
        let method = json!({"method": "password", "secondFactor": "none"});
        let session = self
            .create_session(&mut transaction, origin, person.id, &person.name, method, user_agent)
            .await?;
        self.commit(transaction).await?;
        Ok(session)
    }
}

/// Links a person to an identity, which replaces an earlier one.
async fn link(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    person: &Person,
    identity: &OpenIdIdentity,
) -> Result<()> {
    let before = transaction.openid_identity(person.id).await?;
    transaction.openid_unlink(person.id).await?;
    if !transaction.openid_link(person.id, identity).await? {
        return Err(Error::IdentityTaken);
    }
    let after = Some(described_identity(identity.issuer(), identity.subject()));
    let before = before.map(|(issuer, subject)| described_identity(&issuer, &subject));
    audit(transaction, origin, AuditKind::IdentityChanged, &person.actor(), before, after).await
}

async fn reject(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    subject: &str,
    reason: &str,
) -> Result<()> {
    let origin = Origin { actor: Cow::Borrowed(ANONYMOUS), ..origin.clone() };
    let after = Some(json!({"method": "openid", "reason": reason}));
    audit(transaction, &origin, AuditKind::SignInFailed, subject, None, after).await
}
