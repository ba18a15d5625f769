//! Cache of the order of categories by name.

use crate::Result;
use domain::Category;
use std::sync::{Mutex, PoisonError};
use store::Store;

/// The order of the names of all categories in a dictionary. PostgreSQL has the collation, and is asked again when the names
/// differ from the cached ones.
#[derive(Default)]
pub(crate) struct CategoryOrder(Mutex<Cached>);

#[derive(Default, Clone)]
struct Cached {
    /// The names as they were given.
    names: Vec<String>,
    /// The indexes of the names, in the order of a dictionary.
    order: Vec<usize>,
}

impl CategoryOrder {
    /// Sorts categories by name.
    ///
    /// # Errors
    /// If the order has to be read and the database does not answer.
    pub(crate) async fn sort(&self, store: &Store, categories: Vec<Category>) -> Result<Vec<Category>> {
        let names = || categories.iter().map(|category| category.name.as_str());
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let order = if names().eq(cached.names.iter().map(String::as_str)) {
            cached.order
        } else {
            let order = store.names_order(&names().collect::<Vec<_>>()).await?;
            let names = names().map(str::to_owned).collect();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Cached { names, order: order.clone() };
            order
        };
        let mut categories: Vec<_> = categories.into_iter().map(Some).collect();
        Ok(order.into_iter().filter_map(|index| categories.get_mut(index)?.take()).collect())
    }
}
