//! Detects a pooler in transaction mode, such as PgBouncer's: it assigns a server process per transaction, not per session.
//! Work with session settings of its own avoids poolers: a pooler in transaction mode would pass the settings on to other
//! clients.

use crate::{Error, PoolerProblem, Result, SessionSettings, Settings};
use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use std::time::Duration;

/// The connections that hold a transaction during the detection. A pooler needs one server process more.
const HELD_CONNECTIONS: usize = 2;

/// Checks the addresses of the primary. Several round trips if session settings come from the role, or if there is a direct
/// address.
///
/// # Errors
/// [`Error::Pooler`](crate::Error::Pooler).
pub(crate) async fn check_addresses(settings: &Settings) -> Result<()> {
    let options = settings.options(&settings.url, &[])?;
    // A pooler in transaction mode passes on no session settings: with such, the check of the settings fails.
    let is_shared = match settings.session_settings {
        SessionSettings::Connection => false,
        SessionSettings::Role => is_pooled(&options, PoolerProblem::NoPreparedStatements).await?,
    };
    let Some(direct_url) = &settings.direct_url else {
        return if is_shared { Err(PoolerProblem::NoDirectAddress.into()) } else { Ok(()) };
    };
    let direct = settings.options(direct_url, &[])?;
    if is_pooled(&direct, PoolerProblem::DirectAddressPooled).await? {
        return Err(PoolerProblem::DirectAddressPooled.into());
    }
    match place(&options).await.map_err(rejected)? == place(&direct).await? {
        true => Ok(()),
        false => Err(PoolerProblem::AnotherDatabase.into()),
    }
}

/// Connects to the primary without a pooler in transaction mode in between, with these session settings.
///
/// # Errors
/// [`Error::Pooler`](crate::Error::Pooler).
pub(crate) async fn connect_session(
    settings: &Settings,
    application: &str,
    session: &[(&'static str, &'static str)],
) -> Result<PgConnection> {
    let options = settings.without_timeouts(settings.session_url(), session)?.application_name(application);
    // These statements read whole tables: a long duration is no fault.
    let options = options.log_slow_statements(LevelFilter::Off, Duration::ZERO);
    let mut connection = options.connect().await.map_err(rejected)?;
    check_addresses(settings).await?;
    if settings.session_settings == SessionSettings::Role {
        for (name, value) in session {
            connection.execute(AssertSqlSafe(format!("SET {name} = '{value}'"))).await?;
        }
    }
    Ok(connection)
}

/// Returns whether the address leads to a pooler in transaction mode. Fails with `lost` if such a pooler loses prepared
/// statements.
async fn is_pooled(options: &PgConnectOptions, lost: PoolerProblem) -> Result<bool> {
    match sessions_share_processes(options).await {
        Err(error) if loses_statements(&error) => Err(lost.into()),
        found => Ok(found?),
    }
}

/// Returns whether sessions share server processes. Each session runs the same prepared statement.
///
/// While other sessions hold transactions, a pooler gives one of them the process of the first session, or the first
/// session gets another process afterwards.
async fn sessions_share_processes(options: &PgConnectOptions) -> sqlx::Result<bool> {
    let mut first = options.connect().await?;
    let process = server_process(&mut first).await?;
    let mut is_shared = false;
    let mut held = Vec::with_capacity(HELD_CONNECTIONS);
    for _ in 0..HELD_CONNECTIONS {
        let mut other = options.connect().await?;
        other.execute("BEGIN").await?;
        is_shared |= server_process(&mut other).await? == process;
        held.push(other);
    }
    is_shared |= server_process(&mut first).await? != process;
    for connection in held.into_iter().chain([first]) {
        drop(connection.close().await);
    }
    Ok(is_shared)
}

async fn server_process(connection: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::query_scalar!(r#"SELECT pg_backend_pid() AS "process!""#).fetch_one(connection).await
}

/// Returns whether a prepared statement exists already, or does not exist any more.
fn loses_statements(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("42P05" | "26000"))
}

/// Returns the identity of the schema: the system's identifier, the database and the schema's name.
async fn place(options: &PgConnectOptions) -> sqlx::Result<(i64, String, Option<String>)> {
    let mut connection = options.connect().await?;
    let row = sqlx::query!(
        r#"SELECT system_identifier AS "system!", current_database()::text AS "database!", current_schema()::text AS schema
             FROM pg_control_system()"#
    )
    .fetch_one(&mut connection)
    .await?;
    drop(connection.close().await);
    Ok((row.system, row.database, row.schema))
}

/// Converts the error of a new connection.
fn rejected(error: sqlx::Error) -> Error {
    rejected_settings(&error).map_or_else(|| error.into(), Error::Pooler)
}

/// Returns the problem if a pooler rejected the parameters of a new connection.
pub(crate) fn rejected_settings(error: &sqlx::Error) -> Option<PoolerProblem> {
    let message = error.as_database_error()?.message();
    message.contains("unsupported startup parameter").then_some(PoolerProblem::RejectsSettings)
}
