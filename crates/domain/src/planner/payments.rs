//! Payments of carts, and late confirmations that take the units of an expired cart again.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use super::model::{CartChange, PaymentChange};
use crate::{
    BlockId, Cart, CartConfirmed, CartDetails, CartHolding, CartId, CartPayment, CartState, Error, HeldBlock,
    LevelKey, MovementReason, NewBlock, Reference, RetakeCart, Shortage, StartPayment, Time,
};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// A payment moves the expiry time of a cart by at least this time. A server with cached blocks from before the payment then
/// finds them changed, also if the cart expires after the end of the payment anyway.
const EXPIRY_CHANGE_MIN: TimeDelta = TimeDelta::microseconds(1);

/// The blocks of an expired cart.
#[derive(Default)]
struct Remains {
    /// Blocks that have not been reclaimed.
    held: Vec<HeldBlock>,
    /// Blocks that have been reclaimed: their units are available again, or were sold to others.
    returned: Vec<CartHolding>,
}

impl Draft<'_> {
    /// Keeps an active cart until the end of a payment.
    ///
    /// # Errors
    /// Those of [`Draft::changeable_blocks_of`], and [`Error::CartLifeLimit`].
    pub(super) fn start_payment(&mut self, index: usize, start: &StartPayment) -> Decision {
        let StartPayment { cart, ttl, ref reference } = *start;
        let held = self.changeable_blocks_of(cart)?;
        let details = self.details_of(cart).ok_or(Error::CartNotFound(cart))?.clone();
        let expires_before = self.expiry_of(&held);
        let until = ttl.from(self.before.now);
        let latest = details.created_at + self.before.limits.cart_life_max;
        if until > latest.max(expires_before) {
            return Err(Error::CartLifeLimit { cart, until: latest });
        }
        let expires_during = until.max(expires_before + EXPIRY_CHANGE_MIN);
        let payment = CartPayment { reference: reference.clone(), until, expires_before, retaken_at: None };
        let details = CartDetails { payment: Some(payment.clone()), ..details };
        let change = PaymentChange { cart, payment, expires_during, has_started: true, request: index };
        Ok(self.change_payment(change, details, held, expires_during))
    }

    /// Ends the running payment of a cart. If its ordinary expiry time has passed, the cart has expired.
    ///
    /// # Errors
    /// Those of [`Draft::active_blocks_of`], and [`Error::PaymentNotRunning`].
    pub(super) fn end_payment(&mut self, index: usize, cart: CartId) -> Decision {
        let held = self.active_blocks_of(cart)?;
        let payment = self.running_payment(cart).ok_or(Error::PaymentNotRunning(cart))?.clone();
        let details = self.details_of(cart).ok_or(Error::CartNotFound(cart))?;
        let details = CartDetails { payment: None, ..details.clone() };
        let (expires_during, expires_at) = (self.expiry_of(&held), payment.expires_before);
        let change = PaymentChange { cart, payment, expires_during, has_started: false, request: index };
        Ok(self.change_payment(change, details, held, expires_at))
    }

    /// Sets the expiry time of a cart's blocks and its details.
    fn change_payment(
        &mut self,
        change: PaymentChange,
        details: CartDetails,
        held: Vec<HeldBlock>,
        expires_at: Time,
    ) -> Granted {
        let cart = change.cart;
        for block in &held {
            self.blocks.insert(block.id, Ok(HeldBlock { expires_at: Some(expires_at), ..*block }));
        }
        self.payments.push(change);
        let blocks = held.iter().map(|block| block.id).collect();
        let changed = CartChange { version_before: Some(details.version), details: details.clone(), blocks };
        self.carts.insert(cart, changed);
        let CartDetails { version, reference, note, created_at, payment } = details;
        let line =
            |block: &HeldBlock| CartHolding { block: block.id, key: block.key, quantity: block.quantity };
        Granted::PaymentChanged(Cart {
            id: cart,
            state: if expires_at <= self.before.now { CartState::Expired } else { CartState::Active },
            version,
            reference,
            note,
            created_at,
            expires_at: Some(expires_at),
            payment,
            order: None,
            lines: held.iter().map(line).collect(),
        })
    }

    /// Confirms an active cart. If the cart has expired, takes its units again from the same levels and makes them permanent.
    /// Both record the payment, so that it can't be used for another cart.
    ///
    /// # Errors
    /// Those of [`Draft::active_blocks_of`]; [`Error::PaymentReferenceUsed`], [`Error::ItemArchived`];
    /// [`Error::CartExpired`] with the shortages.
    pub(super) fn confirm_or_retake(&mut self, index: usize, retake: &RetakeCart) -> Decision {
        match self.active_blocks_of(retake.cart) {
            Ok(held) => {
                let paid = self.paid_cart(retake, &held)?;
                let confirmed = self.confirm_cart(index, retake.cart)?;
                self.carts.extend(paid.map(|change| (retake.cart, change)));
                Ok(confirmed)
            }
            Err(Error::CartExpired { at, .. }) => self.retake(index, retake, at),
            Err(error) => Err(error),
        }
    }

    /// Returns an active cart with the payment that its confirmation names; `None` if the cart has this payment, or none is
    /// named. The optimistic path does not decide a confirmation that names a payment: it has no details of carts.
    fn paid_cart(&self, retake: &RetakeCart, held: &[HeldBlock]) -> Result<Option<CartChange>, Error> {
        let Some(reference) = retake.payment.clone() else { return Ok(None) };
        let details = self.details_of(retake.cart).ok_or(Error::CartNotFound(retake.cart))?;
        if details.payment.as_ref().is_some_and(|payment| payment.reference == reference) {
            return Ok(None);
        }
        self.check_payment_unused(retake.cart, &reference)?;
        let (until, expires_before) = match &details.payment {
            Some(payment) => (payment.until, payment.expires_before),
            None => (self.before.now, self.expiry_of(held)),
        };
        let payment = CartPayment { reference, until, expires_before, retaken_at: None };
        Ok(Some(CartChange {
            version_before: Some(details.version),
            details: CartDetails { payment: Some(payment), ..details.clone() },
            blocks: held.iter().map(|block| block.id).collect(),
        }))
    }

    fn retake(&mut self, index: usize, retake: &RetakeCart, expired_at: Time) -> Decision {
        let cart = retake.cart;
        let expired = |shortages| Error::CartExpired { cart, at: expired_at, shortages };
        let details = self.details_of(cart).ok_or_else(|| expired(Vec::new()))?.clone();
        let payment = retake.payment.as_ref().or(details.payment.as_ref().map(|payment| &payment.reference));
        let payment = payment
            .ok_or_else(|| Error::invalid("paymentReference", "is missing, and the cart has no payment"))?;
        self.check_payment_unused(cart, payment)?;
        let members = self.before.carts.get(&cart).map(Vec::as_slice).unwrap_or_default();
        let remains = self.remains(cart, members).ok_or_else(|| expired(Vec::new()))?;
        let held = remains.held.iter().map(|block| block.key.warehouse);
        let returned = remains.returned.iter().map(|line| line.key.warehouse);
        held.chain(returned).try_for_each(|warehouse| self.check_warehouse(warehouse))?;
        remains.returned.iter().try_for_each(|line| self.check_sellable(line.key.item))?;
        let shortages = self.shortages_of(&remains.returned);
        if !shortages.is_empty() {
            self.short_items.extend(shortages.iter().map(|shortage| shortage.item));
            return Err(expired(shortages));
        }
        let new = self.place_again(index, cart, &details, &remains.returned)?;
        for block in &remains.held {
            self.blocks.insert(block.id, Ok(HeldBlock { expires_at: None, ..*block }));
            self.record_ended(block);
            self.record_sale(index, block);
        }
        let held = remains.held.iter().map(|block| (block.id, HeldBlock { expires_at: None, ..*block }));
        let returned = remains.returned.iter().map(|line| line.block).zip(new);
        let mut sold: BTreeMap<_, _> = held.chain(returned).collect();
        let blocks: Vec<_> = members.iter().filter_map(|id| sold.remove(id)).collect();
        let now = self.before.now;
        let (until, expires_before) = match &details.payment {
            Some(payment) => (payment.until, payment.expires_before),
            None => (expired_at, expired_at),
        };
        let payment =
            CartPayment { reference: payment.clone(), until, expires_before, retaken_at: Some(now) };
        let details = CartDetails { payment: Some(payment), ..details };
        let version_before = Some(details.version);
        let members = blocks.iter().map(|block| block.id).collect();
        self.carts.insert(cart, CartChange { version_before, details, blocks: members });
        Ok(Granted::CartConfirmed(CartConfirmed { id: cart, blocks, is_retaken: true }))
    }

    /// Returns the blocks of an expired cart; `None` if a block is unknown, so that no part of the cart is sold alone. The end of
    /// a block is unknown after its movements were archived.
    fn remains(&self, cart: CartId, members: &[BlockId]) -> Option<Remains> {
        let mut remains = Remains::default();
        for id in members.iter().filter(|id| self.is_member(cart, **id)) {
            match self.block(*id) {
                Ok(block) if block.expires_at.is_some() => remains.held.push(block),
                Err(Error::BlockExpired { .. }) => remains.returned.push(self.ended_line(*id)?),
                Err(Error::BlockNotFound(_)) => return None,
                // Another system has confirmed or released the block.
                Ok(_) | Err(_) => {}
            }
        }
        Some(remains)
    }

    /// Returns the units of a block that has ended, before the batch or in it.
    fn ended_line(&self, block: BlockId) -> Option<CartHolding> {
        let reclaimed = self.before.blocks.get(&block).or_else(|| self.expired_block(block));
        let line = |held: &HeldBlock| CartHolding { block, key: held.key, quantity: held.quantity };
        reclaimed.map(line).or_else(|| self.before.ended_lines.get(&block).copied())
    }

    fn expired_block(&self, block: BlockId) -> Option<&HeldBlock> {
        self.before.expired.iter().find(|expired| expired.id == block)
    }

    /// Returns the stock levels that lack units for these lines.
    fn shortages_of(&self, lines: &[CartHolding]) -> Vec<Shortage> {
        let mut wanted = BTreeMap::<LevelKey, i64>::new();
        for line in lines {
            *wanted.entry(line.key).or_default() += i64::from(line.quantity);
        }
        let short = wanted.into_iter().filter_map(|(key, units)| {
            let available = self.available(key).into();
            (units > available).then(|| super::distribution::shortage(key.item, units, available))
        });
        short.collect()
    }

    /// Places a permanent block for each of these lines. The caller has checked that the units are available. Returns the
    /// blocks.
    fn place_again(
        &mut self,
        index: usize,
        cart: CartId,
        details: &CartDetails,
        lines: &[CartHolding],
    ) -> Result<Vec<HeldBlock>, Error> {
        if self.before.new_block_ids.len().saturating_sub(self.placed.len()) < lines.len() {
            return Err(Error::invalid("newBlockIds", "has too few ids"));
        }
        let mut placed = Vec::with_capacity(lines.len());
        for line in lines {
            let block = self.create_block(line.key, line.quantity, self.before.now)?;
            let block = HeldBlock { expires_at: None, cart: Some(cart), ..block };
            self.placed.push(NewBlock::in_cart(block, details));
            self.change_level(
                line.key,
                -line.quantity,
                MovementReason::Blocked,
                Cause::block(block.id, index),
            )?;
            self.record_sale(index, &block);
            placed.push(block);
        }
        Ok(placed)
    }

    /// Records the sale of a block. Its units were taken when it was placed.
    fn record_sale(&mut self, index: usize, block: &HeldBlock) {
        let cause = Cause { units: Some(block.quantity), ..Cause::block(block.id, index) };
        self.record_movement(block.key, 0, MovementReason::Confirmed, cause);
    }

    /// Returns the blocks of an active cart without a running payment.
    ///
    /// # Errors
    /// Those of [`Draft::active_blocks_of`], and [`Error::PaymentRunning`].
    pub(super) fn changeable_blocks_of(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        let held = self.active_blocks_of(cart)?;
        match self.running_payment(cart) {
            Some(payment) => {
                let (reference, until) = (payment.reference.to_string(), payment.until);
                Err(Error::PaymentRunning { cart, reference, until })
            }
            None => Ok(held),
        }
    }

    /// Returns the payment of an active cart, if it is running.
    fn running_payment(&self, cart: CartId) -> Option<&CartPayment> {
        let payment = self.details_of(cart)?.payment.as_ref();
        payment.filter(|payment| payment.is_running(self.before.now))
    }

    /// Returns the details of a cart after the requests that are decided so far.
    fn details_of(&self, cart: CartId) -> Option<&CartDetails> {
        let changed = self.carts.get(&cart).map(|change| &change.details);
        changed.or_else(|| self.before.cart_details.get(&cart))
    }

    /// Checks that no other cart is confirmed or active with the payment.
    fn check_payment_unused(&self, cart: CartId, payment: &Reference) -> Result<(), Error> {
        let named = self.carts.iter().filter(|(_, change)| {
            change.details.payment.as_ref().is_some_and(|other| other.reference == *payment)
        });
        let paid = self.before.paid_carts.get(payment).map(Vec::as_slice).unwrap_or_default();
        let mut others = paid.iter().chain(named.map(|(id, _)| id)).filter(|other| **other != cart);
        others.next().map_or(Ok(()), |other| {
            Err(Error::PaymentReferenceUsed { reference: payment.to_string(), cart: *other })
        })
    }

    /// Returns the expiry time of the blocks of a cart.
    fn expiry_of(&self, held: &[HeldBlock]) -> Time {
        held.iter().filter_map(|block| block.expires_at).min().unwrap_or(self.before.now)
    }
}
