//! The rules of payments and late confirmations. The payments of a test do not end before the test.

use super::*;
use chrono::TimeDelta;
use domain::{Cart, CartConfirmed, CartState, Decision, Granted, Reference, RetakeCart, StartPayment};

/// The time of a payment that a test starts.
pub(in crate::linearizability) const PAYMENT_SECONDS: i64 = 3_600;

/// A cart with an ordinary expiry time so long before the end of its payment expires before the test ends.
const BRIEF: TimeDelta = TimeDelta::seconds(PAYMENT_SECONDS - 60);

impl Ledger {
    /// Returns the error of a request that changes, extends, releases or pays a cart; `None` for an active cart without a
    /// running payment.
    pub(super) fn change_rejected(&self, cart: CartId) -> Option<Rejection> {
        let running = || {
            let payment = self.payments.get(&cart)?;
            let (reference, until) = (payment.reference.to_string(), payment.until);
            Some(Rejection::PaymentRunning { cart, reference, until })
        };
        self.cart_end(cart).or_else(running)
    }

    /// Starts a payment. Returns whether the response matches.
    pub(super) fn start_payment(&mut self, start: &StartPayment, answer: &Decision) -> bool {
        match (self.change_rejected(start.cart), answer) {
            (Some(wanted), Err(rejection)) => same_end(&wanted, rejection),
            (None, Ok(Granted::PaymentChanged(cart))) => {
                let Some(payment) = cart.payment.clone() else { return false };
                let before = self.cart_expiry(start.cart);
                let is_right = payment.reference == start.reference
                    && Some(payment.expires_before) == before
                    && cart.expires_at >= before
                    && cart.expires_at >= Some(payment.until);
                self.payments.insert(start.cart, payment);
                is_right && cart.state == CartState::Active && self.keep_until(start.cart, cart, State::Held)
            }
            _ => false,
        }
    }

    /// Ends a payment by a request. Returns whether the response matches.
    pub(super) fn end_payment(&mut self, id: CartId, answer: &Decision) -> bool {
        if let Some(wanted) = self.cart_end(id) {
            return answer.as_ref().err().is_some_and(|rejection| same_end(&wanted, rejection));
        }
        match (self.payments.remove(&id), answer) {
            (None, Err(rejection)) => *rejection == Rejection::PaymentNotRunning(id),
            (Some(payment), Ok(Granted::PaymentChanged(cart))) => {
                let is_right = cart.payment.is_none() && cart.expires_at == Some(payment.expires_before);
                let is_brief = payment.until - payment.expires_before > BRIEF;
                let state = match (cart.state, is_brief) {
                    (CartState::Active, false) => State::Held,
                    (CartState::Active, true) => State::HeldBriefly,
                    (CartState::Expired, true) => State::Due,
                    _ => return false,
                };
                is_right && self.keep_until(id, cart, state)
            }
            _ => false,
        }
    }

    /// Returns the time at which an active cart expires.
    fn cart_expiry(&self, cart: CartId) -> Option<Time> {
        self.live_of(cart).into_iter().filter_map(|id| self.blocks[&id].expires_at).min()
    }

    /// Sets the expiry time and the state of a cart's blocks. Returns whether the response has these blocks.
    fn keep_until(&mut self, id: CartId, cart: &Cart, state: State) -> bool {
        let mut lines: Vec<_> = cart.lines.iter().map(|line| line.block).collect();
        lines.sort_unstable();
        let live = self.live_of(id);
        for block in &live {
            if let Some(entry) = self.blocks.get_mut(block) {
                (entry.expires_at, entry.state) = (cart.expires_at, state);
            }
        }
        cart.id == id && live == lines
    }

    /// Confirms an active cart. Returns whether the response matches.
    pub(super) fn confirm_cart(&mut self, cart: CartId, confirmed: &CartConfirmed) -> bool {
        let (is_active, live) = (self.cart_end(cart).is_none(), self.live_of(cart));
        let mut sold: Option<Vec<_>> = live.iter().map(|id| self.sell(*id, None)).collect();
        let mut blocks = confirmed.blocks.clone();
        blocks.sort_unstable_by_key(|block| block.id);
        sold.iter_mut().for_each(|sold| sold.sort_unstable_by_key(|block| block.id));
        is_active && confirmed.id == cart && !confirmed.is_retaken && sold == Some(blocks)
    }

    /// Confirms a cart that may have expired. Returns whether the response matches.
    pub(super) fn confirm_late(&mut self, retake: &RetakeCart, answer: &Decision) -> bool {
        let cart = retake.cart;
        match (self.cart_end(cart), answer) {
            (None, answer) => self.confirm_paid(retake, answer),
            (Some(Rejection::CartExpired { .. }), answer) => self.retake(retake, answer),
            (Some(wanted), Err(rejection)) => same_end(&wanted, rejection),
            _ => false,
        }
    }

    /// Confirms an active cart with the payment that the request names.
    fn confirm_paid(&mut self, retake: &RetakeCart, answer: &Decision) -> bool {
        let cart = retake.cart;
        let own = self.payments.get(&cart).map(|payment| &payment.reference);
        if let Some(reference) = retake.payment.as_ref().filter(|named| own != Some(*named)) {
            if self.is_used(cart, reference) {
                return self.names_user(cart, reference, answer);
            }
            self.payments.insert(cart, paid(reference.clone(), None));
        }
        match answer {
            Ok(Granted::CartConfirmed(confirmed)) => self.confirm_cart(cart, confirmed),
            _ => false,
        }
    }

    /// Returns the other carts with a payment that are active, confirmed or converted.
    fn users<'a>(&'a self, cart: CartId, reference: &'a Reference) -> impl Iterator<Item = CartId> + 'a {
        let has_ended =
            |end: &Rejection| matches!(end, Rejection::CartReleased(_) | Rejection::CartExpired { .. });
        let of_reference = self.payments.iter().filter(move |(_, paid)| paid.reference == *reference);
        let others = of_reference.map(|(id, _)| *id).filter(move |id| *id != cart);
        others.filter(move |id| !self.cart_end(*id).is_some_and(|end| has_ended(&end)))
    }

    fn is_used(&self, cart: CartId, reference: &Reference) -> bool {
        self.users(cart, reference).next().is_some()
    }

    /// Returns whether a response refuses a payment because another cart has it.
    fn names_user(&self, cart: CartId, reference: &Reference, answer: &Decision) -> bool {
        matches!(answer, Err(Rejection::PaymentReferenceUsed { reference: used, cart: other })
            if *used == reference.to_string() && self.users(cart, reference).any(|user| user == *other))
    }

    /// Takes the units of an expired cart again.
    fn retake(&mut self, retake: &RetakeCart, answer: &Decision) -> bool {
        let cart = retake.cart;
        let own = self.payments.get(&cart).map(|payment| &payment.reference);
        let Some(reference) = retake.payment.as_ref().or(own).cloned() else {
            return matches!(answer, Err(Rejection::Invalid { field: "paymentReference", .. }));
        };
        if self.is_used(cart, &reference) {
            return self.names_user(cart, &reference, answer);
        }
        let in_state = |state| {
            let members = self.blocks.iter().filter(|(_, entry)| entry.cart == Some(cart));
            members.filter(|(_, entry)| entry.state == state).map(|(id, _)| *id).collect::<Vec<_>>()
        };
        let (due, returned) = (in_state(State::Due), in_state(State::Expired));
        let mut wanted = BTreeMap::<LevelKey, i32>::new();
        returned
            .iter()
            .map(|id| &self.blocks[id])
            .for_each(|entry| *wanted.entry(entry.key).or_default() += entry.units);
        let short: Vec<_> =
            wanted.iter().filter(|(key, units)| self.units(**key) < **units).map(|(key, _)| *key).collect();
        match answer {
            Err(Rejection::CartExpired { cart: named, shortages, .. }) => {
                *named == cart
                    && !short.is_empty()
                    && !short.iter().any(|key| self.is_due(key.item, None))
                    && shortages.iter().all(|line| short.iter().any(|key| key.item == line.item))
            }
            Ok(Granted::CartConfirmed(confirmed)) if short.is_empty() => {
                self.payments.insert(cart, paid(reference, Some(Time::default())));
                self.take_again(confirmed, cart, due, returned)
            }
            _ => false,
        }
    }

    /// Sells the blocks of an expired cart that have their units, and takes those of the others again.
    fn take_again(
        &mut self,
        confirmed: &CartConfirmed,
        cart: CartId,
        due: Vec<BlockId>,
        mut returned: Vec<BlockId>,
    ) -> bool {
        let mut kept = Vec::new();
        for block in &confirmed.blocks {
            let is_right = (block.expires_at, block.cart) == (None, Some(cart));
            let matching = |id: &BlockId| {
                let entry = &self.blocks[id];
                (entry.key, entry.units) == (block.key, block.quantity)
            };
            if due.contains(&block.id) {
                if !is_right || !matching(&block.id) {
                    return false;
                }
                kept.push(block.id);
                continue;
            }
            let Some(position) = returned.iter().position(matching) else { return false };
            let ended = returned.swap_remove(position);
            let Some(old) = self.blocks.get_mut(&ended) else { return false };
            let reference = old.reference.clone();
            // The cart does not name the ended block any more.
            old.cart = None;
            self.add(block.key, -block.quantity);
            let (key, units) = (block.key, block.quantity);
            let entry =
                Entry { key, units, state: State::Sold, expires_at: None, cart: Some(cart), reference };
            if !is_right || self.blocks.insert(block.id, entry).is_some() {
                return false;
            }
        }
        for id in &due {
            if let Some(entry) = self.blocks.get_mut(id) {
                (entry.state, entry.expires_at) = (State::Sold, None);
            }
        }
        kept.sort_unstable();
        kept == due && returned.is_empty() && confirmed.is_retaken && confirmed.id == cart
    }
}

/// A payment of a cart that is over. Its times are not compared.
fn paid(reference: Reference, retaken_at: Option<Time>) -> CartPayment {
    CartPayment { reference, until: Time::default(), expires_before: Time::default(), retaken_at }
}
