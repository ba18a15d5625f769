use crate::{
    BlockId, CartId, Error, ItemId, LevelKey, MovementReason, Quantity, Reference, Time, Ttl, UNITS_MAX,
    WarehouseId,
};

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

/// The most lines of a cart.
pub const CART_LINES_MAX: usize = 100;

/// A request to hold units of several items for a while: every line, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCart {
    /// 1 to [`CART_LINES_MAX`] lines.
    lines: Vec<CartLine>,
    /// For how long.
    pub ttl: Ttl,
    /// The shop's own name for whom it is; several carts may share one.
    pub reference: Option<Reference>,
}

/// One line of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartLine {
    /// The item.
    pub item: ItemId,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse; the fullest one that has the whole quantity where `None`.
    pub warehouse: Option<WarehouseId>,
}

impl PlaceCart {
    /// Refuses no lines, and more than [`CART_LINES_MAX`].
    pub fn new(lines: Vec<CartLine>, ttl: Ttl, reference: Option<Reference>) -> Result<Self, Error> {
        if (1..=CART_LINES_MAX).contains(&lines.len()) {
            return Ok(Self { lines, ttl, reference });
        }
        Err(Error::invalid("lines", format!("must be 1 to {CART_LINES_MAX}, not {}", lines.len())))
    }

    /// The lines, in the order they were asked for.
    pub fn lines(&self) -> &[CartLine] {
        &self.lines
    }
}

/// What a shop does not want a single buyer to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockLimits {
    /// Units that one block may hold.
    pub block_units_max: i32,
    /// Temporary blocks that one reference may have at a time.
    pub reference_blocks_max: i64,
}

impl Default for BlockLimits {
    /// As many units as a quantity can be, and 1,000 blocks a reference.
    fn default() -> Self {
        Self { block_units_max: UNITS_MAX, reference_blocks_max: 1_000 }
    }
}

/// A block to be written, with what groups it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The block.
    pub block: HeldBlock,
    /// The cart that it belongs to.
    pub cart: Option<CartId>,
    /// For whom it is.
    pub reference: Option<Reference>,
}

/// How a block came to its end, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedBlock {
    /// The ledger's line.
    pub line: i64,
    /// Its id.
    pub id: BlockId,
    /// The item whose units it held.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The warehouse that the units lie in.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// Units that were sold or went back.
    pub quantity: i32,
    /// Confirmed, released or expired.
    pub reason: MovementReason,
    /// When.
    pub ended_at: Time,
    /// Who ended it.
    pub actor: String,
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
    pub fn active_until(&self, now: Time) -> Result<Time, Error> {
        match self.expires_at {
            None => Err(Error::BlockAlreadyPermanent(self.id)),
            Some(at) if at <= now => Err(Error::BlockExpired { block: self.id, at }),
            Some(at) => Ok(at),
        }
    }

    /// The block, made permanent; of `quantity` units where given, of all that it holds otherwise.
    ///
    /// # Errors
    /// As [`HeldBlock::active_until`], and [`Error::QuantityOverBlock`].
    pub fn confirm(self, quantity: Option<Quantity>, now: Time) -> Result<Self, Error> {
        self.active_until(now)?;
        let requested = quantity.map_or(self.quantity, Quantity::get);
        if requested > self.quantity {
            return Err(Error::QuantityOverBlock { block: self.id, requested, held: self.quantity });
        }
        Ok(Self { quantity: requested, expires_at: None, ..self })
    }

    /// Until when the block holds, once extended by `ttl` from `now`: extending never shortens.
    ///
    /// # Errors
    /// As [`HeldBlock::active_until`].
    pub fn extend(self, ttl: Ttl, now: Time) -> Result<Time, Error> {
        Ok(self.active_until(now)?.max(ttl.from(now)))
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
        let confirmed = block(Some(100)).confirm(None, at(99));
        assert_eq!(confirmed, Ok(block(None)));
        assert_eq!(block(None).confirm(None, at(99)), Err(Error::BlockAlreadyPermanent(BlockId(7))));
    }

    #[test]
    fn a_block_expires_at_its_time_and_not_before() {
        assert!(block(Some(100)).confirm(None, at(99)).is_ok());
        let expired = Error::BlockExpired { block: BlockId(7), at: at(100) };
        assert_eq!(block(Some(100)).confirm(None, at(100)), Err(expired.clone()));
        assert_eq!(block(Some(100)).extend(Ttl::default(), at(101)), Err(expired));
    }

    #[test]
    fn a_part_can_be_confirmed_but_not_more_than_is_held() -> Result<(), Error> {
        let part = block(Some(100)).confirm(Some(Quantity::new(2)?), at(99))?;
        assert_eq!((part.quantity, part.expires_at), (2, None));
        let over = block(Some(100)).confirm(Some(Quantity::new(4)?), at(99));
        assert_eq!(over, Err(Error::QuantityOverBlock { block: BlockId(7), requested: 4, held: 3 }));
        Ok(())
    }

    #[test]
    fn extending_never_shortens() -> Result<(), Error> {
        assert_eq!(block(Some(100)).extend(Ttl::new(50)?, at(90))?, at(140));
        assert_eq!(block(Some(100)).extend(Ttl::new(5)?, at(90))?, at(100));
        Ok(())
    }
}
