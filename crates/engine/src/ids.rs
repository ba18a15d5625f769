//! What a pinned needs to answer before the database has: block ids that nobody has yet, and the time.

use chrono::SubsecRound as _;
use domain::{BlockId, Time};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{Generation, PinnedConnection, WriteTransaction};

/// Block ids that no block has yet, kept at hand so that not every batch has to ask for some, and what time it is in
/// the database.
///
/// Only ids whose reservation is known to be committed: what a transaction that was broken off took from a
/// sequence, PostgreSQL may give again after a crash.
#[derive(Default)]
pub(crate) struct AtHand(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// The generation of the database that all of it belongs to.
    generation: Generation,
    ids: Vec<BlockId>,
    /// When they were reserved.
    since: Option<Instant>,
    /// What time it was in the database, and when it told.
    clock: Option<(Time, Instant)>,
}

/// For how long ids are kept at hand. Lists of blocks go by id, newest first: a block that is placed after a pause
/// stands above all that others have placed meanwhile.
const IDS_KEPT: Duration = Duration::from_millis(500);

/// For how many batches like the one that needs them block ids are asked for at a time. Not for more: what two
/// queues or servers have at hand is how far ids stray from the order of time.
const BATCHES_RESERVED: usize = 8;

/// For how long the database's time is reckoned from what it once told. Clocks drift apart by less than a
/// millisecond meanwhile; where one is set anew, the database finds it out.
const CLOCK_TRUSTED: Duration = Duration::from_secs(10);

impl AtHand {
    /// At least `count` ids, and whether they were reserved by this very transaction.
    pub(crate) async fn ids(
        &self,
        transaction: &mut WriteTransaction,
        generation: Generation,
        count: usize,
    ) -> store::Result<(Vec<BlockId>, bool)> {
        let mut ids = self.take_ids(generation);
        let missing = count > ids.len();
        if missing {
            let reserving = Instant::now();
            ids.extend(transaction.block_ids_reserve(count.saturating_mul(BATCHES_RESERVED)).await?);
            self.held(generation).since = Some(reserving);
        }
        Ok((ids, missing))
    }

    /// At least `count` ids, and the database's time or a little before.
    pub(crate) async fn ids_and_time(
        &self,
        pinned: &PinnedConnection,
        generation: Generation,
        count: usize,
    ) -> store::Result<(Vec<BlockId>, Time)> {
        let mut ids = self.take_ids(generation);
        match self.time(generation) {
            Some(now) if count <= ids.len() => Ok((ids, now)),
            _ => {
                let missing = if count > ids.len() { count.saturating_mul(BATCHES_RESERVED) } else { 0 };
                let reserving = Instant::now();
                let (reserved, now) = pinned.block_ids_reserve(missing).await?;
                ids.extend(reserved);
                let mut held = self.held(generation);
                held.clock = Some((now, Instant::now()));
                if missing > 0 {
                    held.since = Some(reserving);
                }
                Ok((ids, now))
            }
        }
    }

    /// Takes back all but the first `used` of `ids`, once the transaction is committed that reserved them.
    /// Those that are not given back are lost, which does no harm.
    pub(crate) fn give_back(&self, generation: Generation, mut ids: Vec<BlockId>, used: usize) {
        ids.drain(..used);
        self.held(generation).ids = ids;
    }

    /// The database has just told its time.
    pub(crate) fn note_time(&self, generation: Generation, now: Time) {
        self.held(generation).clock = Some((now, Instant::now()));
    }

    /// The database's time, or earlier by as long as it took to tell. As finely as it tells it.
    fn time(&self, generation: Generation) -> Option<Time> {
        let (then, told) = self.held(generation).clock?;
        let since = told.elapsed();
        (since < CLOCK_TRUSTED).then(|| (then + since).trunc_subsecs(6))
    }

    fn take_ids(&self, generation: Generation) -> Vec<BlockId> {
        let mut held = self.held(generation);
        let ids = std::mem::take(&mut held.ids);
        match held.since {
            Some(since) if since.elapsed() <= IDS_KEPT => ids,
            _ => Vec::new(),
        }
    }

    /// All that is kept for this generation. Batches of a pinned follow each other, so that none of an earlier generation
    /// can come after one of a later.
    fn held(&self, generation: Generation) -> MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.generation != generation {
            *held = Held { generation, ..Held::default() };
        }
        held
    }
}
