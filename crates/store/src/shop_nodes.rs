//! The nodes of shops with Citus. Statements on tables of Citus are not checked when compiled, because plain PostgreSQL has
//! none of them.

use crate::schema::has_citus;
use crate::{Error, Node, ShopError, Store};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _};

/// How long a removal waits for the end of a session, in milliseconds.
pub(crate) const END_MILLISECONDS: i64 = 5_000;

/// Lets a node change its sequences alone.
const NODE_ONLY: &str = "SET citus.enable_ddl_propagation = off";

/// Returns the node that has the tables of a schema; `None` if the schema has no table yet.
pub(crate) async fn node(connection: &mut PgConnection, schema: &str) -> Result<Option<Node>, ShopError> {
    let row = sqlx::query(
        "SELECT nodename, nodeport::integer FROM citus_shards
          WHERE table_name IN (SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace($1)) LIMIT 1",
    )
    .bind(schema)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (host, port): (String, i32) = (row.try_get(0)?, row.try_get(1)?);
    Ok(u16::try_from(port).ok().map(|port| Node { host, port }))
}

impl Store {
    /// Checks that the tables are on the node of the database's URL, if the database has Citus. A server's advisory locks and
    /// notifications are on the node that it is connected to, and those of triggers are on the node of the rows.
    ///
    /// # Errors
    /// [`Error::OtherNode`].
    pub async fn check_node(&self) -> crate::Result<()> {
        let mut connection = self.maintenance.acquire().await?;
        if !has_citus(&mut connection).await? {
            return Ok(());
        }
        let elsewhere: Option<(String, i32)> = sqlx::query_as(
            "SELECT nodename, nodeport::integer FROM citus_shards JOIN pg_dist_node USING (nodename, nodeport)
              WHERE table_name = to_regclass('inventory') AND groupid <> (SELECT groupid FROM pg_dist_local_group)
              LIMIT 1",
        )
        .fetch_optional(&mut *connection)
        .await?;
        match elsewhere.map(|(host, port)| (host, u16::try_from(port).unwrap_or_default())) {
            Some((host, port)) => Err(Error::OtherNode(Node { host, port })),
            None => Ok(()),
        }
    }
}

/// Returns the number of sessions of a role on all nodes, without those that nodes open to each other.
pub(crate) async fn sessions(connection: &mut PgConnection, role: &str) -> Result<i64, ShopError> {
    let sessions = sqlx::query_scalar(
        "SELECT count(*) FROM citus_stat_activity
          WHERE usename = $1 AND datname = current_database() AND NOT is_worker_query",
    );
    Ok(sessions.bind(role).fetch_one(connection).await?)
}

/// Ends the sessions of a role on all nodes.
pub(crate) async fn end_sessions(connection: &mut PgConnection, role: &str) -> Result<(), ShopError> {
    let end = sqlx::query(
        "SELECT pg_terminate_backend(global_pid, $2) FROM citus_stat_activity
          WHERE usename = $1 AND datname = current_database()",
    );
    end.bind(role).bind(END_MILLISECONDS).fetch_all(connection).await?;
    Ok(())
}

/// Moves a schema to a node, with the positions of its sequences. Returns the number of open sessions of its role: if there are
/// any, nothing is moved. The password of the role is expired meanwhile, and afterwards if [`ShopError::Sequences`] is returned.
pub(crate) async fn move_to(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    schema: &str,
    to: &Node,
) -> Result<i64, ShopError> {
    let is_known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_dist_node
                         WHERE nodename = $1 AND nodeport = $2 AND isactive AND noderole = 'primary')",
    )
    .bind(&to.host)
    .bind(i32::from(to.port))
    .fetch_one(&mut *connection)
    .await?;
    if !is_known {
        return Err(ShopError::UnknownNode(to.host.clone(), to.port));
    }
    let from = node(connection, schema).await?;
    let Some(from) = from.filter(|from| from != to) else { return Ok(0) };
    let locked = format!("ALTER ROLE {schema} VALID UNTIL '-infinity'");
    let unlocked = format!("ALTER ROLE {schema} VALID UNTIL 'infinity'");
    // No server logs in after this statement. Its password has expired; NOLOGIN would also keep out Citus, which logs in
    // between the nodes as the owner of the tables, without a password.
    connection.execute(sqlx::raw_sql(AssertSqlSafe(locked))).await?;
    let moved = move_unused(connection, options, schema, &from, to).await;
    if let Err(ShopError::Sequences(statements)) = moved {
        let all = format!("{statements}\n-- On the coordinator, after the others:\n{unlocked};");
        return Err(ShopError::Sequences(all));
    }
    let restored = connection.execute(sqlx::raw_sql(AssertSqlSafe(unlocked.clone()))).await;
    if let Err(error) = &restored {
        tracing::error!(%error, "the password of the shop's role is still expired; run on the coordinator: {unlocked}");
    }
    let sessions = moved?;
    restored?;
    Ok(sessions)
}

/// Moves a schema from one node to another, unless its role has sessions. Returns their number.
async fn move_unused(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    schema: &str,
    from: &Node,
    to: &Node,
) -> Result<i64, ShopError> {
    let on = |node: &Node| options.clone().host(&node.host).port(node.port);
    let sessions = sessions(connection, schema).await?;
    if sessions > 0 {
        return Ok(sessions);
    }
    let mut old = on(from).connect().await?;
    let sequences = sequence_statements(&mut old, schema).await?;
    old.close().await?;
    sqlx::query("SELECT citus_schema_move($1::text::regnamespace, $2, $3)")
        .bind(schema)
        .bind(&to.host)
        .bind(i32::from(to.port))
        .execute(&mut *connection)
        .await?;
    match set_sequences(&on(to), &sequences).await {
        Ok(()) => Ok(0),
        Err(error) => {
            tracing::error!(%error, "the sequences of the shop could not be set");
            Err(ShopError::Sequences(sequences.join("\n")))
        }
    }
}

/// Returns the statements that set the sequences of a schema to their present positions. Each node of Citus has a range of its
/// own per sequence. Without them, ids on another node might be lower than those before.
async fn sequence_statements(connection: &mut PgConnection, schema: &str) -> Result<Vec<String>, ShopError> {
    let statements: Vec<String> = sqlx::query_scalar(
        "SELECT unnest(ARRAY[
                    format('ALTER SEQUENCE %I.%I MINVALUE 1 NO MAXVALUE;', schemaname, sequencename),
                    format('SELECT setval(''%I.%I'', %s);', schemaname, sequencename, last_value)])
           FROM pg_sequences WHERE schemaname = $1 AND last_value IS NOT NULL ORDER BY sequencename",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    Ok([format!("{NODE_ONLY};")].into_iter().chain(statements).collect())
}

async fn set_sequences(node: &PgConnectOptions, statements: &[String]) -> sqlx::Result<()> {
    let mut connection = node.connect().await?;
    for statement in statements {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statement.clone()))).await?;
    }
    connection.close().await
}
