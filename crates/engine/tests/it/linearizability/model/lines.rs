//! The rules of a cart's lines: the stock levels that they may take, found by trying all of them. All units of a line come from
//! one level.

use super::*;

/// Units by stock level.
pub(super) type Units = BTreeMap<LevelKey, i32>;

impl Ledger {
    /// Returns the units that a cart can have of each level of an item: the available ones, and its own.
    fn free(&self, item: ItemId, own: &Units) -> Units {
        let mut free: Units = self.levels.clone();
        own.iter().for_each(|(key, units)| *free.entry(*key).or_default() += units);
        free.retain(|key, _| key.item == item);
        free
    }

    /// Returns each choice of levels for these lines that fits, with a level per line.
    pub(super) fn distributions(&self, lines: &[CartLine], own: &Units) -> Vec<Vec<LevelKey>> {
        let mut all = vec![Vec::new()];
        for line in lines {
            let free = self.free(line.item, own);
            let is_named = |key: &&LevelKey| line.warehouse.is_none_or(|named| key.warehouse == named);
            let keys: Vec<_> = free.keys().filter(is_named).copied().collect();
            let longer = |chosen: &Vec<LevelKey>| -> Vec<Vec<LevelKey>> {
                keys.iter().map(|key| chosen.iter().chain([key]).copied().collect()).collect()
            };
            all = all.iter().flat_map(longer).collect();
        }
        let fits = |chosen: &Vec<LevelKey>| {
            chosen.iter().all(|key| {
                let on_level = lines.iter().zip(chosen).filter(|(_, other)| *other == key);
                let taken: i32 = on_level.map(|(line, _)| line.quantity.get()).sum();
                taken <= self.free(key.item, own)[key]
            })
        };
        all.retain(fits);
        all
    }

    /// Returns whether a rejection of lines is right: no choice of levels fits, the rejection states the right units, and none
    /// must be reclaimed before.
    pub(super) fn are_short(&self, lines: &[CartLine], own: &Units, short: &[Shortage]) -> bool {
        self.distributions(lines, own).is_empty()
            && self.shortages(lines, own) == short
            && !short.iter().any(|line| self.is_due(line.item, None))
    }

    /// Returns the shortages of lines, in their order.
    fn shortages(&self, lines: &[CartLine], own: &Units) -> Vec<Shortage> {
        let mut short = Vec::<Shortage>::new();
        for (index, line) in lines.iter().enumerate() {
            let (item, group) = (line.item, (line.item, line.warehouse));
            let of_group = |line: &&CartLine| (line.item, line.warehouse) == group;
            if lines[..index].iter().any(|line| of_group(&line)) {
                continue;
            }
            let units: Vec<_> = lines.iter().filter(of_group).map(|line| line.quantity.get()).collect();
            let available = match line.warehouse {
                Some(warehouse) => {
                    self.free(item, own).get(&LevelKey { item, warehouse }).copied().unwrap_or(0)
                }
                None => most(&units, &self.left(lines, item, own).into_values().collect::<Vec<_>>()),
            };
            let requested = units.iter().sum::<i32>();
            if available < requested {
                short.push(Shortage { item, requested, available });
            }
        }
        short
    }

    /// Returns the units of each level of an item that the lines which name its warehouse leave. They take all of their units
    /// or none.
    fn left(&self, lines: &[CartLine], item: ItemId, own: &Units) -> Units {
        let mut left = self.free(item, own);
        for (key, units) in &mut left {
            let named =
                lines.iter().filter(|line| (line.item, line.warehouse) == (item, Some(key.warehouse)));
            let named = named.map(|line| line.quantity.get()).sum::<i32>();
            *units -= if named <= *units { named } else { 0 };
        }
        left
    }

    /// Returns whether each line that alone leaves the choice of a warehouse, of those of its item, has the fullest level.
    pub(super) fn are_fullest(&self, lines: &[CartLine], keys: &[LevelKey]) -> bool {
        let is_open = |line: &CartLine, item| line.item == item && line.warehouse.is_none();
        lines.iter().zip(keys).all(|(line, key)| {
            let of_item = lines.iter().filter(|other| is_open(other, line.item)).count();
            let left = self.left(lines, line.item, &Units::new());
            let fullest = left.iter().max_by_key(|(key, units)| (**units, std::cmp::Reverse(key.warehouse)));
            line.warehouse.is_some() || of_item > 1 || fullest.map(|(key, _)| key) == Some(key)
        })
    }
}

/// Returns the most units that lines can have together from levels with these units.
fn most(lines: &[i32], free: &[i32]) -> i32 {
    let Some((first, others)) = lines.split_first() else { return 0 };
    let with = |index: usize| {
        let mut left = free.to_vec();
        let taken = (*first).min(left[index]);
        left[index] -= taken;
        taken + most(others, &left)
    };
    (0..free.len()).map(with).max().unwrap_or(0)
}
