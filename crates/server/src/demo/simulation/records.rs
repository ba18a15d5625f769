//! The records of the history: movements, blocks, and the signals that follow from the movements.

use super::{Simulation, id, number};
use crate::demo::rhythm::Tick;
use domain::{BlockId, ItemId, LOW_STOCK_DEFAULT, LevelKey, MovementReason, UnsoldChange, derive_signals};
use std::collections::HashMap;
use store::{History, HistoryBlock, HistoryItem, HistoryMovement, HistorySignal};

impl Simulation<'_> {
    /// Records a movement and changes the stock level. The caller adds what belongs to it.
    pub(super) fn record(
        &mut self,
        key: LevelKey,
        change: i32,
        reason: MovementReason,
        actor: &'static str,
    ) -> &mut HistoryMovement {
        let item = &mut self.history.items[number(key.item)];
        if change != 0 {
            item.updated_at = self.time;
            self.history.levels.entry(key).or_default().available += change;
        }
        if change > 0 {
            self.risen.insert(key.item);
        }
        self.history.movements.push(HistoryMovement {
            created_at: self.time,
            key,
            change,
            units: None,
            reason,
            condition: None,
            block: None,
            order: None,
            note: None,
            actor,
        });
        let last = self.history.movements.len() - 1;
        &mut self.history.movements[last]
    }

    /// Places a block until a tick. The level has the units.
    pub(super) fn place(
        &mut self,
        key: LevelKey,
        quantity: i32,
        until: Tick,
        actor: &'static str,
    ) -> BlockId {
        let placed = BlockId(id(self.history.blocks_placed));
        self.history.blocks_placed += 1;
        let block = HistoryBlock {
            key,
            quantity,
            created_at: self.time,
            expires_at: Some(self.rhythm.time(until)),
            cart: None,
            reference: None,
            is_shipped: false,
        };
        self.history.blocks.insert(placed, block);
        self.record(key, -quantity, MovementReason::Blocked, actor).block = Some(placed);
        placed
    }

    /// Ends a block that is still held: its units return to stock.
    pub(super) fn give_back(&mut self, block: BlockId, reason: MovementReason, actor: &'static str) {
        if let Some(held) = self.history.blocks.remove(&block) {
            self.record(held.key, held.quantity, reason, actor).block = Some(block);
        }
    }

    /// Makes a block permanent.
    pub(super) fn confirm(&mut self, block: BlockId, actor: &'static str) {
        let Some(held) = self.history.blocks.get_mut(&block) else { return };
        held.expires_at = None;
        let (key, quantity) = (held.key, held.quantity);
        let movement = self.record(key, 0, MovementReason::Confirmed, actor);
        (movement.block, movement.units) = (Some(block), Some(quantity));
    }

    /// Ships a permanent block.
    pub(super) fn ship_block(&mut self, block: BlockId, actor: &'static str) {
        let Some(sold) = self.history.blocks.get_mut(&block) else { return };
        sold.is_shipped = true;
        let (key, quantity) = (sold.key, sold.quantity);
        let movement = self.record(key, 0, MovementReason::Shipped, actor);
        (movement.block, movement.units) = (Some(block), Some(quantity));
    }

    /// Returns the history with the signals of its movements.
    pub(super) fn finish(mut self) -> History {
        let history = &mut self.history;
        let movements = history.movements.iter().enumerate();
        let changes =
            movements.filter_map(|(number, movement)| unsold_change(number, movement, &history.items));
        let changes: Vec<_> = changes.collect();
        let mut unsold = HashMap::new();
        let signals = derive_signals(&mut unsold, LOW_STOCK_DEFAULT, &changes);
        history.signals = (signals.into_iter())
            .filter_map(|signal| {
                let movement = usize::try_from(signal.movement).ok()?;
                let (kind, unsold, threshold) = (signal.kind, signal.unsold, signal.threshold);
                Some(HistorySignal { movement, kind, unsold, threshold })
            })
            .collect();
        let units = |item| unsold.get(&ItemId(id(item))).copied().unwrap_or(0);
        history.unsold = (0..history.items.len()).map(units).collect();
        self.history
    }
}

/// Returns the change of the unsold units of an item by a movement; `None` if they stay as they are.
fn unsold_change(
    number_of: usize,
    movement: &HistoryMovement,
    items: &[HistoryItem],
) -> Option<UnsoldChange> {
    let delta = match movement.reason {
        MovementReason::Blocked
        | MovementReason::Released
        | MovementReason::Expired
        | MovementReason::Moved => {
            return None;
        }
        MovementReason::Confirmed | MovementReason::HoldConverted => -movement.units.unwrap_or(0),
        _ => movement.change,
    };
    let item = &items[number(movement.key.item)];
    Some(UnsoldChange {
        movement: id(number_of),
        item: movement.key.item,
        delta: delta.into(),
        is_initial: item.created_at == movement.created_at,
        threshold: item.low_stock,
    })
}
