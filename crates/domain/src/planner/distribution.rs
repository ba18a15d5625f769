//! The distribution of a cart's lines over the stock levels.
//!
//! All units of a line come from one level. The lines that name a warehouse are served first. The other lines of an item
//! are placed together, largest first, so that the order of the lines does not matter. They are short only if no placement
//! was found that has all of their units.

use super::draft::Draft;
use crate::{CartLine, Error, HeldBlock, ItemId, LevelKey, Shortage, UNITS_MAX, WarehouseId};
use std::cmp::Reverse;

/// The most levels that the search for a placement tries, over all lines of one item. It finds the best placement of up to
/// five lines on three levels. Without the bound its time is exponential in the number of lines.
const STEPS_MAX: u32 = 1_000;

/// A stock level while lines are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    key: LevelKey,
    /// Units that the cart can have.
    free: i64,
    /// The part of `free` that the cart holds.
    own: i64,
}

impl Source {
    /// Returns the rank of the level for a line; the highest one comes first. A level with all units of the line comes before
    /// the others. Among several, the level of which the cart holds as many units comes first, then the one of which it holds
    /// the most, then the fullest one, then the one with the lowest warehouse id.
    fn rank(&self, units: i64) -> (bool, bool, i64, i64, Reverse<WarehouseId>) {
        let fits = self.free >= units;
        let own = if fits { self.own } else { 0 };
        (fits, own == units, own, self.free, Reverse(self.key.warehouse))
    }

    /// Takes units of a line, as many as there are. Returns the number of missing units.
    fn take(&mut self, units: i64) -> i64 {
        let taken = units.min(self.free);
        self.free -= taken;
        self.own = (self.own - taken).max(0);
        units - taken
    }
}

impl Draft<'_> {
    /// Returns the stock level of each line, in the order of the lines, if the units of `held` are available too. Changes no
    /// level.
    ///
    /// # Errors
    /// [`Error::CartShort`] with all items that are short, or the first other error of a line.
    pub(super) fn distribute(
        &mut self,
        held: &[HeldBlock],
        lines: &[CartLine],
    ) -> Result<Vec<LevelKey>, Error> {
        let check = |(index, line)| Some((index, self.check_line(held, lines, line).err()?));
        let failed = lines.iter().enumerate().find_map(check);
        // A line before the failed one may name an item or a warehouse that does not exist. That error comes first.
        let lines = failed.as_ref().map_or(lines, |(index, _)| &lines[..*index]);
        // The level of a line without a warehouse is set below.
        let level = |line: &CartLine| LevelKey {
            item: line.item,
            warehouse: line.warehouse.unwrap_or(WarehouseId(0)),
        };
        let mut levels: Vec<_> = lines.iter().map(level).collect();
        let mut shortages = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            if lines[..index].iter().any(|other| is_same_group(other, line)) {
                continue;
            }
            let requested = units_of(lines, |other| is_same_group(other, line));
            let available = match line.warehouse {
                Some(warehouse) => self.free(held, LevelKey { item: line.item, warehouse }),
                None => requested - self.place_lines(held, lines, line.item, &mut levels),
            };
            if available < requested {
                let short = shortage(line.item, requested, available);
                match self.insufficient_stock(line.item, line.warehouse, short.requested, short.available) {
                    Error::InsufficientStock { .. } => shortages.push(short),
                    error => return Err(error),
                }
            }
        }
        match failed {
            Some((_, error)) => Err(error),
            None if shortages.is_empty() => Ok(levels),
            None => Err(Error::CartShort(shortages)),
        }
    }

    /// Checks the rules of a line that do not depend on the stock. Units that the cart holds already are not checked again.
    fn check_line(&self, held: &[HeldBlock], lines: &[CartLine], line: &CartLine) -> Result<(), Error> {
        line.warehouse.map_or(Ok(()), |warehouse| self.check_warehouse(warehouse))?;
        let own = held.iter().filter(|block| block.key.item == line.item);
        let own: i64 = own.map(|block| i64::from(block.quantity)).sum();
        if units_of(lines, |other| other.item == line.item) > own {
            self.check_sellable(line.item)?;
            self.check_block_units(line.item, units_of(lines, |other| is_same_group(other, line)))?;
        }
        Ok(())
    }

    /// Returns the units of a level that a cart can have: the available ones, and those of `held`.
    fn free(&self, held: &[HeldBlock], key: LevelKey) -> i64 {
        i64::from(self.available(key)) + units_on(held, key)
    }

    /// Returns a level without the units of the lines that name its warehouse. If it does not have all of them, these lines are
    /// short and take none.
    fn source_of(&self, held: &[HeldBlock], lines: &[CartLine], key: LevelKey) -> Source {
        let named = units_of(lines, |line| (line.item, line.warehouse) == (key.item, Some(key.warehouse)));
        let (free, own) = (self.free(held, key), units_on(held, key));
        match named <= free {
            true => Source { key, free: free - named, own: (own - named).max(0) },
            false => Source { key, free, own },
        }
    }

    /// Returns the levels for the lines of an item that name no warehouse: those in warehouses of the caller.
    fn sources(&self, held: &[HeldBlock], lines: &[CartLine], item: ItemId) -> impl Iterator<Item = Source> {
        let is_allowed =
            move |key: &&LevelKey| self.caller.is_none_or(|(allowed, _)| allowed.contains(key.warehouse));
        let allowed = self.levels_of(item).map(|(key, _)| key).filter(is_allowed);
        allowed.map(move |key| self.source_of(held, lines, *key))
    }

    /// Sets the levels of the lines of an item that name no warehouse. Returns the number of missing units.
    fn place_lines(
        &self,
        held: &[HeldBlock],
        lines: &[CartLine],
        item: ItemId,
        levels: &mut [LevelKey],
    ) -> i64 {
        let is_open = |line: &CartLine| line.item == item && line.warehouse.is_none();
        let open = || lines.iter().enumerate().filter(|(_, line)| is_open(line));
        if let (Some((index, line)), None) = (open().next(), open().nth(1)) {
            let units = i64::from(line.quantity.get());
            let best = self.sources(held, lines, item).max_by_key(|source| source.rank(units));
            return best.map_or(units, |mut best| {
                levels[index] = best.key;
                best.take(units)
            });
        }
        let mut order: Vec<_> = open().map(|(index, line)| (index, i64::from(line.quantity.get()))).collect();
        order.sort_by_key(|(_, units)| Reverse(*units));
        let sources: Vec<_> = self.sources(held, lines, item).collect();
        let units: Vec<_> = order.iter().map(|(_, units)| *units).collect();
        let (missing, chosen) = as_held(held, lines, &sources, &units)
            .map_or_else(|| Search::run(&units, sources.clone()), |chosen| (0, chosen));
        for ((index, _), source) in order.iter().zip(chosen) {
            levels[*index] = sources[source].key;
        }
        missing
    }
}

/// Returns the levels where blocks of the cart have as many units as these lines, one block per line, by index into `sources`.
/// It finds the levels of the lines that the cart was placed with, however many there are. `None` if a line has no such block.
fn as_held(held: &[HeldBlock], lines: &[CartLine], sources: &[Source], units: &[i64]) -> Option<Vec<usize>> {
    let mut blocks: Vec<_> = held.iter().map(|block| (block.key, i64::from(block.quantity))).collect();
    for line in lines {
        let Some(warehouse) = line.warehouse else { continue };
        let block = (LevelKey { item: line.item, warehouse }, i64::from(line.quantity.get()));
        if let Some(position) = blocks.iter().position(|other| *other == block) {
            blocks.remove(position);
        }
    }
    let mut sources = sources.to_vec();
    let place = |units: &i64| {
        let mut blocks_of = blocks.iter().enumerate().filter(|(_, (_, quantity))| quantity == units);
        let (position, source) = blocks_of.find_map(|(position, (key, _))| {
            let has_all = |source: &Source| source.key == *key && source.free >= *units;
            Some((position, sources.iter().position(has_all)?))
        })?;
        blocks.remove(position);
        sources[source].take(*units);
        Some(source)
    };
    units.iter().map(place).collect()
}

/// A depth-first search for the levels of an item's lines. It ends at a placement without missing units, or at the fewest
/// possible ones. After [`STEPS_MAX`] it keeps the best placement so far. The first one places each line on the level of the
/// highest rank.
struct Search<'a> {
    /// The units of the lines, largest first.
    units: &'a [i64],
    sources: Vec<Source>,
    /// The levels of the lines before the present one.
    chosen: Vec<usize>,
    /// The missing units and the levels of the best placement.
    best: Option<(i64, Vec<usize>)>,
    /// No placement has fewer missing units.
    missing_min: i64,
    steps: u32,
}

impl<'a> Search<'a> {
    /// Returns the missing units, and the level of each line by index into `sources`.
    fn run(units: &'a [i64], sources: Vec<Source>) -> (i64, Vec<usize>) {
        let free = || sources.iter().map(|source| source.free);
        let over = units.iter().sum::<i64>() - free().sum::<i64>();
        let largest_over = units.first().unwrap_or(&0) - free().max().unwrap_or(0);
        let missing_min = over.max(largest_over).max(0);
        let chosen = Vec::with_capacity(units.len());
        let mut search = Self { units, sources, chosen, best: None, missing_min, steps: 0 };
        search.place(0, 0);
        search.best.unwrap_or_else(|| (units.iter().sum(), Vec::new()))
    }

    /// Places a line and all after it. Returns whether the search is over.
    fn place(&mut self, line: usize, missing: i64) -> bool {
        let Some(units) = self.units.get(line).copied() else {
            self.best = Some((missing, self.chosen.clone()));
            return missing <= self.missing_min;
        };
        let mut order: Vec<_> = (0..self.sources.len()).collect();
        order.sort_by_key(|index| Reverse(self.sources[*index].rank(units)));
        // Levels with the same units lead to the same result.
        order.dedup_by_key(|index| (self.sources[*index].free, self.sources[*index].own));
        for index in order {
            if self.steps == STEPS_MAX {
                return true;
            }
            self.steps += 1;
            let before = self.sources[index];
            let missing = missing + self.sources[index].take(units);
            let is_better = self.best.as_ref().is_none_or(|(best, _)| missing < *best);
            self.chosen.push(index);
            let is_over = is_better && self.place(line + 1, missing);
            self.chosen.pop();
            self.sources[index] = before;
            if is_over {
                return true;
            }
        }
        false
    }
}

/// Returns whether two lines are summed in a rejection: those of one item with the same choice of a warehouse.
fn is_same_group(one: &CartLine, other: &CartLine) -> bool {
    (one.item, one.warehouse) == (other.item, other.warehouse)
}

/// Returns the units of the lines that `is_counted` selects.
fn units_of(lines: &[CartLine], is_counted: impl Fn(&CartLine) -> bool) -> i64 {
    lines.iter().filter(|line| is_counted(line)).map(|line| i64::from(line.quantity.get())).sum()
}

/// Returns the units of the blocks on a level.
pub(super) fn units_on(blocks: &[HeldBlock], key: LevelKey) -> i64 {
    blocks.iter().filter(|block| block.key == key).map(|block| i64::from(block.quantity)).sum()
}

/// Adds up the units of the lines on each level, in the order of the lines.
pub(super) fn sums_by_level(lines: &[CartLine], levels: &[LevelKey]) -> Vec<(LevelKey, i64)> {
    let mut sums = Vec::<(LevelKey, i64)>::with_capacity(levels.len());
    for (line, key) in lines.iter().zip(levels) {
        let units = i64::from(line.quantity.get());
        match sums.iter_mut().find(|(other, _)| other == key) {
            Some((_, sum)) => *sum += units,
            None => sums.push((*key, units)),
        }
    }
    sums
}

/// Returns a shortage. Sums above the maximum of a quantity are reported as this maximum.
pub(super) fn shortage(item: ItemId, requested: i64, available: i64) -> Shortage {
    let units = |units: i64| i32::try_from(units).unwrap_or(UNITS_MAX);
    Shortage { item, requested: units(requested), available: units(available) }
}
