//! Sign-in, sign-out, and what people change of their own account.

use crate::password::normalize;
use crate::people::{audit, end_sessions, lock};
use crate::secret::{is_secret, random_secret};
use crate::totp::{self, TotpSecret};
use crate::{Access, Error, Result, SecretHash};
use domain::{AuditKind, Credential, NewPassword, Origin, PrincipalName};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};
use store::{SignInRecord, WriteTransaction};

/// The principal of a request that has not signed in yet.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// The subject of an audit event about a name that nobody has. The name itself is not logged: people type passwords into
/// the wrong field.
pub(crate) const UNKNOWN_PERSON: &str = "person:unknown";

/// The secret of a new session, for the cookie.
pub struct NewSession {
    /// The secret. Stored nowhere.
    pub secret: String,
}

/// The input of a sign-in.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// The name.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code of the authenticator app, or a recovery code. Empty without a second factor.
    pub code: &'a str,
    /// The browser's name for itself.
    pub user_agent: Option<&'a str>,
}

impl Access {
    /// Checks name, password and code, and creates a session. Each reason for a rejection has the same error and takes the
    /// time of a password hash.
    ///
    /// # Errors
    /// [`Error::SignInRejected`], [`Error::Throttled`], [`Error::Overloaded`], or a failure of the database.
    pub async fn sign_in(&self, origin: &Origin, sign_in: SignIn<'_>) -> Result<NewSession> {
        let name = PrincipalName::new(sign_in.name.trim());
        let name = name.as_ref().map_or("", PrincipalName::as_str);
        let record = self.verifier.store.person_for_sign_in(name).await?;
        let hash = record.and_then(|record| record.password_hash);
        let is_password = self.check_password(origin, name, sign_in.password, hash.clone()).await?;

        let mut transaction = self.verifier.store.begin().await?;
        // Compared again under lock: the password may have been changed, or the person disabled, in the meantime.
        let record = transaction.person_lock_for_sign_in(name).await?;
        let accepted = match record.as_ref() {
            Some(record) if is_password && record.password_hash == hash && !record.is_disabled => {
                second_factor(&mut transaction, record, sign_in.code).await?
            }
            _ => None,
        };
        let (Some(record), Some(factor)) = (record.as_ref(), accepted) else {
            let subject = record.map_or_else(|| UNKNOWN_PERSON.to_owned(), |_| format!("person:{name}"));
            let origin = Origin { actor: Cow::Borrowed(ANONYMOUS), ..origin.clone() };
            audit(&mut transaction, &origin, AuditKind::SignInFailed, &subject, None, None).await?;
            transaction.commit().await?;
            return Err(Error::SignInRejected);
        };
        let method = json!({"method": "password", "secondFactor": factor});
        let session = self
            .create_session(&mut transaction, origin, record.id, name, method, sign_in.user_agent)
            .await?;
        transaction.commit().await?;
        Ok(session)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn sign_out(&self, origin: &Origin, name: &PrincipalName, session: i64) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        if transaction.sessions_revoke(person.id, Some(session)).await? > 0 {
            audit(&mut transaction, origin, AuditKind::SignedOut, &person.actor(), None, None).await?;
        }
        self.commit(transaction).await
    }

    /// Returns the name and the display name of the person with a valid one-time link.
    ///
    /// # Errors
    /// [`Error::InvalidLink`], or a failure of the database.
    pub async fn link_owner(&self, secret: &str) -> Result<(String, String)> {
        if !is_secret(secret) {
            return Err(Error::InvalidLink);
        }
        let owner = self.verifier.store.password_link_owner(&SecretHash::of(secret).0).await?;
        owner.ok_or(Error::InvalidLink)
    }

    /// Uses a one-time link: sets the password, ends earlier sessions, and creates a session.
    ///
    /// # Errors
    /// [`Error::InvalidLink`], [`domain::Error::Invalid`] for a password against the rules, or a failure of the database.
    pub async fn link_accept(
        &self,
        origin: &Origin,
        secret: &str,
        password: &str,
        user_agent: Option<&str>,
    ) -> Result<NewSession> {
        let (name, display_name) = self.link_owner(secret).await?;
        let password = NewPassword::new(normalize(password), &[&name, &display_name])?;
        let hash = self.passwords.hash(password).await?;
        let mut transaction = self.verifier.store.begin().await?;
        let owner = transaction.password_link_use(&SecretHash::of(secret).0).await?;
        let name = PrincipalName::new(&owner.ok_or(Error::InvalidLink)?)?;
        let session = self.set_password(&mut transaction, origin, &name, &hash, user_agent).await?;
        self.commit(transaction).await?;
        Ok(session)
    }

    /// Changes the person's own password, ends all sessions of the person, and creates a session.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Throttled`], [`domain::Error::Invalid`] for a password against the rules, or a
    /// failure of the database.
    pub async fn password_change(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        current: &str,
        new: &str,
        user_agent: Option<&str>,
    ) -> Result<NewSession> {
        let current = self.confirm_password(origin, name, current).await?;
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        transaction.roll_back().await?;
        let new = NewPassword::new(normalize(new), &[&person.name, &person.display_name])?;
        let hash = self.passwords.hash(new).await?;
        let mut transaction = self.verifier.store.begin().await?;
        check_unchanged(&mut transaction, name, &current).await?;
        let session = self.set_password(&mut transaction, origin, name, &hash, user_agent).await?;
        self.commit(transaction).await?;
        Ok(session)
    }

    /// Sets the second factor, confirmed by the password and a code, and returns new recovery codes.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::WrongCode`], [`Error::Throttled`], or a failure of the database.
    pub async fn second_factor_set(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        password: &str,
        secret: &TotpSecret,
        code: &str,
    ) -> Result<Vec<String>> {
        let current = self.confirm_password(origin, name, password).await?;
        let step = secret.matching_step(code, unix_seconds()).ok_or(Error::WrongCode)?;
        let codes = totp::recovery_codes()?;
        let hashes: Vec<_> =
            codes.iter().filter_map(|code| hash_of_code(code)).map(|hash| hash.0.to_vec()).collect();
        let mut transaction = self.verifier.store.begin().await?;
        let record = check_unchanged(&mut transaction, name, &current).await?;
        transaction.person_set_totp(record.id, Some(secret.bytes()), step).await?;
        transaction.recovery_codes_replace(record.id, &hashes).await?;
        let (before, after) = (record.totp_secret.is_some(), true);
        audit_factor(&mut transaction, origin, name, before, after).await?;
        self.commit(transaction).await?;
        Ok(codes)
    }

    /// Removes the second factor, confirmed by the password.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Throttled`], or a failure of the database.
    pub async fn second_factor_remove(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        password: &str,
    ) -> Result<()> {
        let current = self.confirm_password(origin, name, password).await?;
        let mut transaction = self.verifier.store.begin().await?;
        let record = check_unchanged(&mut transaction, name, &current).await?;
        transaction.person_set_totp(record.id, None, 0).await?;
        transaction.recovery_codes_replace(record.id, &[]).await?;
        audit_factor(&mut transaction, origin, name, record.totp_secret.is_some(), false).await?;
        self.commit(transaction).await
    }

    /// Counts an attempt, and returns whether the password has this hash.
    async fn check_password(
        &self,
        origin: &Origin,
        name: &str,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool> {
        // First a place in the queue of hashes, so that each entry of the throttle costs a hash.
        let place = self.passwords.place()?;
        self.throttle.check(name, origin.address)?;
        self.passwords.verify(place, password, hash).await
    }

    /// Checks the password of a signed-in person. Returns its hash.
    pub(crate) async fn confirm_password(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        password: &str,
    ) -> Result<String> {
        let record = self.verifier.store.person_for_sign_in(name.as_str()).await?;
        let hash = record.and_then(|record| record.password_hash);
        match (self.check_password(origin, name.as_str(), password, hash.clone()).await?, hash) {
            (true, Some(hash)) => Ok(hash),
            _ => Err(Error::WrongPassword),
        }
    }

    async fn set_password(
        &self,
        transaction: &mut WriteTransaction,
        origin: &Origin,
        name: &PrincipalName,
        hash: &str,
        user_agent: Option<&str>,
    ) -> Result<NewSession> {
        let person = lock(transaction, name).await?;
        let origin = &Origin { actor: person.actor().into(), ..origin.clone() };
        transaction.person_set_password(person.id, Some(hash)).await?;
        transaction.password_link_delete(person.id).await?;
        audit(transaction, origin, AuditKind::PasswordChanged, &person.actor(), None, None).await?;
        end_sessions(transaction, origin, &person).await?;
        let method = json!({"method": "password", "secondFactor": "none"});
        self.create_session(transaction, origin, person.id, &person.name, method, user_agent).await
    }

    /// Creates a session. `method` describes the sign-in in the audit log.
    pub(crate) async fn create_session(
        &self,
        transaction: &mut WriteTransaction,
        origin: &Origin,
        person: i64,
        name: &str,
        method: Value,
        user_agent: Option<&str>,
    ) -> Result<NewSession> {
        let secret = random_secret()?;
        let (hash, lifetime) = (SecretHash::of(&secret), self.settings.session_lifetime.as_secs_f64());
        let id = transaction.session_create(person, &hash.0, lifetime, origin.address, user_agent).await?;
        let subject = format!("person:{name}");
        let (actor, credential) = (subject.clone().into(), Some(Credential::Session(id)));
        let origin = Origin { actor, credential, ..origin.clone() };
        audit(transaction, &origin, AuditKind::SignedIn, &subject, None, Some(method)).await?;
        Ok(NewSession { secret })
    }
}

/// Checks the second factor of a person. Returns its name, `none` if the person has not set one; `None` if the code is
/// rejected. A code is accepted once.
async fn second_factor(
    transaction: &mut WriteTransaction,
    record: &SignInRecord,
    code: &str,
) -> Result<Option<&'static str>> {
    let Some(secret) = &record.totp_secret else { return Ok(Some("none")) };
    let secret = TotpSecret::from_bytes(secret);
    if let Some(step) = secret.and_then(|secret| secret.matching_step(code, unix_seconds())) {
        return Ok(transaction.totp_step_use(record.id, step).await?.then_some("authenticator"));
    }
    match hash_of_code(code) {
        Some(hash) => Ok(transaction.recovery_code_use(record.id, &hash.0).await?.then_some("recovery code")),
        None => Ok(None),
    }
}

/// Locks a person, and checks that the password is still the one with this hash.
pub(crate) async fn check_unchanged(
    transaction: &mut WriteTransaction,
    name: &PrincipalName,
    hash: &str,
) -> Result<SignInRecord> {
    let record = transaction.person_lock_for_sign_in(name.as_str()).await?;
    let record = record.filter(|record| record.password_hash.as_deref() == Some(hash) && !record.is_disabled);
    record.ok_or(Error::WrongPassword)
}

async fn audit_factor(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    name: &PrincipalName,
    before: bool,
    after: bool,
) -> Result<()> {
    let factor = |is_set: bool| Some(json!({"secondFactor": is_set}));
    let subject = format!("person:{name}");
    let kind = AuditKind::SecondFactorChanged;
    audit(transaction, origin, kind, &subject, factor(before), factor(after)).await
}

fn hash_of_code(code: &str) -> Option<SecretHash> {
    totp::recovery_code(code).map(|code| SecretHash::of(&code))
}

fn unix_seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
