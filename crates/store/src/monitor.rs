//! Asks a database regularly whether it answers. This is the only place that opens and closes its circuit.

use crate::availability::Availability;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long a database that answers is left alone, unless a connection to it breaks.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// How long a database that does not answer is left alone.
const OUTAGE_PROBE_INTERVAL: Duration = Duration::from_millis(500);

/// How long a probe may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The least time between two probes.
const PROBE_REST: Duration = Duration::from_millis(100);

/// The state of a database at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observation {
    /// Before the database was asked.
    pub(crate) at: Instant,
    /// The place in the write-ahead log up to which this database has flushed it, or a standby has replayed it.
    pub(crate) position: i64,
    /// Whether it replays another server's log.
    pub(crate) standby: bool,
    /// Whether transactions are read-only.
    pub(crate) read_only: bool,
    /// The number that a primary and its standbys have in common.
    pub(crate) system: i64,
    /// When its server started, in microseconds since 1970: the same server has the same.
    pub(crate) started: i64,
}

/// Asks the database for its [`Observation`].
const PROBE: &str = "
    SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS read_only,
           coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
                     - '0/0')::bigint, 0) AS position,
           (SELECT system_identifier FROM pg_control_system()) AS system,
           (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS started";

/// Probes the database until it is stopped, and hands out what was observed last.
pub(crate) async fn monitor(
    options: PgConnectOptions,
    availability: Arc<Availability>,
    observed: watch::Sender<Option<Observation>>,
) {
    let mut connection = None;
    let mut suspected = false;
    loop {
        match observe(&options, &mut connection, &availability, suspected).await {
            Ok(observation) => {
                availability.end_outage();
                if observation.is_some() {
                    observed.send_replace(observation);
                }
            }
            Err(error) => availability.begin_outage(&error),
        }
        sleep(PROBE_REST).await;
        let rest = if availability.is_down() { OUTAGE_PROBE_INTERVAL } else { PROBE_INTERVAL };
        suspected = timeout(rest, availability.suspected()).await.is_ok();
    }
}

/// Probes the database on the kept connection, or on a new one. `None` if it answers, but accepts no more connections.
async fn observe(
    options: &PgConnectOptions,
    connection: &mut Option<PgConnection>,
    availability: &Availability,
    suspected: bool,
) -> sqlx::Result<Option<Observation>> {
    let (mut known, mut silent) = (None, false);
    if let Some(mut kept) = connection.take() {
        match probe(&mut kept).await {
            Ok(observation) if !(suspected || availability.is_exhausted() || availability.is_read_only()) => {
                *connection = Some(kept);
                return Ok(Some(observation));
            }
            Ok(observation) => {
                *connection = Some(kept);
                known = Some(observation);
            }
            Err(error) => silent = is_timeout(&error),
        }
    }
    // A new connection, where there was none, or something broke: whether new ones can be made matters then.
    let made = async {
        let mut made = within(options.connect()).await?;
        let observation = probe(&mut made).await?;
        sqlx::Result::Ok((made, observation))
    };
    match made.await {
        Ok((made, observation)) => {
            availability.set_exhausted(None);
            if silent {
                availability.begin_generation();
            }
            // A standby's sessions are read-only until it is promoted, and writable after it.
            if !observation.standby {
                availability.observe_read_only(observation.read_only);
            }
            *connection = Some(made);
            Ok(Some(observation))
        }
        Err(error) if is_exhausted(&error) => {
            availability.set_exhausted(Some(&error));
            Ok(known)
        }
        // The kept connection answers: so does the database.
        Err(_) if known.is_some() => Ok(known),
        Err(error) => Err(error),
    }
}

async fn probe(connection: &mut PgConnection) -> sqlx::Result<Observation> {
    let at = Instant::now();
    let row = within(sqlx::query(PROBE).fetch_one(connection)).await?;
    Ok(Observation {
        at,
        position: row.try_get("position")?,
        standby: row.try_get("standby")?,
        read_only: row.try_get("read_only")?,
        system: row.try_get("system")?,
        started: row.try_get("started")?,
    })
}

async fn within<T>(probe: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let no_answer = || {
        let reason = format!("no answer from the database within {} s", PROBE_TIMEOUT.as_secs());
        sqlx::Error::from(std::io::Error::new(ErrorKind::TimedOut, reason))
    };
    timeout(PROBE_TIMEOUT, probe).await.map_err(|_| no_answer())?
}

fn is_timeout(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == ErrorKind::TimedOut)
}

fn is_exhausted(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "53300")
}
