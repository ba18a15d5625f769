use crate::cache::top_lists::TopList;
use crate::{CachedJson, Context, Engine, Result};
use domain::{Category, CategorySums};

impl Engine {
    /// Returns all categories by name in the order of a dictionary, each with its totals.
    pub async fn category_list(&self, _context: &Context) -> Result<Vec<Category>> {
        let sums = self.shared.sums.now().await?;
        let categories = sums.categories.values().filter_map(CategorySums::category).collect();
        self.shared.category_order.sort(self.store(), categories).await
    }

    /// Returns the items of highest quantity in a category. The list of an unknown category is empty.
    ///
    /// # Errors
    /// A name with a NUL character, which PostgreSQL can't take.
    pub async fn category_top(&self, _context: &Context, category: &str) -> Result<TopList> {
        if category.contains('\0') {
            return Err(domain::Error::invalid("category", "must not contain a NUL character").into());
        }
        let query = async {
            let top = self.store().category_top(category).await?;
            Ok(CachedJson::of(top))
        };
        self.shared.top_lists.fetch(category, self.store().generation(), query).await
    }
}
