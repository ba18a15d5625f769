//! Conditions of requests on versions (RFC 9110, 13.1.1).

use crate::{Error, Version};

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
