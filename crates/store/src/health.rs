use crate::{Impairment, ReplicaState, Store};
use std::time::Duration;

/// The state of the database, as its monitor and its users found it last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatabaseHealth {
    /// How long the database has not answered, and why; `None` where it answers.
    pub outage: Option<(Duration, String)>,
    /// Why it does not do all that it is asked.
    pub impairment: Option<Impairment>,
    /// How the replica stands; `None` where there is none.
    pub replica: Option<ReplicaState>,
}

impl Store {
    /// The state of the database. Nothing is asked for it.
    pub fn database_health(&self) -> DatabaseHealth {
        let availability = self.writes.availability();
        let read_only = self.observed.borrow().is_some_and(|observation| observation.read_only);
        DatabaseHealth {
            outage: availability.outage(),
            impairment: availability.impairment().or(read_only.then_some(Impairment::ReadOnly)),
            replica: self.replica.as_deref().map(|replica| replica.standing()),
        }
    }
}
