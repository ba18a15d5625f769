use crate::batching::queue::BatchQueue;
use crate::cache::blocks::BlockCache;
use crate::idempotency::Command;
use crate::items::create::CreateBatch;
use crate::{CachedJson, Context, Engine, Error, FailureCause, Outcome, Result, Topic};
use domain::{
    BlockId, Granted, Item, ItemHistory, ItemId, ItemPatch, ItemQuery, LevelTotals, Movement, MovementQuery,
    NewItem, Page, Request, StockAdjusted, StockAdjustment, StockMove, StockMoved,
};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Instant;
use store::WriteTransaction;

impl Engine {
    /// One item.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_get(&self, _context: &Context, id: ItemId) -> Result<Arc<CachedJson<Item>>> {
        self.store().check_available()?;
        self.shared.reading.submit(id).await
    }

    /// A page of items.
    pub async fn item_list(&self, _context: &Context, query: ItemQuery) -> Result<Page<Item>> {
        Ok(self.store().item_list(&query).await?)
    }

    /// Creates an item with its first stock.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`].
    pub async fn item_create(&self, context: &Context, item: NewItem) -> Result<Item> {
        self.store().check_available()?;
        self.publish_on_success(
            Topic::Items,
            self.creation_queue(context).submit((item, context.clone())).await,
        )
    }

    /// Changes what describes an item.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_update(&self, context: &Context, id: ItemId, patch: ItemPatch) -> Result<Item> {
        let updated = self.publish_on_success(Topic::Items, self.once(context, Update(id, patch)).await);
        // Under a key the answer is all there is: any category may have changed.
        match &updated {
            Ok((item, before)) => {
                before.iter().chain(&item.category).for_each(|name| self.shared.top_lists.invalidate(name))
            }
            Err(_) => self.shared.top_lists.invalidate_all(),
        }
        Ok(updated?.0)
    }

    /// An item's units in each warehouse, as committed when the question was asked, or later. Blocks that another
    /// application changes in SQL may be seen a minute late where an item has very many.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_levels(&self, context: &Context, id: ItemId) -> Result<Vec<LevelTotals>> {
        let levels = self.shared.item_levels.now(id).await?;
        if levels.is_empty() {
            self.item_get(context, id).await?;
        }
        Ok(levels)
    }

    /// A page of an item's ledger, newest first, each line with the stock level that it left.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_movements(
        &self,
        context: &Context,
        id: ItemId,
        slice: MovementQuery,
    ) -> Result<Page<Movement>> {
        let movements = self.store().movement_list(id, &slice).await?;
        if movements.rows.is_empty() {
            self.item_get(context, id).await?;
        }
        Ok(movements)
    }

    /// How an item's quantity went in the last `hours`.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`]; hours that are not 1 to [`domain::HISTORY_HOURS_MAX`].
    pub async fn item_history(
        &self,
        _context: &Context,
        id: ItemId,
        hours: Option<i64>,
    ) -> Result<ItemHistory> {
        let hours = domain::history_hours(hours)?;
        let history = self.store().item_history(id, hours).await?;
        Ok(history.ok_or(domain::Error::ItemNotFound(id))?)
    }

    /// Receives units into a stock level, or writes them off.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::InsufficientStock`], [`domain::Error::StockOverflow`].
    pub async fn stock_adjust(
        &self,
        context: &Context,
        adjustment: StockAdjustment,
    ) -> Result<StockAdjusted> {
        match self.stock_ask(context, Request::Adjust(adjustment)).await? {
            Granted::Adjusted(adjusted) => Ok(adjusted),
            _ => Err(Error::Internal),
        }
    }

    /// Moves units of an item from one warehouse to another.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::InsufficientStock`].
    pub async fn stock_move(&self, context: &Context, movement: StockMove) -> Result<StockMoved> {
        match self.stock_ask(context, Request::Move(movement)).await? {
            Granted::Moved(moved) => Ok(moved),
            _ => Err(Error::Internal),
        }
    }

    /// The queue for a new item: any of them, but always the same for a key.
    fn creation_queue(&self, context: &Context) -> &BatchQueue<CreateBatch> {
        let Context { idempotency, request_id, .. } = context;
        let mut hasher = DefaultHasher::new();
        idempotency.as_ref().map_or(request_id, |idempotency| &idempotency.key).hash(&mut hasher);
        let queues = &self.shared.creation;
        &queues[usize::try_from(hasher.finish() >> 32).unwrap_or(0) % queues.len()]
    }

    /// Has a stock request decided with whatever else is waiting.
    pub(crate) async fn stock_ask(&self, context: &Context, request: Request) -> Result<Granted> {
        // Not by the queue, which waits for the batch that the outage holds up.
        self.store().check_available()?;
        let queues = &self.shared.stock;
        let queue = usize::try_from(affinity_key(&request, &self.shared.blocks).unsigned_abs()).unwrap_or(0)
            % queues.len();
        let deadline = Instant::now() + self.shared.settings.batch_timeout;
        let mut has_backlog = self.shared.refusals.concern(&request);
        let answer = loop {
            if !has_backlog {
                let answer = queues[queue].submit((request.clone(), context.clone())).await;
                if answer != Err(Error::Backlog) {
                    break answer;
                }
            }
            match self.shared.backlog.submit((request.clone(), context.clone())).await {
                Err(Error::Backlog) if Instant::now() < deadline => has_backlog = false,
                Err(Error::Backlog) => break Err(Error::Contended),
                answer => break answer,
            }
        };
        // The refusals are noted where they are decided.
        if let Err(error) = &answer
            && !matches!(error, Error::Refused(_) | Error::Answered(_))
        {
            self.shared.failures.record(context, FailureCause::Error(error.clone()), 1);
        }
        answer
    }
}

/// What requests have in common that had better be decided together: above all that they are about the same
/// item, whose row they would else wait for.
fn affinity_key(request: &Request, blocks: &BlockCache) -> i64 {
    match request {
        Request::Place(place) => place.item.0,
        Request::Adjust(adjustment) => adjustment.item.0,
        Request::Move(movement) => movement.item.0,
        Request::PlaceCart(cart) => cart.lines().first().map_or(0, |line| line.item.0),
        Request::Confirm(block, _) | Request::Release(block) | Request::Extend(block, _) => {
            blocks.item(*block).map_or(block.0, |item| item.0)
        }
        // Its first block's id is the cart's.
        Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
            blocks.item(BlockId(cart.0)).map_or(cart.0, |item| item.0)
        }
        Request::Allocate(order, _) | Request::Cancel(order) => order.0,
    }
}

struct Update(ItemId, ItemPatch);

impl Command for Update {
    /// The item, and the category that it had before.
    type Done = (Item, Option<String>);

    async fn act(&self, transaction: &mut WriteTransaction) -> store::Result<Self::Done> {
        let updated = transaction.item_update(self.0, &self.1).await?;
        Ok(updated.ok_or(domain::Error::ItemNotFound(self.0))?)
    }

    fn outcome((item, _): &Self::Done) -> Outcome<'_> {
        Outcome::ItemUpdated(item)
    }
}
