use crate::warehouses::{allowed_warehouses, warehouse_ids};
use crate::{Result, Store, WriteTransaction};
use domain::{AllowedWarehouses, DisplayName, Person, PrincipalName, Role, Time};

/// The properties of a person that a sign-in needs.
#[derive(Debug, Clone)]
pub struct SignInRecord {
    /// The person's id.
    pub id: i64,
    /// The hash of the password, in the PHC string format.
    pub password_hash: Option<String>,
    /// The secret of the authenticator app.
    pub totp_secret: Option<Vec<u8>>,
    /// Whether the person is disabled.
    pub is_disabled: bool,
}

/// A row of `people`, without its secrets.
struct PersonRow {
    id: i64,
    name: String,
    display_name: String,
    role: String,
    warehouse_ids: Option<Vec<i64>>,
    created_at: Time,
    disabled_at: Option<Time>,
    has_password: bool,
    has_second_factor: bool,
    has_openid: bool,
    sessions: i64,
}

impl PersonRow {
    fn person(self) -> Result<Person> {
        Ok(Person {
            id: self.id,
            name: self.name,
            display_name: self.display_name,
            role: Role::parse(&self.role)?,
            warehouses: allowed_warehouses(self.warehouse_ids)?,
            created_at: self.created_at,
            disabled_at: self.disabled_at,
            has_password: self.has_password,
            has_second_factor: self.has_second_factor,
            has_openid: self.has_openid,
            sessions: self.sessions,
        })
    }
}

impl Store {
    /// Returns all people, ordered by name. A session is valid until it is unused for `idle_seconds`.
    pub async fn person_list(&self, idle_seconds: f64) -> Result<Vec<Person>> {
        let rows = sqlx::query_as!(
            PersonRow,
            r#"SELECT id, name, display_name, role, warehouse_ids, created_at, disabled_at,
                      password_hash IS NOT NULL AS "has_password!", totp_secret IS NOT NULL AS "has_second_factor!",
                      EXISTS (SELECT FROM openid_identities WHERE person_id = people.id) AS "has_openid!",
                      (SELECT count(*) FROM sessions
                        WHERE person_id = people.id AND revoked_at IS NULL AND expires_at > now()
                          AND last_seen_at > now() - make_interval(secs => $1)) AS "sessions!"
                 FROM people ORDER BY name"#,
            idle_seconds
        )
        .fetch_all(&self.lookups)
        .await?;
        rows.into_iter().map(PersonRow::person).collect()
    }

    /// Returns what a sign-in needs; `None` if nobody has this name.
    pub async fn person_for_sign_in(&self, name: &str) -> Result<Option<SignInRecord>> {
        let record = sqlx::query_as!(
            SignInRecord,
            r#"SELECT id, password_hash, totp_secret, disabled_at IS NOT NULL AS "is_disabled!"
                 FROM people WHERE name = $1"#,
            name
        );
        Ok(record.fetch_optional(&self.lookups).await?)
    }

    /// Returns the name and the display name of the person with a valid one-time link.
    pub async fn password_link_owner(&self, hash: &[u8; 32]) -> Result<Option<(String, String)>> {
        let row = sqlx::query!(
            "SELECT name, display_name FROM password_links JOIN people ON people.id = person_id
              WHERE hash = $1 AND expires_at > now() AND disabled_at IS NULL",
            hash.as_slice()
        );
        let row = row.fetch_optional(&self.lookups).await?;
        Ok(row.map(|row| (row.name, row.display_name)))
    }
}

impl WriteTransaction {
    /// Adds a person. Returns `None` if the name is taken.
    pub async fn person_create(
        &mut self,
        name: &PrincipalName,
        display_name: &DisplayName,
        role: Role,
        warehouses: &AllowedWarehouses,
        password_hash: Option<&str>,
    ) -> Result<Option<i64>> {
        let warehouses = warehouse_ids(warehouses);
        let id = sqlx::query_scalar!(
            "INSERT INTO people (name, display_name, role, warehouse_ids, password_hash) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT people_name_key DO NOTHING RETURNING id",
            name.as_str(),
            display_name.as_str(),
            role.as_str(),
            warehouses.as_deref(),
            password_hash
        );
        Ok(id.fetch_optional(&mut *self.transaction).await?)
    }

    /// Locks a person. Returns `None` if nobody has this name.
    pub async fn person_lock(&mut self, name: &str) -> Result<Option<Person>> {
        let row = sqlx::query_as!(
            PersonRow,
            r#"SELECT id, name, display_name, role, warehouse_ids, created_at, disabled_at,
                      password_hash IS NOT NULL AS "has_password!", totp_secret IS NOT NULL AS "has_second_factor!",
                      EXISTS (SELECT FROM openid_identities WHERE person_id = people.id) AS "has_openid!",
                      0::bigint AS "sessions!"
                 FROM people WHERE name = $1 FOR NO KEY UPDATE"#,
            name
        );
        row.fetch_optional(&mut *self.transaction).await?.map(PersonRow::person).transpose()
    }

    /// Locks a person, and returns what a sign-in needs. Returns `None` if nobody has this name.
    pub async fn person_lock_for_sign_in(&mut self, name: &str) -> Result<Option<SignInRecord>> {
        let record = sqlx::query_as!(
            SignInRecord,
            r#"SELECT id, password_hash, totp_secret, disabled_at IS NOT NULL AS "is_disabled!"
                 FROM people WHERE name = $1 FOR NO KEY UPDATE"#,
            name
        );
        Ok(record.fetch_optional(&mut *self.transaction).await?)
    }

    /// Locks the administrators who can sign in, by ascending id, and returns their ids.
    pub async fn administrators_lock(&mut self) -> Result<Vec<i64>> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM people
              WHERE role = 'administrator' AND disabled_at IS NULL
                AND (password_hash IS NOT NULL
                     OR EXISTS (SELECT FROM openid_identities WHERE person_id = people.id))
              ORDER BY id FOR NO KEY UPDATE"
        );
        Ok(ids.fetch_all(&mut *self.transaction).await?)
    }

    /// Changes the role of a person.
    pub async fn person_set_role(&mut self, person: i64, role: Role) -> Result<()> {
        sqlx::query!("UPDATE people SET role = $2 WHERE id = $1", person, role.as_str())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Changes the warehouses of a person.
    pub async fn person_set_warehouses(&mut self, person: i64, allowed: &AllowedWarehouses) -> Result<()> {
        let ids = warehouse_ids(allowed);
        sqlx::query!("UPDATE people SET warehouse_ids = $2 WHERE id = $1", person, ids.as_deref())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Disables or enables a person.
    pub async fn person_set_disabled(&mut self, person: i64, is_disabled: bool) -> Result<()> {
        sqlx::query!(
            "UPDATE people SET disabled_at = CASE WHEN $2 THEN now() END WHERE id = $1",
            person,
            is_disabled
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Sets the hash of a person's password, or removes it.
    pub async fn person_set_password(&mut self, person: i64, password_hash: Option<&str>) -> Result<()> {
        sqlx::query!("UPDATE people SET password_hash = $2 WHERE id = $1", person, password_hash)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Sets the second factor of a person, or removes it. The code of `last_step` was used to set it.
    pub async fn person_set_totp(
        &mut self,
        person: i64,
        secret: Option<&[u8]>,
        last_step: i64,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE people SET totp_secret = $2, totp_last_step = $3 WHERE id = $1",
            person,
            secret,
            last_step
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Uses the code of a time step. Returns whether neither it nor a later one was used before.
    pub async fn totp_step_use(&mut self, person: i64, step: i64) -> Result<bool> {
        let used = sqlx::query!(
            "UPDATE people SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2",
            person,
            step
        );
        Ok(used.execute(&mut *self.transaction).await?.rows_affected() == 1)
    }

    /// Replaces the recovery codes of a person.
    pub async fn recovery_codes_replace(&mut self, person: i64, hashes: &[Vec<u8>]) -> Result<()> {
        sqlx::query!("DELETE FROM recovery_codes WHERE person_id = $1", person)
            .execute(&mut *self.transaction)
            .await?;
        sqlx::query!(
            "INSERT INTO recovery_codes (person_id, hash) SELECT $1, hash FROM unnest($2::bytea[]) AS hash",
            person,
            hashes
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Uses a recovery code. Returns whether it was valid.
    pub async fn recovery_code_use(&mut self, person: i64, hash: &[u8; 32]) -> Result<bool> {
        let used = sqlx::query!(
            "DELETE FROM recovery_codes WHERE person_id = $1 AND hash = $2",
            person,
            hash.as_slice()
        );
        Ok(used.execute(&mut *self.transaction).await?.rows_affected() > 0)
    }

    /// Adds a one-time link of a person, which replaces an earlier one.
    pub async fn password_link_create(&mut self, person: i64, hash: &[u8; 32], hours: i32) -> Result<()> {
        self.password_link_delete(person).await?;
        sqlx::query!(
            "INSERT INTO password_links (person_id, hash, expires_at)
             VALUES ($1, $2, now() + make_interval(hours => $3))",
            person,
            hash.as_slice(),
            hours
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Deletes the one-time link of a person.
    pub async fn password_link_delete(&mut self, person: i64) -> Result<()> {
        sqlx::query!("DELETE FROM password_links WHERE person_id = $1", person)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Uses a one-time link. Returns the name of its owner; `None` if the link is unknown, expired or used.
    pub async fn password_link_use(&mut self, hash: &[u8; 32]) -> Result<Option<String>> {
        let person = sqlx::query_scalar!(
            "DELETE FROM password_links WHERE hash = $1 AND expires_at > now() RETURNING person_id",
            hash.as_slice()
        );
        let Some(person) = person.fetch_optional(&mut *self.transaction).await? else { return Ok(None) };
        let name =
            sqlx::query_scalar!("SELECT name FROM people WHERE id = $1 AND disabled_at IS NULL", person);
        Ok(name.fetch_optional(&mut *self.transaction).await?)
    }
}
