//! Carts: blocks that share one life.

use crate::{BlockId, CartId, Error, ItemId, LevelKey, Quantity, Reference, Time, Ttl, WarehouseId};

/// The maximum number of lines of a cart.
pub const CART_LINES_MAX: usize = 100;

/// A request for a cart: a temporary block per line, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCart<I = ItemId, W = WarehouseId> {
    /// 1 to [`CART_LINES_MAX`] lines.
    lines: Vec<CartLine<I, W>>,
    /// The time until it expires.
    pub ttl: Ttl,
    /// The shop's key of the cart, or its name for the buyer.
    pub reference: Option<Reference>,
    /// Whether no other cart, in any state, may have the reference. Otherwise several carts may share one.
    pub has_unique_reference: bool,
}

/// One line of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartLine<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse. With `None`, the planner takes the warehouse with the most available units.
    pub warehouse: Option<W>,
}

impl<I, W> PlaceCart<I, W> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`CART_LINES_MAX`] lines.
    pub fn new(lines: Vec<CartLine<I, W>>, ttl: Ttl, reference: Option<Reference>) -> Result<Self, Error> {
        check_lines(lines.len())?;
        Ok(Self { lines, ttl, reference, has_unique_reference: false })
    }

    /// Returns the request with the condition that no other cart has its reference, if `is_unique`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the condition without a reference.
    pub fn with_unique_reference(self, is_unique: bool) -> Result<Self, Error> {
        match is_unique && self.reference.is_none() {
            true => Err(Error::invalid("uniqueReference", "needs a reference")),
            false => Ok(Self { has_unique_reference: is_unique, ..self }),
        }
    }

    /// The lines, in the order of the request.
    pub fn lines(&self) -> &[CartLine<I, W>] {
        &self.lines
    }

    /// Returns the request with other keys of items and warehouses.
    pub(crate) fn map_lines<J, X>(self, line: impl Fn(CartLine<I, W>) -> CartLine<J, X>) -> PlaceCart<J, X> {
        let lines = self.lines.into_iter().map(line).collect();
        PlaceCart {
            lines,
            ttl: self.ttl,
            reference: self.reference,
            has_unique_reference: self.has_unique_reference,
        }
    }
}

/// The state of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CartState {
    /// Its blocks hold their units until they expire.
    Active,
    /// It was confirmed: its units are sold.
    Confirmed,
    /// It was released.
    Released,
    /// It has expired.
    Expired,
}

impl CartState {
    /// Returns the state of a cart with these blocks; `None` without blocks.
    ///
    /// A cart with an expired block has expired, also if other systems extended its other blocks by SQL.
    pub fn of(blocks: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |state: &Self| match state {
            Self::Expired => 3,
            Self::Active => 2,
            Self::Confirmed => 1,
            Self::Released => 0,
        };
        blocks.into_iter().max_by_key(rank)
    }
}

/// A cart as it is shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// Its id.
    pub id: CartId,
    /// Its state.
    pub state: CartState,
    /// The number of its sets of lines: 1 for a new cart, incremented by each change of its lines.
    pub version: i64,
    /// The shop's key of the cart, or its name for the buyer.
    pub reference: Option<Reference>,
    /// The time at which it was placed.
    pub created_at: Time,
    /// The time at which it expires or expired; `None` for a confirmed or a released cart.
    pub expires_at: Option<Time>,
    /// Its lines, one per block. Those of a released or an expired cart are the last ones that it held.
    pub lines: Vec<CartHolding>,
}

/// The units of one block of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartHolding {
    /// The block.
    pub block: BlockId,
    /// The stock level that its units came from.
    pub key: LevelKey,
    /// Units.
    pub quantity: i32,
}

/// A request to replace the lines of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCart<I = ItemId, W = WarehouseId> {
    /// The cart.
    pub id: CartId,
    /// The version that the caller has read.
    pub version: i64,
    /// 1 to [`CART_LINES_MAX`] lines.
    lines: Vec<CartLine<I, W>>,
    /// The time until the changed cart expires. Never shortens its life. With `None` the expiry time stays.
    pub ttl: Option<Ttl>,
}

impl<I, W> ChangeCart<I, W> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`CART_LINES_MAX`] lines.
    pub fn new(
        id: CartId,
        version: i64,
        lines: Vec<CartLine<I, W>>,
        ttl: Option<Ttl>,
    ) -> Result<Self, Error> {
        check_lines(lines.len())?;
        Ok(Self { id, version, lines, ttl })
    }

    /// Returns the request with other keys of items and warehouses.
    pub(crate) fn map_lines<J, X>(self, line: impl Fn(CartLine<I, W>) -> CartLine<J, X>) -> ChangeCart<J, X> {
        let lines = self.lines.into_iter().map(line).collect();
        ChangeCart { id: self.id, version: self.version, lines, ttl: self.ttl }
    }

    /// The lines, in the order of the request.
    pub fn lines(&self) -> &[CartLine<I, W>] {
        &self.lines
    }
}

/// Checks the number of lines of a cart.
///
/// # Errors
/// [`Error::Invalid`] unless there are 1 to [`CART_LINES_MAX`].
fn check_lines(lines: usize) -> Result<(), Error> {
    match (1..=CART_LINES_MAX).contains(&lines) {
        true => Ok(()),
        false => Err(Error::invalid("lines", format!("must be 1 to {CART_LINES_MAX}, not {lines}"))),
    }
}

/// The fields of a cart that the planner needs besides its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartDetails {
    /// Its version.
    pub version: i64,
    /// Its reference.
    pub reference: Option<Reference>,
    /// The time at which it was placed.
    pub created_at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_with_an_expired_block_has_expired() {
        use CartState::{Active, Confirmed, Expired, Released};
        assert_eq!(CartState::of([Active, Expired, Confirmed]), Some(Expired));
        assert_eq!(CartState::of([Released, Active]), Some(Active));
        assert_eq!(CartState::of([Released, Confirmed]), Some(Confirmed));
        assert_eq!(CartState::of([Released]), Some(Released));
        assert_eq!(CartState::of([]), None);
    }
}
