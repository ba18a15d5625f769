//! The condition of units on the shelf: sellable, damaged or in quarantine.

/// A condition in which units can't be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// Damaged units: to be repaired or disposed of.
    Damaged,
    /// Units in quarantine: to be inspected.
    Quarantine,
}

impl Condition {
    /// Every condition with its name in the ledger.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Damaged, "damaged"), (Self::Quarantine, "quarantine")];

    /// Its name in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Quarantine => "quarantine",
        }
    }

    /// Parses a name in the ledger.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, text)| *text == name).map(|(condition, _)| *condition)
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Damaged => "damaged",
            Self::Quarantine => "in quarantine",
        })
    }
}

/// The units of a stock level that can't be sold because of their condition: each 0 to [`crate::UNITS_MAX`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnsellableUnits {
    /// Damaged units.
    pub damaged: i32,
    /// Units in quarantine.
    pub quarantined: i32,
}

impl UnsellableUnits {
    /// Returns the units in a condition.
    pub fn of(self, condition: Condition) -> i32 {
        match condition {
            Condition::Damaged => self.damaged,
            Condition::Quarantine => self.quarantined,
        }
    }

    /// Returns the units after `units` have entered a condition, or left it if negative. `None` if fewer than 0 or more than
    /// [`crate::UNITS_MAX`] would be in it.
    pub fn with(self, condition: Condition, units: i32) -> Option<Self> {
        let changed = self.of(condition).checked_add(units).filter(|units| *units >= 0)?;
        Some(match condition {
            Condition::Damaged => Self { damaged: changed, ..self },
            Condition::Quarantine => Self { quarantined: changed, ..self },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_a_condition_have_bounds() {
        let units = UnsellableUnits { damaged: 3, quarantined: crate::UNITS_MAX };
        assert_eq!(units.with(Condition::Damaged, -4), None);
        assert_eq!(units.with(Condition::Quarantine, 1), None);
        assert_eq!(units.with(Condition::Damaged, -3).map(|units| units.damaged), Some(0));
    }
}
