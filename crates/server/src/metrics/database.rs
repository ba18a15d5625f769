//! Metrics of the database: connections, statements, outage, replica. Names of connections follow OpenTelemetry's
//! semantic conventions.

use super::samples::{Family, Labels};
use engine::{Engine, OperatingReport, PoolState, ReplicaState};
use prometheus_client::encoding::DescriptorEncoder;
use std::fmt;

const POOL: &str = "db_client_connection_pool_name";
const STATE: &str = "db_client_connection_state";

pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    engine: &Engine,
    report: Option<&OperatingReport>,
) -> fmt::Result {
    pools(encoder, &engine.pool_states())?;
    log_archive(encoder, report)?;
    let health = engine.health_report().database;
    Family::new("stockhold_database_up", "1 if the database answers")
        .gauge(encoder, flag(health.outage.is_none()))?;
    let impairment = health.impairment.map(|impairment| (vec![("code", impairment.code())], 1.0));
    Family::new(
        "stockhold_database_impaired",
        "1 while the database rejects some work, by the code of the problem",
    )
    .gauges(encoder, impairment)?;
    Family::new("stockhold_counts_up", "1 if the counts of holds, orders and imports could be read")
        .gauge(encoder, flag(report.is_some()))?;
    let replica = health.replica;
    Family::new("stockhold_replica_configured", "1 if lists may be read from a replica")
        .gauge(encoder, flag(replica.is_some()))?;
    let is_following = |state: &ReplicaState| matches!(state, ReplicaState::Following { .. });
    Family::new(
        "stockhold_replica_following",
        "1 if the replica follows the primary within the limit of its lag",
    )
    .gauges(encoder, replica.as_ref().map(|state| (Vec::new(), flag(is_following(state)))))?;
    let reads = engine.replica_reads().map(|reads| {
        [("replica", reads.served), ("primary", reads.unsuitable), ("primary_after_failure", reads.failed)]
    });
    Family::new("stockhold_replica_lists", "Lists by the database that they were read from, with a replica")
        .counters(encoder, reads.into_iter().flatten().map(|(from, count)| (vec![("from", from)], count)))?;
    Family::seconds("stockhold_replica_lag", "Lag of the replica")
        .gauges(encoder, replica.as_ref().and_then(|state| Some((Vec::new(), state.lag_seconds()?))))
}

fn flag(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// There are no samples if PostgreSQL archives nothing.
fn log_archive(encoder: &mut DescriptorEncoder<'_>, report: Option<&OperatingReport>) -> fmt::Result {
    let archive = report.and_then(|report| report.wal_archive);
    let count = |count: i64| (Vec::new(), u64::try_from(count).unwrap_or(0));
    Family::new("stockhold_wal_archived", "Files of PostgreSQL's log that were archived")
        .counters(encoder, archive.map(|archive| count(archive.archived)))?;
    Family::new("stockhold_wal_archive_failures", "Failed attempts to archive a file of PostgreSQL's log")
        .counters(encoder, archive.map(|archive| count(archive.failures)))?;
    Family::new("stockhold_wal_archive_failing", "1 if the last attempt to archive PostgreSQL's log failed")
        .gauges(encoder, archive.map(|archive| (Vec::new(), flag(archive.is_failing))))
}

fn pools(encoder: &mut DescriptorEncoder<'_>, pools: &[PoolState]) -> fmt::Result {
    fn of<'a, T>(
        pools: &'a [PoolState],
        value: impl Fn(&'a PoolState) -> T,
    ) -> impl Iterator<Item = (Labels<'a>, T)> {
        pools.iter().map(move |pool| (vec![(POOL, pool.name)], value(pool)))
    }
    let states = pools.iter().flat_map(|pool| {
        let of_state = |state, count: u32| (vec![(POOL, pool.name), (STATE, state)], f64::from(count));
        [of_state("used", pool.used), of_state("idle", pool.idle)]
    });
    Family::new("db_client_connection_count", "Open connections, by pool and state")
        .gauges(encoder, states)?;
    Family::new("db_client_connection_max", "The most connections of the pool")
        .gauges(encoder, of(pools, |pool| f64::from(pool.max)))?;
    Family::new("db_client_connection_pending_requests", "Callers that wait for a connection of the pool")
        .gauges(encoder, of(pools, |pool| pool.pending as f64))?;
    Family::new("db_client_connection_timeouts", "Callers that got no connection of the pool in time")
        .counters(encoder, of(pools, |pool| pool.timeouts))?;
    Family::seconds("db_client_connection_wait_time", "Time in which callers got a connection of the pool")
        .histograms(encoder, of(pools, |pool| &pool.wait_seconds))?;
    Family::seconds("db_client_operation_duration", "Duration of statements, by pool")
        .histograms(encoder, of(pools, |pool| &pool.operation_seconds))
}
