//! Several shops in one database: each is a schema with a role of its own. With Citus, a shop's tables are on one node.

use crate::advisory_locks::{LOW_WATERMARK_CLASS, MIGRATION_CLASS};
use crate::pooler::rejected_settings;
use crate::schema::{has_citus, schema_state};
use crate::settings::READING;
use crate::shop_nodes::END_MILLISECONDS;
use crate::{Error, Node, PoolerProblem, Result, SchemaState, SessionSettings, Settings, ShopError, Store};
use domain::ShopName;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use std::str::FromStr as _;

/// The schema of the extension pg_trgm, if `public` does not have it. All shops may use it.
const EXTENSIONS_SCHEMA: &str = "stockhold_extensions";

/// A reserved shop number: with it, the lock class of the low watermark would equal that of migrations.
const NUMBER_OF_MIGRATIONS: i64 = LOW_WATERMARK_CLASS ^ MIGRATION_CLASS;

/// The SQLSTATEs of a role that exists: before the statement, or since another session committed it meanwhile.
const ROLE_EXISTS: [&str; 2] = ["42710", "23505"];

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The name.
    pub name: ShopName,
    /// The node that has its tables; `None` without Citus, or if it has none yet.
    pub node: Option<Node>,
    /// The number of sessions of its role.
    pub sessions: i64,
    /// The state of its schema.
    pub schema: SchemaState,
}

type ShopResult<T> = std::result::Result<T, ShopError>;

/// Returns the name of a shop's schema, which is the name of its role too.
pub fn shop_schema(name: &ShopName) -> String {
    format!("shop_{name}")
}

/// The shops of a database.
#[derive(Debug)]
pub struct Shops {
    connection: PgConnection,
    options: PgConnectOptions,
    has_citus: bool,
}

impl Shops {
    /// Connects with a role that may create roles and schemas, and not through a pooler in transaction mode. With Citus, the
    /// URL names the coordinator.
    ///
    /// # Errors
    /// The database can't be reached. [`Error::Pooler`] if a pooler is at the address.
    pub async fn connect(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?.application_name("stockhold shop");
        // Poolers reject session settings. A pooler in transaction mode would pass the search path on to other clients.
        let options = options.options(READING);
        let mut connection = options.connect().await.map_err(|error| match rejected_settings(&error) {
            Some(_) => Error::Pooler(PoolerProblem::NoSession),
            None => error.into(),
        })?;
        let has_citus = has_citus(&mut connection).await?;
        Ok(Self { connection, options, has_citus })
    }

    /// Returns whether the database has Citus.
    pub fn has_citus(&self) -> bool {
        self.has_citus
    }

    /// Creates a shop: schema, role, session settings of the role, and tables. `verifier` is the password, or its SCRAM
    /// verifier; `settings` name the database by the role of the shop, without a pooler. Returns the node that has its tables;
    /// `None` without Citus. After a failure nothing is left of the shop.
    ///
    /// # Errors
    /// The name is taken, or the database fails.
    pub async fn add(
        &mut self,
        name: &ShopName,
        verifier: &str,
        settings: &Settings,
    ) -> ShopResult<Option<Node>> {
        let schema = shop_schema(name);
        self.check_free(&schema).await?;
        let extensions = self.extensions_schema().await?;
        // CREATE ROLE decides a race of two calls with one name. The call that fails here removes nothing.
        self.create_role(&schema, verifier).await?;
        let settings = Settings {
            direct_url: None,
            read_url: None,
            session_settings: match self.has_citus {
                true => SessionSettings::Role,
                false => settings.session_settings,
            },
            ..settings.clone()
        };
        let added = self.create(&schema, &extensions, &settings).await;
        if added.is_err()
            && let Err(error) = self.drop_schema_and_role(&schema).await
        {
            tracing::error!(%error, schema, "the schema and the role of a failed shop could not be removed");
        }
        added
    }

    /// Returns all shops by name.
    ///
    /// # Errors
    /// The database fails, or the role may not read a shop's tables.
    pub async fn list(&mut self) -> ShopResult<Vec<Shop>> {
        let schemas = sqlx::query_scalar!(
            r#"SELECT nspname::text AS "schema!" FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
                WHERE nspname LIKE 'shop\_%' AND rolname = nspname ORDER BY nspname"#
        )
        .fetch_all(&mut self.connection)
        .await?;
        let mut shops = Vec::with_capacity(schemas.len());
        for schema in schemas {
            // Another application may have a schema of this form.
            let Some(Ok(name)) = schema.strip_prefix("shop_").map(ShopName::new) else { continue };
            let sessions = self.sessions(&schema).await?;
            let node = self.node(&schema).await?;
            let shop = Shop { name, node, sessions, schema: self.schema_state(&schema).await? };
            shops.push(shop);
        }
        Ok(shops)
    }

    /// Removes a shop with all its data. With `force` it ends the sessions of its servers.
    ///
    /// # Errors
    /// [`ShopError::Unknown`]; [`ShopError::Connected`] without `force`.
    pub async fn remove(&mut self, name: &ShopName, force: bool) -> ShopResult<()> {
        let schema = shop_schema(name);
        self.check_exists(name).await?;
        self.check_unused(name, force).await?;
        // No session begins after this statement.
        self.run(&[format!("ALTER ROLE {schema} NOLOGIN")]).await?;
        if let Err(error) = self.check_unused(name, force).await {
            self.run(&[format!("ALTER ROLE {schema} LOGIN")]).await?;
            return Err(error);
        }
        self.end_sessions(&schema).await?;
        self.drop_schema_and_role(&schema).await
    }

    /// Moves a shop to another node of Citus, while no server of the shop is connected.
    ///
    /// # Errors
    /// [`ShopError::NoCitus`], [`ShopError::Unknown`], [`ShopError::UnknownNode`], [`ShopError::Connected`],
    /// [`ShopError::Sequences`].
    pub async fn move_to(&mut self, name: &ShopName, to: &Node) -> ShopResult<()> {
        if !self.has_citus {
            return Err(ShopError::NoCitus);
        }
        self.check_exists(name).await?;
        let schema = shop_schema(name);
        if self.node(&schema).await?.is_none() {
            return Err(ShopError::Unknown(name.clone()));
        }
        let moved = crate::shop_nodes::move_to(&mut self.connection, &self.options, &schema, to).await?;
        match moved {
            0 => Ok(()),
            sessions => Err(ShopError::Connected { name: name.clone(), sessions }),
        }
    }

    async fn node(&mut self, schema: &str) -> ShopResult<Option<Node>> {
        match self.has_citus {
            true => crate::shop_nodes::node(&mut self.connection, schema).await,
            false => Ok(None),
        }
    }

    /// Checks that the shop has a role, and that the role owns nothing in another database. A failed removal may have left no
    /// schema.
    async fn check_exists(&mut self, name: &ShopName) -> ShopResult<()> {
        let exists = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                 SELECT 1 FROM pg_roles WHERE rolname = $1 AND NOT EXISTS (
                   SELECT 1 FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid
                    WHERE refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid
                      AND datname <> current_database())) AS "exists!""#,
            shop_schema(name)
        );
        match exists.fetch_one(&mut self.connection).await? {
            true => Ok(()),
            false => Err(ShopError::Unknown(name.clone())),
        }
    }

    /// Checks that the shop has no sessions, unless `force` ends them.
    async fn check_unused(&mut self, name: &ShopName, force: bool) -> ShopResult<()> {
        if force {
            return Ok(());
        }
        match self.sessions(&shop_schema(name)).await? {
            0 => Ok(()),
            sessions => Err(ShopError::Connected { name: name.clone(), sessions }),
        }
    }

    async fn check_free(&mut self, schema: &str) -> ShopResult<()> {
        let taken = sqlx::query!(
            r#"SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1) AS "schema!",
                      EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1) AS "role!",
                      (SELECT nspname::text FROM pg_namespace
                        WHERE nspname LIKE 'shop\_%' AND nspname <> $1
                          AND hashtext(nspname) & 65535 = hashtext($1) & 65535 LIMIT 1) AS same_locks,
                      CASE hashtext($1) & 65535 WHEN 0 THEN 'public' WHEN $2::bigint THEN 'migrations' END AS reserved"#,
            schema,
            NUMBER_OF_MIGRATIONS
        )
        .fetch_one(&mut self.connection)
        .await?;
        let name = schema.to_owned();
        match (taken.schema, taken.role, taken.same_locks.or(taken.reserved)) {
            (true, ..) => Err(ShopError::Taken { kind: "schema", name }),
            (_, true, _) => Err(ShopError::Taken { kind: "role", name }),
            (.., Some(other)) => Err(ShopError::SameLocks { name, other }),
            _ => Ok(()),
        }
    }

    /// Returns the schema of the extension pg_trgm. Creates both if they are missing.
    async fn extensions_schema(&mut self) -> ShopResult<String> {
        let found = sqlx::query_scalar!(
            r#"SELECT quote_ident(nspname) AS "schema!" FROM pg_extension
                 JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'"#
        );
        if let Some(schema) = found.fetch_optional(&mut self.connection).await? {
            return Ok(schema);
        }
        self.run(&[
            format!("CREATE SCHEMA IF NOT EXISTS {EXTENSIONS_SCHEMA}"),
            format!("GRANT USAGE ON SCHEMA {EXTENSIONS_SCHEMA} TO PUBLIC"),
            format!("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA {EXTENSIONS_SCHEMA}"),
        ])
        .await?;
        Ok(EXTENSIONS_SCHEMA.to_owned())
    }

    async fn create_role(&mut self, schema: &str, verifier: &str) -> ShopResult<()> {
        let verifier = verifier.replace('\'', "''");
        match self.run(&[format!("CREATE ROLE {schema} LOGIN PASSWORD '{verifier}'")]).await {
            Err(ShopError::Database(error))
                if error.sqlstate().is_some_and(|code| ROLE_EXISTS.contains(&code.as_str())) =>
            {
                Err(ShopError::Taken { kind: "role", name: schema.to_owned() })
            }
            created => created,
        }
    }

    /// Creates all of a shop but the role. Returns the node that has its tables.
    async fn create(
        &mut self,
        schema: &str,
        extensions: &str,
        settings: &Settings,
    ) -> ShopResult<Option<Node>> {
        let database = self.quoted_database().await?;
        let mut statements = vec![
            // CREATE SCHEMA … AUTHORIZATION and DROP need membership, except for a superuser.
            format!("GRANT {schema} TO CURRENT_USER"),
            format!("GRANT CONNECT ON DATABASE {database} TO {schema}"),
            format!("ALTER ROLE {schema} SET search_path = {schema}, {extensions}"),
        ];
        // By default the server sets them per connection: only its own connections that change stock get them. A person who
        // signs in as the role does not bypass the triggers.
        if settings.session_settings == SessionSettings::Role {
            let of_role = settings.of_role(self.has_citus);
            statements.extend(
                of_role.iter().map(|(name, value)| format!("ALTER ROLE {schema} SET {name} = '{value}'")),
            );
        }
        if self.has_citus {
            statements.push("SET citus.enable_schema_based_sharding = on".to_owned());
        }
        statements.push(format!("CREATE SCHEMA {schema} AUTHORIZATION {schema}"));
        self.run(&statements).await?;
        let store = Store::connect(settings.clone()).await?;
        let migrated = store.migrate().await;
        store.close().await;
        migrated?;
        self.node(schema).await
    }

    async fn drop_schema_and_role(&mut self, schema: &str) -> ShopResult<()> {
        let role = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1) AS "exists!""#,
            schema
        );
        let has_role = role.fetch_one(&mut self.connection).await?;
        self.run(&[format!("DROP SCHEMA IF EXISTS {schema} CASCADE")]).await?;
        if has_role {
            self.run(&[format!("DROP OWNED BY {schema}"), format!("DROP ROLE {schema}")]).await?;
        }
        Ok(())
    }

    async fn end_sessions(&mut self, schema: &str) -> ShopResult<()> {
        if self.has_citus {
            return crate::shop_nodes::end_sessions(&mut self.connection, schema).await;
        }
        sqlx::query!(
            "SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity
              WHERE usename = $1 AND datname = current_database()",
            schema,
            END_MILLISECONDS
        )
        .fetch_all(&mut self.connection)
        .await?;
        Ok(())
    }

    async fn sessions(&mut self, schema: &str) -> ShopResult<i64> {
        if self.has_citus {
            return crate::shop_nodes::sessions(&mut self.connection, schema).await;
        }
        let sessions = sqlx::query_scalar!(
            r#"SELECT count(*) AS "sessions!" FROM pg_stat_activity WHERE usename = $1 AND datname = current_database()"#,
            schema
        );
        Ok(sessions.fetch_one(&mut self.connection).await?)
    }

    async fn schema_state(&mut self, schema: &str) -> ShopResult<SchemaState> {
        // A pooler may give the session of another client the settings of this one, but not those of a transaction.
        let mut transaction = self.connection.begin().await?;
        sqlx::query!("SELECT set_config('search_path', $1, true)", schema)
            .fetch_one(&mut *transaction)
            .await?;
        let state = schema_state(&mut transaction).await;
        transaction.rollback().await?;
        Ok(state?)
    }

    async fn quoted_database(&mut self) -> ShopResult<String> {
        let name = sqlx::query_scalar!(r#"SELECT quote_ident(current_database()) AS "name!""#);
        Ok(name.fetch_one(&mut self.connection).await?)
    }

    /// Runs statements one after the other, without a transaction: Citus can't change roles and schemas in one. Names come from
    /// [`ShopName`], which needs no quotes.
    async fn run(&mut self, statements: &[String]) -> ShopResult<()> {
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut self.connection).await?;
        }
        Ok(())
    }

    /// Closes the connection.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}
