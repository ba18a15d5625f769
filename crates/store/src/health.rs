use crate::{Impairment, ReplicaReads, ReplicaState, Store};
use std::time::Duration;

/// The state of the database, as last observed by its monitor and its users.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatabaseHealth {
    /// The duration and the cause of an outage; `None` if the database answers.
    pub outage: Option<(Duration, String)>,
    /// The reason why the database rejects some work.
    pub impairment: Option<Impairment>,
    /// The state of the replica; `None` without one.
    pub replica: Option<ReplicaState>,
}

impl Store {
    /// Returns the state of the database. Sends no statement.
    pub fn database_health(&self) -> DatabaseHealth {
        let availability = self.writes.availability();
        let read_only = self.observed.borrow().is_some_and(|observation| observation.read_only);
        DatabaseHealth {
            outage: availability.outage(),
            impairment: availability.impairment().or(read_only.then_some(Impairment::ReadOnly)),
            replica: self.replica.as_deref().map(|replica| replica.state()),
        }
    }
    /// Returns the counts of lists by the database that they were read from; `None` without a replica.
    pub fn replica_reads(&self) -> Option<ReplicaReads> {
        self.replica.as_deref().map(|replica| replica.reads())
    }
}
