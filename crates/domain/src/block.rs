use crate::{BlockId, Error, ItemId, LevelKey, Quantity, Time, Ttl, WarehouseId};

/// How a block stands at a given moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockState {
    /// Holds its units until it expires.
    Temporary,
    /// Confirmed: its units are sold.
    Permanent,
    /// Its time is over.
    Expired,
    /// Its units were given back before.
    Released,
}

/// A block as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// The item whose units it holds.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The warehouse that the units lie in.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// Units.
    pub quantity: i32,
    /// How it stands now.
    pub state: BlockState,
    /// When it was placed.
    pub created_at: Time,
    /// When it expires or expired; `None` once permanent.
    pub expires_at: Option<Time>,
}

/// A request to hold units of one item in one warehouse for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceBlock {
    /// The item.
    pub item: ItemId,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse; the fullest one that has the whole quantity where `None`.
    pub warehouse: Option<WarehouseId>,
    /// For how long.
    pub ttl: Ttl,
}

/// How a block that is gone ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockEnd {
    /// It expired and was cleaned up at this time.
    Expired(Time),
    /// It was released.
    Released,
}

impl BlockEnd {
    /// What to answer who asks for more of this block.
    pub fn refusal(self, block: BlockId) -> Error {
        match self {
            Self::Expired(at) => Error::BlockExpired { block, at },
            Self::Released => Error::BlockReleased(block),
        }
    }
}

/// A block that still has its units: the state that the rules of its life work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBlock {
    /// Its id.
    pub id: BlockId,
    /// The stock level that its units came from.
    pub key: LevelKey,
    /// Units.
    pub quantity: i32,
    /// When it expires; `None` once permanent.
    pub expires_at: Option<Time>,
}

impl HeldBlock {
    /// When it expires, for a block that can still be confirmed, released or extended at `now`.
    ///
    /// # Errors
    /// [`Error::BlockAlreadyPermanent`], [`Error::BlockExpired`]. A block expires *at* `expires_at`.
    pub fn live(&self, now: Time) -> Result<Time, Error> {
        match self.expires_at {
            None => Err(Error::BlockAlreadyPermanent(self.id)),
            Some(at) if at <= now => Err(Error::BlockExpired { block: self.id, at }),
            Some(at) => Ok(at),
        }
    }

    /// The block, made permanent.
    ///
    /// # Errors
    /// As [`HeldBlock::live`].
    pub fn confirm(self, now: Time) -> Result<Self, Error> {
        self.live(now)?;
        Ok(Self { expires_at: None, ..self })
    }

    /// Until when the block holds, once extended by `ttl` from `now`: extending never shortens.
    ///
    /// # Errors
    /// As [`HeldBlock::live`].
    pub fn extend(self, ttl: Ttl, now: Time) -> Result<Time, Error> {
        Ok(self.live(now)?.max(ttl.from(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Time {
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }

    fn block(expires_at: Option<i64>) -> HeldBlock {
        let key = LevelKey { item: ItemId(1), warehouse: WarehouseId(1) };
        HeldBlock { id: BlockId(7), key, quantity: 3, expires_at: expires_at.map(at) }
    }

    #[test]
    fn a_live_block_is_confirmed_once() {
        let confirmed = block(Some(100)).confirm(at(99));
        assert_eq!(confirmed, Ok(block(None)));
        assert_eq!(block(None).confirm(at(99)), Err(Error::BlockAlreadyPermanent(BlockId(7))));
    }

    #[test]
    fn a_block_expires_at_its_time_and_not_before() {
        assert!(block(Some(100)).confirm(at(99)).is_ok());
        let expired = Error::BlockExpired { block: BlockId(7), at: at(100) };
        assert_eq!(block(Some(100)).confirm(at(100)), Err(expired.clone()));
        assert_eq!(block(Some(100)).extend(Ttl::default(), at(101)), Err(expired));
    }

    #[test]
    fn extending_never_shortens() -> Result<(), Error> {
        assert_eq!(block(Some(100)).extend(Ttl::new(50)?, at(90))?, at(140));
        assert_eq!(block(Some(100)).extend(Ttl::new(5)?, at(90))?, at(100));
        Ok(())
    }
}
