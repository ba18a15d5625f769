//! Views of lists that people save for all.

use crate::text::checked;
use crate::{Error, Permission, Permissions, Time};

/// The maximum number of saved views.
pub const SAVED_VIEWS_MAX: i64 = 200;

/// The maximum number of views that one principal has created.
pub const SAVED_VIEWS_OF_ONE_MAX: i64 = 30;

/// The maximum number of characters of a view's query.
pub const VIEW_QUERY_CHARS_MAX: usize = 2_000;

/// The maximum number of characters of a view's name.
pub const VIEW_NAME_CHARS_MAX: usize = 60;

/// The lists that have views.
const LISTS: [&str; 6] = ["items", "orders", "blocks", "carts", "categories", "warehouses"];

/// A view of a list: the query of the list's address, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: i64,
    /// The list.
    pub list: String,
    /// Its name, unique in its list.
    pub name: String,
    /// The query, without the question mark.
    pub query: String,
    /// The principal that created it.
    pub created_by: String,
    /// The time at which it was created.
    pub created_at: Time,
}

impl SavedView {
    /// Checks that a principal may rename and delete the view: its creator may, and principals with the permission to change the catalogue.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_owner(&self, actor: &str, permissions: Permissions) -> Result<(), Error> {
        match self.created_by == actor {
            true => Ok(()),
            false => permissions.require(Permission::WriteItems, actor),
        }
    }
}

/// Checks that a principal may add another view to the present ones.
///
/// # Errors
/// [`Error::Invalid`] if there are [`SAVED_VIEWS_MAX`] views, or [`SAVED_VIEWS_OF_ONE_MAX`] of the principal.
pub fn check_view_count(views: &[SavedView], actor: &str) -> Result<(), Error> {
    let count = |views: usize| i64::try_from(views).unwrap_or(i64::MAX);
    let own = count(views.iter().filter(|view| view.created_by == actor).count());
    let full = |max| {
        Err(Error::invalid("name", format!("is one too many: there are {max} views. Delete one first")))
    };
    match (own, count(views.len())) {
        (SAVED_VIEWS_OF_ONE_MAX.., _) => full(SAVED_VIEWS_OF_ONE_MAX),
        (_, SAVED_VIEWS_MAX..) => full(SAVED_VIEWS_MAX),
        _ => Ok(()),
    }
}

/// A request for a view. A view of this name in the list is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewView {
    /// The list.
    pub list: String,
    /// The name.
    pub name: ViewName,
    /// The query, without the question mark.
    pub query: String,
}

/// The name of a view: 1 to [`VIEW_NAME_CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewName(String);

impl ViewName {
    /// Trims a text and checks it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty text, one that is too long, and one with a control or invisible character.
    pub fn new(text: &str) -> Result<Self, Error> {
        checked("name", text, VIEW_NAME_CHARS_MAX, false).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NewView {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown list, a malformed name, and a query that is too long or not in ASCII.
    pub fn new(list: &str, name: &str, query: &str) -> Result<Self, Error> {
        if !LISTS.contains(&list) {
            return Err(Error::invalid("list", format!("must be one of {}", LISTS.join(", "))));
        }
        if query.len() > VIEW_QUERY_CHARS_MAX {
            let reason = format!("must have at most {VIEW_QUERY_CHARS_MAX} characters");
            return Err(Error::invalid("query", reason));
        }
        if !query.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid("query", "must be the query of an address"));
        }
        Ok(Self { list: list.to_owned(), name: ViewName::new(name)?, query: query.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_bounded() {
        assert!(
            NewView::new("items", " Low stock ", "low=threshold")
                .is_ok_and(|view| view.name.as_str() == "Low stock")
        );
        assert!(NewView::new("people", "a", "").is_err());
        assert!(NewView::new("items", " ", "").is_err());
        assert!(NewView::new("items", &"a".repeat(VIEW_NAME_CHARS_MAX + 1), "").is_err());
        assert!(NewView::new("items", "a", &"a".repeat(VIEW_QUERY_CHARS_MAX + 1)).is_err());
        assert!(NewView::new("items", "a", "q=a b").is_err());
        assert!(NewView::new("items", "a", "q=ä").is_err());
    }

    #[test]
    fn a_view_is_changed_by_its_creator_or_with_a_permission() {
        let view = SavedView {
            id: 1,
            list: "items".to_owned(),
            name: "a".to_owned(),
            query: String::new(),
            created_by: "person:ada".to_owned(),
            created_at: Time::default(),
        };
        let viewer = crate::Role::Viewer.permissions();
        assert!(view.check_owner("person:ada", viewer).is_ok());
        assert!(view.check_owner("person:bob", viewer).is_err());
        assert!(view.check_owner("person:bob", crate::Role::Manager.permissions()).is_ok());
    }
}
