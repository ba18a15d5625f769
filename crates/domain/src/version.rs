//! Versions of items, warehouses, and of the lines of orders.

use crate::ItemId;
use std::fmt;

/// The version of an item's or a warehouse's details, or of the set of a category's items. Equal details have equal versions; the available units are no detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(u64);

impl Version {
    /// Returns the version of these details: a hash (FNV-1a, 64 bits) of the texts and of their bounds.
    pub(crate) fn of(details: &[Option<&str>]) -> Self {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        let hash = details.iter().fold(OFFSET, |hash, detail| match detail {
            // No text contains the bytes 0xfe and 0xff, because it is UTF-8.
            Some(text) => add(text.bytes().fold(hash, add), 0xff),
            None => add(hash, 0xfe),
        });
        Self(hash)
    }
}

impl Version {
    /// Returns the version of a category with this number of items. `hash` is the sum of the hashes of their ids.
    pub fn of_category(items: i64, hash: i128) -> Self {
        Self::of(&[Some(&items.to_string()), Some(&hash.to_string())])
    }
}

impl Version {
    /// Returns the version of an order's lines, by ascending item id.
    pub(crate) fn of_lines(lines: impl IntoIterator<Item = (ItemId, i32)>) -> Self {
        let lines: String = lines.into_iter().map(|(item, units)| format!("{item}:{units} ")).collect();
        Self::of(&[Some(&lines)])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_depends_on_each_detail_and_on_its_bounds() {
        let version = Version::of(&[Some("ab"), None, Some("")]);
        assert_eq!(version, Version::of(&[Some("ab"), None, Some("")]));
        for other in [
            [Some("a"), None, Some("")],
            [Some("ab"), Some(""), Some("")],
            [Some("ab"), None, None],
            [Some("a"), Some("b"), Some("")],
        ] {
            assert_ne!(version, Version::of(&other), "{other:?}");
        }
    }
}
