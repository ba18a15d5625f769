//! People, their sessions, and the rules of names and passwords.

use crate::{AllowedWarehouses, Error, Role, Time};
use std::fmt;

/// The minimum length of a password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;

/// The maximum length of a password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 256;

/// The maximum length of a display name, in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 100;

/// A person who uses the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: i64,
    /// The name for the sign-in. It never changes.
    pub name: String,
    /// The name that the console shows.
    pub display_name: String,
    /// The role.
    pub role: Role,
    /// The warehouses whose stock the person may change.
    pub warehouses: AllowedWarehouses,
    /// When the person was created.
    pub created_at: Time,
    /// When the person was disabled. `None` while the person is enabled.
    pub disabled_at: Option<Time>,
    /// Whether a password is set. An invited person has none yet.
    pub has_password: bool,
    /// Whether the sign-in needs a code of an authenticator app too.
    pub has_second_factor: bool,
    /// Whether the person is linked to an identity at an OpenID provider.
    pub has_openid: bool,
    /// The number of valid sessions.
    pub sessions: i64,
}

impl Person {
    /// Returns the person's name in the ledger and in the audit log.
    pub fn actor(&self) -> String {
        format!("person:{}", self.name)
    }

    /// Returns whether the person has a way to sign in: a password, or an identity at an OpenID provider.
    pub fn can_sign_in(&self) -> bool {
        self.has_password || self.has_openid
    }

    /// Returns whether the person is an administrator who can sign in.
    pub fn is_active_administrator(&self) -> bool {
        self.role == Role::Administrator && self.disabled_at.is_none() && self.can_sign_in()
    }
}

/// Checks that a person with this role can be limited to these warehouses. Otherwise a limited administrator could add a
/// person without a limit.
///
/// # Errors
/// [`Error::Invalid`] for a limit of an administrator.
pub fn check_person_limit(role: Role, warehouses: &AllowedWarehouses) -> Result<(), Error> {
    match warehouses.is_limited() && role == Role::Administrator {
        true => Err(Error::invalid("warehouseIds", "can't limit an administrator: remove the limit first")),
        false => Ok(()),
    }
}

/// A session of a person, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub id: i64,
    /// When the person signed in.
    pub created_at: Time,
    /// When the session was last used, to about a minute.
    pub last_seen_at: Time,
    /// When the session ends at the latest.
    pub expires_at: Time,
    /// The client's address at the sign-in.
    pub address: Option<String>,
    /// The browser's name for itself at the sign-in.
    pub user_agent: Option<String>,
}

/// The name of a person that the console shows: 1 to [`DISPLAY_NAME_CHARS_MAX`] characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// Checks a display name. Spaces around it are removed.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let length = text.chars().count();
        if !(1..=DISPLAY_NAME_CHARS_MAX).contains(&length) || text.chars().any(char::is_control) {
            let reason =
                format!("must be 1 to {DISPLAY_NAME_CHARS_MAX} characters without control characters");
            return Err(Error::invalid("displayName", reason));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new password that follows the rules: [`PASSWORD_CHARS_MIN`] to [`PASSWORD_CHARS_MAX`] characters, and not a name of
/// its owner. No kinds of characters are required, because such rules make passwords guessable (NIST SP 800-63B).
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// Checks a password after its Unicode normalization (NFKC). `names` are the owner's.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn new(normalized: String, names: &[&str]) -> Result<Self, Error> {
        let length = normalized.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            let reason = format!("must have {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters");
            return Err(Error::invalid("password", reason));
        }
        let folded = normalized.trim().to_lowercase();
        if names.iter().any(|name| name.to_lowercase() == folded) {
            return Err(Error::invalid("password", "must not be the name of its owner"));
        }
        let mut chars = normalized.chars();
        let first = chars.next();
        if chars.all(|next| Some(next) == first) {
            return Err(Error::invalid("password", "must not repeat a single character"));
        }
        Ok(Self(normalized))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the password.
impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WarehouseId;

    #[test]
    fn an_administrator_has_no_limit() {
        let limit = AllowedWarehouses::only(vec![WarehouseId(1)]).expect("one warehouse");
        assert!(check_person_limit(Role::Manager, &limit).is_ok());
        assert!(check_person_limit(Role::Administrator, &limit).is_err());
        assert!(check_person_limit(Role::Administrator, &AllowedWarehouses::ALL).is_ok());
    }

    fn password(text: &str) -> Result<NewPassword, Error> {
        NewPassword::new(text.to_owned(), &["anna.schmidt1", "Anna Schmidt"])
    }

    #[test]
    fn a_password_is_long_and_not_a_name() {
        for accepted in ["correct horse", "ääääääääääö1", "            1", &"ab".repeat(128)] {
            assert!(password(accepted).is_ok(), "{accepted}");
        }
        let long = "ab".repeat(129);
        for rejected in ["", "elevenchars", "anna.schmidt1", "ANNA SCHMIDT", "aaaaaaaaaaaaaa", &long] {
            assert!(password(rejected).is_err(), "{rejected}");
        }
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", password("correct horse")), "Ok(NewPassword(…))");
    }

    #[test]
    fn a_display_name_is_trimmed() {
        assert_eq!(DisplayName::new(" Anna ").map(|name| name.as_str().to_owned()), Ok("Anna".to_owned()));
        for name in ["", " ", "a\nb", &"x".repeat(101)] {
            assert!(DisplayName::new(name).is_err(), "{name:?}");
        }
    }
}
