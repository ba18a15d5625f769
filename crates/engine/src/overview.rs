use crate::{Context, Engine, Error, Failure, Result};
use domain::{ActivityMinute, CategoryStock, CategorySums, HotItem, ItemId, StockTotals, Time};
use std::collections::HashMap;

/// From how many active blocks on their sums are kept for a moment instead of being read anew each time.
const MANY_BLOCKS: i64 = 50_000;

/// How the stock stands, and what happened of late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The totals; with very many blocks their sums are some tenths of a second old.
    pub totals: StockTotals,
    /// The last hour, oldest minute first.
    pub activity: Vec<ActivityMinute>,
    /// Most units blocked within the last hour first.
    pub hottest: Vec<HotItem>,
    /// What was refused or failed since this server started, latest first.
    pub failures: Vec<Failure>,
}

/// What of an item may come back, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayOut {
    /// Units in temporary blocks.
    pub held: i64,
    /// When the first of them come back, unless they are sold or released before.
    pub until: Option<Time>,
}

impl Engine {
    /// How the stock stands, and what happened of late.
    pub async fn overview(&self, _context: &Context) -> Result<Overview> {
        let are_many = |totals: &StockTotals| totals.blocks_active >= MANY_BLOCKS;
        let store = self.store().clone();
        let read = move || {
            let store = store.clone();
            async move { Ok(store.stock_totals().await?) }
        };
        let (mut totals, sums, lately) = tokio::try_join!(
            self.shared.totals.get(are_many, read),
            self.shared.sums.now(),
            self.shared.activity.lately(self.store())
        )?;
        totals.categories = sums.categories.values().map(CategorySums::stock).collect();
        let ids: Vec<_> = lately.hottest.iter().map(|(item, _)| item.0).collect();
        let items = self.store().items_get(&ids).await?;
        let mut items: HashMap<ItemId, _> = items.into_iter().map(|item| (item.id, item)).collect();
        let hot = |(id, units_blocked)| Some(HotItem { item: items.remove(&id)?, units_blocked });
        let hottest = lately.hottest.into_iter().filter_map(hot).collect();
        let failures = self.shared.failures.lately();
        Ok(Overview { totals, activity: lately.minutes, hottest, failures })
    }

    /// What may come back of the item that an error says too little is left of. `None` for any other error, and
    /// where the database does not tell.
    pub async fn way_out(&self, error: &Error) -> Option<WayOut> {
        let Error::Refused(domain::Error::InsufficientStock { item, .. }) = error else { return None };
        // A thousand who are refused at once are told by one reading.
        let read = async {
            let (held, until) = self.store().item_held(*item).await?;
            Ok::<_, Error>(WayOut { held, until })
        };
        self.shared.ways_out.try_get_with(*item, read).await.ok()
    }
}

impl Overview {
    /// The categories in which items run low, the one with the most such items first.
    pub fn low(&self) -> Vec<&CategoryStock> {
        let low = |category: &&CategoryStock| category.name.is_some() && category.items_low > 0;
        let mut low: Vec<_> = self.totals.categories.iter().filter(low).collect();
        low.sort_by_key(|category| (std::cmp::Reverse(category.items_low), category.name.clone()));
        low
    }
}
