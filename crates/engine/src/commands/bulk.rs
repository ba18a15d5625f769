use crate::{Context, Engine, Response, Result};
use domain::{
    BlockAction, BlockId, BulkBlockAction, BulkItemAction, BulkOrderAction, FillOrder, ItemAction, ItemPatch,
    OrderAction, Precondition, Time,
};
use futures::future::join_all;
use futures::stream::{self, StreamExt as _};

/// The items or orders of a bulk request that are changed concurrently. Each has a transaction of its own.
const CONCURRENT_CHANGES: usize = 8;

/// The result of an action on one of several items or orders, by its id.
pub type BulkOutcome = (i64, Result<Response<()>>);

/// The result of an action on one of several blocks. The time is when an extended block expires; `None` for the other
/// actions.
pub type BlockOutcome = (BlockId, Result<Response<Option<Time>>>);

impl Engine {
    /// Runs one action on several blocks, on each block on its own, and returns each result. If the request has an
    /// idempotency key, each block has a key derived from it.
    ///
    /// # Errors
    /// A key that is too long for that. The error of a block is in its result; see [`Engine::block_confirm`].
    pub async fn blocks_act(&self, context: &Context, act: BulkBlockAction) -> Result<Vec<BlockOutcome>> {
        let contexts = act.blocks().iter().map(|id| context.part(id)).collect::<Result<Vec<_>>>()?;
        let running = act.blocks().iter().zip(&contexts).map(async |(id, context)| {
            let response = match act.action {
                BlockAction::Confirm => self.block_confirm(context, *id, None).await.map(without_time),
                BlockAction::Release => self.block_release(context, *id).await.map(without_time),
                BlockAction::Extend(ttl) => {
                    let extended = self.block_extend(context, *id, ttl).await;
                    extended.map(|response| response.map(|extended| Some(extended.expires_at)))
                }
            };
            (*id, response)
        });
        Ok(join_all(running).await)
    }
}

impl Engine {
    /// Runs one action on several items, on each on its own, and returns each result in the order of the request. If the
    /// request has an idempotency key, each item has a key derived from it.
    ///
    /// # Errors
    /// A key that is too long for that. The error of an item is in its result; see [`Engine::item_update`].
    pub async fn items_act(&self, context: &Context, act: BulkItemAction) -> Result<Vec<BulkOutcome>> {
        let contexts = act.items().iter().map(|id| context.part(id)).collect::<Result<Vec<_>>>()?;
        let running = act.items().to_vec().into_iter().zip(contexts).map(|(id, context)| {
            let action = act.action.clone();
            async move {
                let patch = match action {
                    ItemAction::Archive => None,
                    ItemAction::Category(category) => {
                        Some(ItemPatch { category: Some(category), ..ItemPatch::default() })
                    }
                    ItemAction::LowStock(units) => {
                        Some(ItemPatch { low_stock: Some(units), ..ItemPatch::default() })
                    }
                };
                let changed = match patch {
                    Some(patch) => self.item_update(&context, id, patch, Precondition::None).await,
                    None => self.item_set_archived(&context, id, true, Precondition::None).await,
                };
                (id.0, changed.map(|response| response.map(drop)))
            }
        });
        Ok(stream::iter(running).buffered(CONCURRENT_CHANGES).collect().await)
    }

    /// Runs one action on several orders, on each on its own, and returns each result in the order of the request. If the
    /// request has an idempotency key, each order has a key derived from it.
    ///
    /// # Errors
    /// A key that is too long for that. The error of an order is in its result; see [`Engine::order_fill`] and
    /// [`Engine::order_cancel`].
    pub async fn orders_act(&self, context: &Context, act: BulkOrderAction) -> Result<Vec<BulkOutcome>> {
        let contexts = act.orders().iter().map(|id| context.part(id)).collect::<Result<Vec<_>>>()?;
        let running = act.orders().to_vec().into_iter().zip(contexts).map(|(id, context)| {
            let action = act.action;
            async move {
                let changed = match action {
                    OrderAction::Fill => {
                        let fill = FillOrder {
                            order: id,
                            warehouse: None,
                            waits: false,
                            priority: None,
                            items: None,
                        };
                        self.order_fill(&context, fill).await.map(|response| response.map(drop))
                    }
                    OrderAction::Cancel => {
                        self.order_cancel(&context, id).await.map(|response| response.map(drop))
                    }
                };
                (id.0, changed)
            }
        });
        Ok(stream::iter(running).buffered(CONCURRENT_CHANGES).collect().await)
    }
}

fn without_time<T>(response: Response<T>) -> Response<Option<Time>> {
    response.map(|_| None)
}
