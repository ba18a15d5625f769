//! The rules of blocks with the details of their buyer, and of blocks that are confirmed in part.

use super::*;
use domain::{Decision, Granted, PlaceHold, Quantity};

impl Ledger {
    /// Places a block with the details of its buyer. Returns whether the response matches.
    pub(super) fn place_hold(&mut self, hold: &PlaceHold, answer: &Decision) -> bool {
        let place = hold.block;
        let line = CartLine { item: place.item, quantity: place.quantity, warehouse: place.warehouse };
        let reference = hold.reference.as_ref().map(ToString::to_string);
        let max = super::super::REFERENCE_BLOCKS_MAX;
        let active = reference.as_ref().map_or(0, |reference| self.active_of(reference));
        let refused = match &reference {
            Some(reference) if active >= max => Some(Rejection::ReferenceBlocksLimit {
                reference: reference.clone(),
                active,
                requested: 1,
                max,
            }),
            _ => None,
        };
        match (refused, answer) {
            (Some(wanted), Err(rejection)) => wanted == *rejection,
            (None, Ok(Granted::Placed(placed))) => {
                self.take(&line).ok() == Some(placed.key) && self.hold(&line, placed, None, reference)
            }
            (None, Err(rejection)) => {
                let is_due = self.is_due(place.item, None);
                self.take(&line).as_ref() == Err(rejection) && !is_due
            }
            _ => false,
        }
    }

    /// Confirms units of a block; the others stay held. Returns whether the response matches.
    pub(super) fn confirm_part(&mut self, id: BlockId, quantity: Quantity, answer: &Decision) -> bool {
        let units = quantity.get();
        let before = match self.alone(id) {
            Ok(entry) => entry.clone(),
            Err(wanted) => return answer.as_ref().is_err_and(|rejection| same_end(&wanted, rejection)),
        };
        if units > before.units {
            let wanted = Rejection::QuantityOverBlock { block: id, requested: units, held: before.units };
            return answer.as_ref() == Err(&wanted);
        }
        let Ok(Granted::PartConfirmed(sold)) = answer else { return false };
        let left = before.units - units;
        if self.sell(id, Some(units)) != Some(sold.block) {
            return false;
        }
        match &sold.rest {
            None => left == 0,
            Some(rest) => {
                self.add(before.key, -left);
                let is_same = (rest.key, rest.quantity) == (before.key, left);
                let remaining = self.total(before.key.item);
                let is_right =
                    is_same && Some(rest.expires_at) == before.expires_at && rest.remaining == remaining;
                let entry = Entry { units: left, ..before };
                left > 0 && is_right && self.blocks.insert(rest.id, entry).is_none()
            }
        }
    }
}
