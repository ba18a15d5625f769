//! Versions of items and warehouses, and the conditions of requests on them (RFC 9110, 13.1.1).

use crate::Error;
use std::fmt;

/// The version of an item's or a warehouse's details. Equal details have equal versions; the available units are no detail.
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

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The condition of a change: the header `If-Match`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// The change has no condition.
    #[default]
    None,
    /// Any version: `*`.
    Exists,
    /// One of these versions, as text.
    OneOf(Vec<String>),
}

impl Precondition {
    /// Parses the value of `If-Match`: `*`, or entity tags separated by commas. A weak tag matches no version.
    pub fn parse(header: &str) -> Self {
        match header.trim() {
            "*" => Self::Exists,
            tags => {
                let strong = tags.split(',').map(str::trim).filter(|tag| !tag.starts_with("W/"));
                Self::OneOf(strong.map(|tag| tag.trim_matches('"').to_owned()).collect())
            }
        }
    }

    /// Checks the condition against the present version.
    ///
    /// # Errors
    /// [`Error::VersionMismatch`].
    pub fn check(&self, present: Version) -> Result<(), Error> {
        match self {
            Self::OneOf(expected) if !expected.contains(&present.to_string()) => {
                Err(Error::VersionMismatch(present))
            }
            _ => Ok(()),
        }
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

    #[test]
    fn a_condition_holds_for_any_of_its_strong_tags() {
        let version = Version::of(&[Some("lamp")]);
        let holds = |header: String| Precondition::parse(&header).check(version).is_ok();
        assert!(holds("*".to_owned()));
        assert!(holds(format!("\"{version}\"")));
        assert!(holds(format!("\"other\", \"{version}\"")));
        assert!(!holds(format!("W/\"{version}\"")));
        assert!(!holds("\"other\"".to_owned()));
        assert!(!holds(String::new()));
        assert_eq!(Precondition::None.check(version), Ok(()));
        assert_eq!(Precondition::parse("\"x\"").check(version), Err(Error::VersionMismatch(version)));
    }
}
