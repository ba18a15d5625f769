//! People: invitations, roles, passwords. Each change is written together with its audit event.

use crate::password::{LOCKED, normalize};
use crate::secret::random_secret;
use crate::warehouses::ids;
use crate::{Access, Error, Result, SecretHash};
use domain::{
    AllowedWarehouses, AuditKind, DisplayName, NewAuditEvent, NewPassword, Origin, Person, PrincipalName,
    Role, Session, check_person_limit,
};
use serde_json::{Value, json};
use store::WriteTransaction;

/// The lifetime of a one-time link, in hours.
pub const LINK_HOURS: i32 = 24;

/// A one-time link to choose a password. Shown once.
#[derive(Clone)]
pub struct PasswordLink {
    /// The person.
    pub name: String,
    /// The secret in the link.
    pub secret: String,
}

/// A request to add a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The name for the sign-in.
    pub name: PrincipalName,
    /// The name that the console shows.
    pub display_name: DisplayName,
    /// The role.
    pub role: Role,
    /// The warehouses whose stock the person may change.
    pub warehouses: AllowedWarehouses,
}

impl Access {
    /// Returns all people, ordered by name.
    pub async fn person_list(&self) -> Result<Vec<Person>> {
        Ok(self.verifier.store.person_list(self.settings.session_idle.as_secs_f64()).await?)
    }

    /// Returns a person.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], or a failure of the database.
    pub async fn person(&self, name: &PrincipalName) -> Result<Person> {
        let person = self.person_list().await?.into_iter().find(|person| person.name == name.as_str());
        person.ok_or_else(|| Error::PersonNotFound(name.to_string()))
    }

    /// Returns the valid sessions of a person, latest first.
    pub async fn session_list(&self, name: &str) -> Result<Vec<Session>> {
        Ok(self.verifier.store.session_list(name, self.settings.session_idle.as_secs_f64()).await?)
    }

    /// Adds a person without a password, and returns the link to choose one.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a limit of an administrator, [`domain::Error::WarehouseNotFound`],
    /// [`Error::PersonNameTaken`], [`Error::Random`], or a failure of the database.
    pub async fn person_invite(&self, origin: &Origin, new: &NewPerson) -> Result<PasswordLink> {
        let mut transaction = self.verifier.store.begin().await?;
        let id = create(&mut transaction, new, None).await?;
        let subject = format!("person:{}", new.name);
        let after = Some(described(new));
        audit(&mut transaction, origin, AuditKind::PersonInvited, &subject, None, after).await?;
        let link = link(&mut transaction, id, new.name.as_str()).await?;
        self.commit(transaction).await?;
        Ok(link)
    }

    /// Adds a person with a password.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a password against the rules and for a limit of an administrator,
    /// [`domain::Error::WarehouseNotFound`], [`Error::PersonNameTaken`], or a failure of the database.
    pub async fn person_add(&self, origin: &Origin, new: &NewPerson, password: &str) -> Result<()> {
        let names = [new.name.as_str(), new.display_name.as_str()];
        let password = NewPassword::new(normalize(password), &names)?;
        let hash = self.passwords.hash(password).await?;
        let mut transaction = self.verifier.store.begin().await?;
        create(&mut transaction, new, Some(&hash)).await?;
        let subject = format!("person:{}", new.name);
        let after = Some(described(new));
        audit(&mut transaction, origin, AuditKind::PersonCreated, &subject, None, after).await?;
        self.commit(transaction).await
    }

    /// Ends all sessions of a person, removes password, second factor and identity, and returns the link to choose a
    /// password.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], [`Error::PersonDisabled`], or a failure of the database.
    pub async fn person_reset(&self, origin: &Origin, name: &PrincipalName) -> Result<PasswordLink> {
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        if person.disabled_at.is_some() {
            return Err(Error::PersonDisabled(person.name));
        }
        // The hash stays set, so that local access does not return after the reset of the last administrator.
        if person.can_sign_in() {
            transaction.person_set_password(person.id, Some(LOCKED)).await?;
        }
        unlink(&mut transaction, origin, &person).await?;
        transaction.person_set_totp(person.id, None, 0).await?;
        transaction.recovery_codes_replace(person.id, &[]).await?;
        let before = Some(json!({"secondFactor": person.has_second_factor}));
        audit(
            &mut transaction,
            origin,
            AuditKind::PasswordChanged,
            &person.actor(),
            before,
            Some(json!({"reset": true})),
        )
        .await?;
        end_sessions(&mut transaction, origin, &person).await?;
        let link = link(&mut transaction, person.id, &person.name).await?;
        self.commit(transaction).await?;
        Ok(link)
    }

    /// Changes the role of a person, and ends the person's sessions.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], [`Error::LastAdministrator`], [`domain::Error::Invalid`] for the role administrator of a
    /// limited person, or a failure of the database.
    pub async fn person_set_role(&self, origin: &Origin, name: &PrincipalName, role: Role) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let administrators = transaction.administrators_lock().await?;
        let person = lock(&mut transaction, name).await?;
        if person.role == role {
            return Ok(());
        }
        keep_an_administrator(&administrators, &person)?;
        check_person_limit(role, &person.warehouses)?;
        transaction.person_set_role(person.id, role).await?;
        let (before, after) = (json!({"role": person.role.as_str()}), json!({"role": role.as_str()}));
        audit(&mut transaction, origin, AuditKind::PersonChanged, &person.actor(), Some(before), Some(after))
            .await?;
        end_sessions(&mut transaction, origin, &person).await?;
        self.commit(transaction).await
    }

    /// Changes the warehouses whose stock a person may change. Requests that are authenticated later have the new limit.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for an administrator, [`Error::PersonNotFound`], [`domain::Error::WarehouseNotFound`], or a
    /// failure of the database.
    pub async fn person_set_warehouses(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        warehouses: &AllowedWarehouses,
    ) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        if person.warehouses == *warehouses {
            return Ok(());
        }
        check_person_limit(person.role, warehouses)?;
        transaction.allowed_warehouses_check(warehouses).await?;
        transaction.person_set_warehouses(person.id, warehouses).await?;
        let [before, after] =
            [&person.warehouses, warehouses].map(|allowed| json!({"warehouseIds": ids(allowed)}));
        audit(&mut transaction, origin, AuditKind::PersonChanged, &person.actor(), Some(before), Some(after))
            .await?;
        self.commit(transaction).await
    }

    /// Disables a person, ends the person's sessions, and makes the one-time link invalid.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], [`Error::LastAdministrator`], or a failure of the database.
    pub async fn person_disable(&self, origin: &Origin, name: &PrincipalName) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let administrators = transaction.administrators_lock().await?;
        let person = lock(&mut transaction, name).await?;
        if person.disabled_at.is_some() {
            return Ok(());
        }
        keep_an_administrator(&administrators, &person)?;
        transaction.person_set_disabled(person.id, true).await?;
        transaction.password_link_delete(person.id).await?;
        let before = Some(json!({"role": person.role.as_str()}));
        audit(&mut transaction, origin, AuditKind::PersonDisabled, &person.actor(), before, None).await?;
        end_sessions(&mut transaction, origin, &person).await?;
        self.commit(transaction).await
    }

    /// Enables a person again.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], or a failure of the database.
    pub async fn person_enable(&self, origin: &Origin, name: &PrincipalName) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        if person.disabled_at.is_some() {
            transaction.person_set_disabled(person.id, false).await?;
            let (before, after) = (Some(json!({"disabled": true})), Some(json!({"disabled": false})));
            audit(&mut transaction, origin, AuditKind::PersonChanged, &person.actor(), before, after).await?;
        }
        self.commit(transaction).await
    }

    /// Ends one session of a person, or all if `session` is absent. Returns the number of sessions that were valid.
    ///
    /// # Errors
    /// [`Error::PersonNotFound`], or a failure of the database.
    pub async fn sessions_revoke(
        &self,
        origin: &Origin,
        name: &PrincipalName,
        session: Option<i64>,
    ) -> Result<u64> {
        let mut transaction = self.verifier.store.begin().await?;
        let person = lock(&mut transaction, name).await?;
        let ended = match session {
            None => end_sessions(&mut transaction, origin, &person).await?,
            Some(id) => {
                let ended = transaction.sessions_revoke(person.id, session).await?;
                if ended > 0 {
                    let before = Some(json!({"session": id}));
                    let kind = AuditKind::SessionsRevoked;
                    audit(&mut transaction, origin, kind, &person.actor(), before, None).await?;
                }
                ended
            }
        };
        self.commit(transaction).await?;
        Ok(ended)
    }
}

async fn create(transaction: &mut WriteTransaction, new: &NewPerson, hash: Option<&str>) -> Result<i64> {
    check_person_limit(new.role, &new.warehouses)?;
    transaction.allowed_warehouses_check(&new.warehouses).await?;
    let id = transaction.person_create(&new.name, &new.display_name, new.role, &new.warehouses, hash).await?;
    id.ok_or_else(|| Error::PersonNameTaken(new.name.to_string()))
}

fn described(new: &NewPerson) -> Value {
    json!({
        "displayName": new.display_name.as_str(),
        "role": new.role.as_str(),
        "warehouseIds": ids(&new.warehouses),
    })
}

pub(crate) async fn lock(transaction: &mut WriteTransaction, name: &PrincipalName) -> Result<Person> {
    let person = transaction.person_lock(name.as_str()).await?;
    person.ok_or_else(|| Error::PersonNotFound(name.to_string()))
}

async fn link(transaction: &mut WriteTransaction, person: i64, name: &str) -> Result<PasswordLink> {
    let secret = random_secret()?;
    transaction.password_link_create(person, &SecretHash::of(&secret).0, LINK_HOURS).await?;
    Ok(PasswordLink { name: name.to_owned(), secret })
}

/// Checks that another administrator can sign in.
fn keep_an_administrator(administrators: &[i64], person: &Person) -> Result<()> {
    match person.is_active_administrator() && administrators.iter().all(|id| *id == person.id) {
        true => Err(Error::LastAdministrator(person.name.clone())),
        false => Ok(()),
    }
}

pub(crate) async fn end_sessions(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    person: &Person,
) -> Result<u64> {
    let ended = transaction.sessions_revoke(person.id, None).await?;
    if ended > 0 {
        let before = Some(json!({"sessions": ended}));
        audit(transaction, origin, AuditKind::SessionsRevoked, &person.actor(), before, None).await?;
    }
    Ok(ended)
}

/// Removes the identity of a person, if there is one.
pub(crate) async fn unlink(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    person: &Person,
) -> Result<()> {
    let Some((issuer, subject)) = transaction.openid_identity(person.id).await? else { return Ok(()) };
    transaction.openid_unlink(person.id).await?;
    let before = Some(described_identity(&issuer, &subject));
    audit(transaction, origin, AuditKind::IdentityChanged, &person.actor(), before, None).await
}

/// Returns an identity for the audit log.
pub(crate) fn described_identity(issuer: &str, subject: &str) -> Value {
    json!({"issuer": issuer, "subject": subject})
}

pub(crate) async fn audit(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    kind: AuditKind,
    subject: &str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    let event = NewAuditEvent { origin, kind, subject, before: text(before), after: text(after) };
    Ok(transaction.audit_insert(&event).await?)
}
