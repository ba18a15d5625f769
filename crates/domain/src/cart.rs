//! Carts: blocks that share one life.

use crate::{
    BlockId, CartId, Error, HeldBlock, HoldNote, ItemId, LevelKey, NewBlock, OrderId, Quantity, Reference,
    Time, Ttl, WarehouseId,
};

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
    /// A note for the staff.
    pub note: Option<HoldNote>,
}

/// One line of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartLine<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse. With `None`, the planner takes the warehouse with the most available units. Several such lines of an
    /// item may get several warehouses, so that all fit.
    pub warehouse: Option<W>,
}

impl<I, W> PlaceCart<I, W> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`CART_LINES_MAX`] lines.
    pub fn new(lines: Vec<CartLine<I, W>>, ttl: Ttl, reference: Option<Reference>) -> Result<Self, Error> {
        check_lines(lines.len())?;
        Ok(Self { lines, ttl, reference, has_unique_reference: false, note: None })
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

    /// Returns the request with a note.
    pub fn with_note(self, note: Option<HoldNote>) -> Self {
        Self { note, ..self }
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
            note: self.note,
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
    /// Its units became an order's.
    Converted,
}

impl CartState {
    /// Returns the state of a cart with these blocks; `None` without blocks.
    ///
    /// A cart with an expired block has expired, also if other systems extended its other blocks by SQL.
    pub fn of(blocks: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |state: &Self| match state {
            Self::Converted => 4,
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
    /// The note about it.
    pub note: Option<HoldNote>,
    /// The time at which it was placed.
    pub created_at: Time,
    /// The time at which it expires or expired; `None` for a confirmed or a released cart.
    pub expires_at: Option<Time>,
    /// The order that its units became.
    pub order: Option<OrderId>,
    /// Its last payment; `None` without one, and after the payment was ended by a request.
    pub payment: Option<CartPayment>,
    /// Its lines, one per block. Those of a released or an expired cart are the last ones that it held.
    pub lines: Vec<CartHolding>,
}

impl Cart {
    /// Returns the cart with these blocks, in the order of its lines; `None` without blocks.
    pub fn of(id: CartId, details: CartDetails, members: &[CartMember]) -> Option<Self> {
        let state = CartState::of(members.iter().map(|member| member.state))?;
        // A block whose state differs from that of the cart no longer belongs to the cart.
        let of_state = || members.iter().filter(|member| member.state == state);
        Some(Self {
            id,
            state,
            version: details.version,
            reference: details.reference,
            note: details.note,
            created_at: details.created_at,
            expires_at: of_state().filter_map(|member| member.expires_at).min(),
            order: of_state().find_map(|member| member.order),
            payment: details.payment,
            lines: match state {
                // Its blocks may be reclaimed one after the other.
                CartState::Expired => members.iter().map(|member| member.holding).collect(),
                _ => of_state().map(|member| member.holding).collect(),
            },
        })
    }
}

/// A block of a cart, active or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartMember {
    /// Its units: those that it holds, or held last.
    pub holding: CartHolding,
    /// Its state.
    pub state: CartState,
    /// The time at which it expires or expired; `None` for a confirmed or a released block.
    pub expires_at: Option<Time>,
    /// The order that its units became.
    pub order: Option<OrderId>,
}

impl CartMember {
    /// Returns a block that exists. `is_expired` is whether its expiry time has come.
    pub fn existing(
        holding: CartHolding,
        is_permanent: bool,
        expires_at: Option<Time>,
        is_expired: bool,
    ) -> Self {
        let (state, expires_at) = match (is_permanent, is_expired) {
            (true, _) => (CartState::Confirmed, None),
            (false, true) => (CartState::Expired, expires_at),
            (false, false) => (CartState::Active, expires_at),
        };
        Self { holding, state, expires_at, order: None }
    }

    /// Returns a block that was released, or that expired at a time.
    pub fn ended(holding: CartHolding, expired_at: Option<Time>) -> Self {
        let state = expired_at.map_or(CartState::Released, |_| CartState::Expired);
        Self { holding, state, expires_at: expired_at, order: None }
    }

    /// Returns a block that was converted into an order.
    pub fn converted(holding: CartHolding, order: Option<OrderId>) -> Self {
        Self { holding, state: CartState::Converted, expires_at: None, order }
    }
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
    /// The note about it.
    pub note: Option<HoldNote>,
    /// The time at which it was placed.
    pub created_at: Time,
    /// Its last payment.
    pub payment: Option<CartPayment>,
}

impl NewBlock {
    /// Returns a new block of a cart, with the reference and the note of the cart.
    pub(crate) fn in_cart(block: HeldBlock, cart: &CartDetails) -> Self {
        Self { block, reference: cart.reference.clone(), note: cart.note.clone() }
    }
}

/// The payment of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartPayment {
    /// The shop's key of the payment.
    pub reference: Reference,
    /// The end of the time for the payment.
    pub until: Time,
    /// The expiry time of the cart before the payment. It is restored if a request ends the payment.
    pub expires_before: Time,
    /// The time at which the units of the expired cart were taken again for this payment.
    pub retaken_at: Option<Time>,
}

impl CartPayment {
    /// Returns whether the payment of an active cart runs at `now`: until then, exclusively, only a confirmation or the end of
    /// the payment can change the cart.
    pub fn is_running(&self, now: Time) -> bool {
        now < self.until
    }
}

/// A request to keep a cart for the time of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPayment {
    /// The cart.
    pub cart: CartId,
    /// The time for the payment. The cart does not expire before its end.
    pub ttl: Ttl,
    /// The shop's key of the payment.
    pub reference: Reference,
}

/// A request to confirm a cart, or to take its units again if it has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetakeCart {
    /// The cart.
    pub cart: CartId,
    /// The shop's key of the payment; that of the cart's last payment by default. A key that the request names becomes that of
    /// the cart, unless it is the key of another cart that is active or confirmed.
    pub payment: Option<Reference>,
}

/// A cart that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartConfirmed {
    /// The cart.
    pub id: CartId,
    /// Its blocks, now permanent.
    pub blocks: Vec<HeldBlock>,
    /// Whether the cart had expired, and its units were taken again.
    pub is_retaken: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_has_the_lines_of_its_state() {
        let at = |seconds| Time::from_timestamp(seconds, 0).unwrap_or_default();
        let key = LevelKey { item: ItemId(1), warehouse: WarehouseId(1) };
        let holding = |id, quantity| CartHolding { block: BlockId(id), key, quantity };
        let details =
            || CartDetails { version: 3, reference: None, note: None, created_at: at(1), payment: None };
        let lines = |cart: Option<Cart>| {
            cart.map(|cart| {
                (cart.state, cart.expires_at, cart.lines.iter().map(|line| line.block.0).collect::<Vec<_>>())
            })
        };
        let active = |id, until| CartMember::existing(holding(id, 1), false, Some(at(until)), false);
        let sold = CartMember::existing(holding(3, 1), true, None, false);
        let released = CartMember::ended(holding(4, 1), None);
        let cart = Cart::of(CartId(1), details(), &[active(1, 9), sold, active(2, 8), released]);
        assert_eq!(lines(cart), Some((CartState::Active, Some(at(8)), vec![1, 2])));
        let expired = CartMember::ended(holding(5, 1), Some(at(5)));
        let cart = Cart::of(CartId(1), details(), &[active(1, 9), expired]);
        assert_eq!(lines(cart), Some((CartState::Expired, Some(at(5)), vec![1, 5])));
        assert_eq!(Cart::of(CartId(1), details(), &[]), None);
    }

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
