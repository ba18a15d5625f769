//! The overview, and the units held of an item that is short.

use crate::cache::held_units::HeldUnits;
use crate::{Context, Engine, Failure, Result};
use domain::{
    ActivityMinute, CategoryStock, CategorySums, FirstSteps, HotItem, ItemId, Page, PageQuery, SoldOrder,
    StockTotals,
};
use std::collections::HashMap;

/// The number of active blocks from which the totals are cached.
const CACHED_TOTALS_BLOCKS_MIN: i64 = 50_000;

/// The state of the stock and its recent activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The totals. With very many blocks they are up to ten seconds old.
    pub totals: StockTotals,
    /// The threshold of low stock of items without their own, in units.
    pub low_stock_default: i32,
    /// The last hour, oldest minute first.
    pub activity: Vec<ActivityMinute>,
    /// The items with the most units blocked within the last hour, most first.
    pub hottest: Vec<HotItem>,
    /// Rejections and failures since this server started, most recent first.
    pub failures: Vec<Failure>,
}

impl Engine {
    /// Returns the totals, the activity of the last hour and recent failures.
    pub async fn overview(&self, _context: &Context) -> Result<Overview> {
        let (mut totals, sums, activity) = tokio::try_join!(
            self.stock_totals(),
            self.shared.sums.now(),
            self.shared.activity.recent(self.store())
        )?;
        totals.categories = sums.categories.values().map(CategorySums::stock).collect();
        let ids: Vec<_> = activity.hottest.iter().map(|(item, _)| item.0).collect();
        let items = self.store().items_get(&ids).await?;
        let mut items: HashMap<ItemId, _> = items.into_iter().map(|item| (item.id, item)).collect();
        let hot = |(id, units_blocked)| Some(HotItem { item: items.remove(&id)?, units_blocked });
        let hottest = activity.hottest.into_iter().filter_map(hot).collect();
        let failures = self.shared.failures.recent();
        let low_stock_default = self.low_stock_default();
        Ok(Overview { totals, low_stock_default, activity: activity.minutes, hottest, failures })
    }

    /// Returns the totals without the categories. With very many blocks they are up to ten seconds old.
    async fn stock_totals(&self) -> Result<StockTotals> {
        let is_large = |totals: &StockTotals| totals.blocks_active >= CACHED_TOTALS_BLOCKS_MIN;
        let read = async { Ok(self.store().stock_totals().await?) };
        self.shared.totals.get(is_large, read).await
    }

    /// Returns the units that are sold, and a page of the orders that have a part of them, highest id first.
    pub async fn sold(&self, context: &Context, slice: PageQuery) -> Result<(StockTotals, Page<SoldOrder>)> {
        let orders = async { context.read(self.store().sold_orders(slice)).await };
        tokio::try_join!(self.stock_totals(), orders)
    }

    /// Returns which of the first steps of a new shop are done.
    pub async fn first_steps(&self, _context: &Context) -> Result<FirstSteps> {
        Ok(self.store().first_steps().await?)
    }

    /// Returns the units of items in temporary blocks, for the details of a rejection. Items whose units can't be read are
    /// left out.
    pub async fn held_units(&self, items: &[ItemId]) -> HashMap<ItemId, HeldUnits> {
        self.shared.held_units.fetch(items).await
    }
}

impl Overview {
    /// Returns the categories with items that run low, most such items first.
    pub fn low(&self) -> Vec<&CategoryStock> {
        let low = |category: &&CategoryStock| category.name.is_some() && category.items_low > 0;
        let mut low: Vec<_> = self.totals.categories.iter().filter(low).collect();
        low.sort_by_key(|category| (std::cmp::Reverse(category.items_low), category.name.clone()));
        low
    }
}
