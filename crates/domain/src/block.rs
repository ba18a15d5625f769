use crate::{
    BlockId, CartId, Error, HoldNote, ItemId, LevelKey, MovementReason, OrderId, Quantity, Reference, Time,
    Ttl, UNITS_MAX, WarehouseId,
};
use chrono::TimeDelta;

/// The state of a block at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockState {
    /// Reserves its units until it expires.
    Temporary,
    /// Confirmed: its units are sold.
    Permanent,
    /// It has expired.
    Expired,
    /// It was released before it expired.
    Released,
    /// Its units became an order's.
    Converted,
}

/// A block as it is shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// The item of its units.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// The warehouse of its units.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// Units.
    pub quantity: i32,
    /// The current state.
    pub state: BlockState,
    /// Whether its units have left the shelf. Only those of a permanent block can.
    pub is_shipped: bool,
    /// The time at which it was placed.
    pub created_at: Time,
    /// The time at which it expires or expired; `None` for a permanent or a released block.
    pub expires_at: Option<Time>,
    /// The shop's name for the buyer; `None` for a block that was released, has expired or was converted.
    pub reference: Option<String>,
    /// The note about it; `None` for a block that was released, has expired or was converted.
    pub note: Option<String>,
    /// Its cart; `None` for a block of no cart, and for one that was released, has expired or was converted.
    pub cart: Option<CartId>,
}

/// A request for a temporary block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceBlock<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse. With `None`, the planner takes the warehouse with the most available units.
    pub warehouse: Option<W>,
    /// The time until it expires.
    pub ttl: Ttl,
}

/// A request for a temporary block with the details of its buyer. It belongs to no cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceHold<I = ItemId, W = WarehouseId> {
    /// The block.
    pub block: PlaceBlock<I, W>,
    /// The shop's name for the buyer. It counts for the limit of blocks per reference.
    pub reference: Option<Reference>,
    /// A note for the staff.
    pub note: Option<HoldNote>,
}

impl<I, W> From<PlaceBlock<I, W>> for PlaceHold<I, W> {
    fn from(block: PlaceBlock<I, W>) -> Self {
        Self { block, reference: None, note: None }
    }
}

/// The configured limits for a single buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockLimits {
    /// Maximum number of units of one block.
    pub block_units_max: i32,
    /// Maximum number of active blocks of one reference.
    pub reference_blocks_max: i64,
    /// A payment keeps a cart for at most this time after the cart was placed.
    pub cart_life_max: TimeDelta,
}

/// The default of [`BlockLimits::cart_life_max`], in hours.
pub const CART_LIFE_HOURS_MAX_DEFAULT: u32 = 24;

impl BlockLimits {
    /// Returns the limits with another time for a cart with a payment, in hours.
    pub fn with_cart_life_hours(self, hours: u32) -> Self {
        Self { cart_life_max: TimeDelta::hours(hours.into()), ..self }
    }
}

impl Default for BlockLimits {
    /// [`UNITS_MAX`] units per block, 1,000 blocks per reference, and 24 hours per cart with a payment.
    fn default() -> Self {
        Self {
            block_units_max: UNITS_MAX,
            reference_blocks_max: 1_000,
            cart_life_max: TimeDelta::hours(CART_LIFE_HOURS_MAX_DEFAULT.into()),
        }
    }
}

/// A block to be created, with its cart and reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The block.
    pub block: HeldBlock,
    /// The shop's name for the buyer.
    pub reference: Option<Reference>,
    /// The note about it, or about its cart.
    pub note: Option<HoldNote>,
}

/// A block that has ended, as it is shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedBlock {
    /// The id of the movement that ended it.
    pub movement_id: i64,
    /// Its id.
    pub id: BlockId,
    /// The item of its units.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// The warehouse of its units.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// Units that were sold or returned to stock.
    pub quantity: i32,
    /// [`MovementReason::Confirmed`], [`MovementReason::Released`] or [`MovementReason::Expired`].
    pub reason: MovementReason,
    /// The time at which it ended.
    pub ended_at: Time,
    /// The principal that ended it.
    pub actor: String,
}

/// How a block ended without a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockEnd {
    /// It expired; its units were reclaimed at this time.
    Expired(Time),
    /// It was released by a request.
    Released,
    /// Its units became this order's.
    Converted(OrderId),
}

impl BlockEnd {
    /// The error for a request that names the ended block.
    pub fn error(self, block: BlockId) -> Error {
        match self {
            Self::Expired(at) => Error::BlockExpired { block, at },
            Self::Released => Error::BlockReleased(block),
            Self::Converted(order) => Error::BlockConverted { block, order },
        }
    }
}

/// A block that has not ended: temporary or permanent. The rules of its life cycle use this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBlock {
    /// Its id.
    pub id: BlockId,
    /// The stock level that its units came from.
    pub key: LevelKey,
    /// Units.
    pub quantity: i32,
    /// The time at which it expires; `None` for a permanent block.
    pub expires_at: Option<Time>,
    /// Its cart. It never changes.
    pub cart: Option<CartId>,
}

impl HeldBlock {
    /// Returns the expiry time of a block that is active at `now`, so that it can be confirmed, released or extended.
    ///
    /// # Errors
    /// [`Error::BlockAlreadyPermanent`]. [`Error::BlockExpired`] from `expires_at` on, inclusively.
    pub fn active_until(&self, now: Time) -> Result<Time, Error> {
        match self.expires_at {
            None => Err(Error::BlockAlreadyPermanent(self.id)),
            Some(at) if at <= now => Err(Error::BlockExpired { block: self.id, at }),
            Some(at) => Ok(at),
        }
    }

    /// Returns the block if it is active at `now` and belongs to no cart, so that a request about it alone can change it.
    ///
    /// # Errors
    /// Those of [`HeldBlock::active_until`], and [`Error::BlockInCart`].
    pub fn alone(self, now: Time) -> Result<Self, Error> {
        self.active_until(now)?;
        match self.cart {
            Some(cart) => Err(Error::BlockInCart { block: self.id, cart }),
            None => Ok(self),
        }
    }

    /// Returns the block as a permanent one, with `quantity` units if given, otherwise with all its units.
    ///
    /// # Errors
    /// Those of [`HeldBlock::active_until`], and [`Error::QuantityOverBlock`].
    pub fn confirm(self, quantity: Option<Quantity>, now: Time) -> Result<Self, Error> {
        self.active_until(now)?;
        let requested = quantity.map_or(self.quantity, Quantity::get);
        if requested > self.quantity {
            return Err(Error::QuantityOverBlock { block: self.id, requested, held: self.quantity });
        }
        Ok(Self { quantity: requested, expires_at: None, ..self })
    }

    /// Returns the expiry time after an extension to `ttl` from `now`. An extension never shortens a block.
    ///
    /// # Errors
    /// Those of [`HeldBlock::active_until`].
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
        HeldBlock { id: BlockId(7), key, quantity: 3, expires_at: expires_at.map(at), cart: None }
    }

    #[test]
    fn an_active_block_is_confirmed_once() {
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
    fn a_part_can_be_confirmed_but_not_more_units_than_the_block_has() -> Result<(), Error> {
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
