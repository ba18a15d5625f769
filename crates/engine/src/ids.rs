//! A pool of reserved block ids.

use crate::cache::generational::Generational;
use crate::clock::DatabaseClock;
use domain::{BlockId, Time};
use std::time::{Duration, Instant};
use store::{Generation, PinnedConnection, WriteTransaction};

/// The age up to which reserved ids are used. Lists show blocks by descending id. After a pause a new block must get an id
/// above those that other queues and servers have placed in the meantime.
const RESERVATION_AGE_MAX: Duration = Duration::from_millis(500);

/// A reservation has ids for this many batches of the size that needs them. More would let ids stray further from the
/// order of time, because each queue and server has its own pool.
const BATCHES_RESERVED: usize = 8;

/// Reserved ids that no block has, so that most batches need no round trip for them.
///
/// The pool holds only ids of committed reservations. PostgreSQL may assign the ids of a rolled back reservation again
/// after a crash.
#[derive(Default)]
pub(crate) struct IdPool(Generational<Reservation>);

#[derive(Default)]
struct Reservation {
    ids: Vec<BlockId>,
    reserved_at: Option<Instant>,
}

impl IdPool {
    /// Takes at least `count` ids out of the pool, and reserves more within the transaction if the pool has too few.
    /// Returns the ids, and whether some were reserved by this transaction, which must then commit.
    pub(crate) async fn take(
        &self,
        transaction: &mut WriteTransaction,
        generation: Generation,
        count: usize,
    ) -> store::Result<(Vec<BlockId>, bool)> {
        let mut ids = self.take_recent(generation);
        let is_short = count > ids.len();
        if is_short {
            let reserved_at = Instant::now();
            ids.extend(transaction.block_ids_reserve(count.saturating_mul(BATCHES_RESERVED)).await?);
            self.set_reserved_at(generation, reserved_at);
        }
        Ok((ids, is_short))
    }

    /// Takes at least `count` ids out of the pool, with the database's time. If the pool has too few, or the clock has no
    /// recent reading, one round trip fetches both.
    pub(crate) async fn take_with_time(
        &self,
        clock: &DatabaseClock,
        pinned: &PinnedConnection,
        generation: Generation,
        count: usize,
    ) -> store::Result<(Vec<BlockId>, Time)> {
        let mut ids = self.take_recent(generation);
        let is_short = count > ids.len();
        if let Some(now) = clock.now(generation)
            && !is_short
        {
            return Ok((ids, now));
        }
        let missing = if is_short { count.saturating_mul(BATCHES_RESERVED) } else { 0 };
        let reserved_at = Instant::now();
        let (reserved, now) = pinned.block_ids_reserve(missing).await?;
        ids.extend(reserved);
        clock.set(generation, now);
        if is_short {
            self.set_reserved_at(generation, reserved_at);
        }
        Ok((ids, now))
    }

    /// Returns all but the first `used` of `ids` to the pool, once their reservation is committed. Ids that are not
    /// returned stay unused, which is harmless.
    pub(crate) fn put_back(&self, generation: Generation, mut ids: Vec<BlockId>, used: usize) {
        ids.drain(..used);
        self.0.update(generation, |reservation| reservation.ids = ids);
    }

    fn take_recent(&self, generation: Generation) -> Vec<BlockId> {
        let ids = self.0.update(generation, |reservation| {
            let ids = std::mem::take(&mut reservation.ids);
            let is_recent = reservation.reserved_at.is_some_and(|at| at.elapsed() <= RESERVATION_AGE_MAX);
            if is_recent { ids } else { Vec::new() }
        });
        ids.unwrap_or_default()
    }

    fn set_reserved_at(&self, generation: Generation, reserved_at: Instant) {
        self.0.update(generation, |reservation| reservation.reserved_at = Some(reserved_at));
    }
}
