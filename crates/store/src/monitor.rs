//! Health probes of a database. Only the monitor opens and closes its circuit breaker.

use crate::availability::Availability;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The interval between probes while the database answers. A broken connection causes an earlier probe.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// The interval between probes during an outage.
const OUTAGE_PROBE_INTERVAL: Duration = Duration::from_millis(500);

/// The timeout of a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The minimum time between two probes.
const PROBE_PAUSE: Duration = Duration::from_millis(100);

/// The state of a database at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observation {
    /// The time before the probe.
    pub(crate) at: Instant,
    /// The position up to which a primary has flushed its write-ahead log, or a standby has replayed it.
    pub(crate) position: i64,
    /// Whether the server is a standby.
    pub(crate) standby: bool,
    /// Whether transactions are read-only.
    pub(crate) read_only: bool,
    /// The system identifier, which a primary and its standbys have in common.
    pub(crate) system: i64,
    /// The timeline of the log that a primary writes, or a standby receives. Without the right to see the receiver's state,
    /// a standby's is that of its last checkpoint.
    pub(crate) timeline: i32,
    /// The start time of the server, in microseconds since 1970. It identifies the server process.
    pub(crate) started: i64,
}

/// The statement that reads an [`Observation`].
const PROBE: &str = "
    SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS read_only,
           coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
                     - '0/0')::bigint, 0) AS position,
           (SELECT system_identifier FROM pg_control_system()) AS system,
           CASE WHEN pg_is_in_recovery() THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
                                                       (SELECT timeline_id FROM pg_control_checkpoint()))
                ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END AS timeline,
           (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS started";

/// Probes the database until the task is aborted, and publishes the last observation.
pub(crate) async fn monitor(
    options: PgConnectOptions,
    availability: Arc<Availability>,
    observed: watch::Sender<Option<Observation>>,
) {
    let mut connection = None;
    let mut suspected = false;
    let mut server = None;
    loop {
        match observe(&options, &mut connection, &availability, suspected).await {
            Ok(observation) => {
                availability.end_outage();
                if let Some(observation) = observation {
                    let before = server.replace((observation.system, observation.started));
                    // The connections to a pooler outlive its connections to a server that ended.
                    if before.is_some_and(|before| before != (observation.system, observation.started)) {
                        availability.begin_generation();
                    }
                    observed.send_replace(Some(observation));
                }
            }
            Err(error) => availability.begin_outage(&error),
        }
        sleep(PROBE_PAUSE).await;
        let pause = if availability.is_down() { OUTAGE_PROBE_INTERVAL } else { PROBE_INTERVAL };
        suspected = timeout(pause, availability.suspected()).await.is_ok();
    }
}

/// Probes the database on the existing connection, or on a new one. Returns `None` if the server answers, but accepts no
/// more connections.
async fn observe(
    options: &PgConnectOptions,
    connection: &mut Option<PgConnection>,
    availability: &Availability,
    suspected: bool,
) -> sqlx::Result<Option<Observation>> {
    let (mut observed, mut silent) = (None, false);
    if let Some(mut existing) = connection.take() {
        match probe(&mut existing).await {
            Ok(observation) if !(suspected || availability.is_exhausted() || availability.is_read_only()) => {
                *connection = Some(existing);
                return Ok(Some(observation));
            }
            Ok(observation) => {
                *connection = Some(existing);
                observed = Some(observation);
            }
            Err(error) => silent = is_timeout(&error),
        }
    }
    // A new connection: there is none, or one broke, and the probe has to find out whether new ones are accepted.
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
            Ok(observed)
        }
        // The database answers on the existing connection.
        Err(_) if observed.is_some() => Ok(observed),
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
        timeline: row.try_get("timeline")?,
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
