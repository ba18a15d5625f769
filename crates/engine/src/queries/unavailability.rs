//! The reasons for which an item is sold out or short.

use crate::{Context, Engine, Result};
use domain::{ItemId, LedgerQuery, MovementKind, Unavailability};

/// The most rows of each list of the reasons.
const ROWS_MAX: i64 = 10;

impl Engine {
    /// Returns the states of an item's units, with the largest blocks, the orders, the last sales, the last receipt, and the
    /// waiting orders that miss it. The sales and the receipt are among the last 50,000 movements of the item.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_unavailability(&self, context: &Context, id: ItemId) -> Result<Unavailability> {
        let levels = self.shared.item_levels.now(id).await?;
        if levels.is_empty() {
            self.item_get(context, id).await?;
        }
        let store = self.store();
        let movements = |kind, limit| {
            let (item, kind) = (Some(id), Some(kind));
            let query =
                LedgerQuery { item, warehouse: None, kind, actor: None, span: None, limit, after: None };
            async move { store.ledger_list(&query).await }
        };
        let ((holds, next_expiry), orders, sales, receipts, expected, (waiting, orders_waiting)) = tokio::try_join!(
            store.holds_largest(id, ROWS_MAX),
            store.orders_allocated(id, ROWS_MAX),
            movements(MovementKind::Sold, ROWS_MAX),
            movements(MovementKind::Received, 1),
            store.units_expected(id),
            store.waiting_orders(Some(id), ROWS_MAX)
        )?;
        Ok(Unavailability {
            holds,
            next_expiry,
            orders,
            sales: sales.rows,
            receipt: receipts.rows.into_iter().next(),
            expected,
            waiting,
            orders_waiting,
            ..Unavailability::of(&levels)
        })
    }

    /// Returns the same if the item is sold out, at or below its threshold of low stock, or missed by a waiting order.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_unavailability_if_short(
        &self,
        context: &Context,
        id: ItemId,
    ) -> Result<Option<Unavailability>> {
        let item = self.item_get(context, id).await?;
        let threshold = item.low_stock.unwrap_or(self.low_stock_default());
        let is_short = item.quantity <= threshold.max(0);
        if !is_short && self.store().waiting_orders(Some(id), 1).await?.1 == 0 {
            return Ok(None);
        }
        Ok(Some(self.item_unavailability(context, id).await?))
    }
}
