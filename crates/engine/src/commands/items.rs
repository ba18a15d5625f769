use super::keyed::Resolution;
use super::once::Command;
use crate::batching::routing::{creation_affinity_key, queue_for};
use crate::items::create::CreateRequest;
use crate::response::CommandResult;
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    ChangeCondition, ConditionChanged, Item, ItemId, ItemKey, ItemPatch, NewItem, Permission, Precondition,
    StockAdjusted, StockAdjustment, StockMove, StockMoved, WarehouseKey,
};
use store::{Cause, WriteTransaction};

impl Engine {
    /// Creates an item with its first stock.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`], [`domain::Error::WarehouseForbidden`], [`domain::Error::SkuTaken`],
    /// [`domain::Error::BarcodeTaken`].
    pub async fn item_create(
        &self,
        context: &Context,
        item: impl Into<NewItem<WarehouseKey>>,
    ) -> Result<Response<Item>> {
        self.store().check_available()?;
        let queue = queue_for(creation_affinity_key(context), &self.shared.creation);
        let created = match self.resolve_current(context, &item.into()).await? {
            Resolution::Resolved(item) => {
                queue.submit(CreateRequest { item, context: context.clone() }).await
            }
            Resolution::Stored(response) => Ok(Response::Stored(response)),
        };
        self.publish_on_success(Topic::Items, created)
    }

    /// Changes the details of an item: name, price, category, SKU and the like.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::AllWarehousesForbidden`],
    /// [`domain::Error::SkuTaken`], [`domain::Error::BarcodeTaken`].
    pub async fn item_update(
        &self,
        context: &Context,
        id: ItemId,
        patch: ItemPatch,
        condition: Precondition,
    ) -> Result<Response<Item>> {
        let changes_sku = patch.sku.is_some();
        let changed = self.item_change(context, ChangeItem(id, Change::Details(patch), condition)).await;
        if changes_sku {
            self.shared.notifier.skus_changed();
        }
        changed
    }

    /// Archives an item, or restores it. An archived item can't be sold, and lists leave it out. Its units stay recorded.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::ItemHeld`],
    /// [`domain::Error::AllWarehousesForbidden`].
    pub async fn item_set_archived(
        &self,
        context: &Context,
        id: ItemId,
        archived: bool,
        condition: Precondition,
    ) -> Result<Response<Item>> {
        let changed = self.item_change(context, ChangeItem(id, Change::Archived(archived), condition)).await;
        self.shared.levels.invalidate([id]);
        changed
    }

    async fn item_change(&self, context: &Context, change: ChangeItem) -> Result<Response<Item>> {
        context.require_all_warehouses(Permission::WriteItems)?;
        let updated = self.publish_on_success(Topic::Items, self.run_once(context, change).await);
        match &updated {
            Ok(Response::Fresh((item, category_before))) => {
                let categories = category_before.iter().chain(&item.category);
                categories.for_each(|category| self.shared.top_lists.invalidate(category));
            }
            // A stored response does not name the category before the change.
            Ok(Response::Stored(_)) | Err(_) => self.shared.top_lists.invalidate_all(),
        }
        Ok(updated?.map(|(item, _)| item))
    }

    /// Adds units to a stock level, or writes units off. A receipt that leaves more than
    /// [`domain::UNITS_RECEIVED_UNCHECKED_MAX`] units of the item reads all of its blocks.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::InsufficientStock`], [`domain::Error::StockOverflow`], [`domain::Error::WarehouseForbidden`].
    /// [`domain::Error::Forbidden`] if the caller
    /// writes off more than `write_off_units_max` units without the permission for it.
    pub async fn stock_adjust(
        &self,
        context: &Context,
        adjustment: impl Into<StockAdjustment<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<StockAdjusted>>> {
        let adjustment = adjustment.into();
        context.require(adjustment.permission(self.shared.settings.write_off_units_max))?;
        self.run_stock_keyed(context, &adjustment).await
    }

    /// Moves units of an item from one warehouse to another.
    ///
    /// # Errors
    /// The same as [`Engine::stock_adjust`].
    pub async fn stock_move(
        &self,
        context: &Context,
        movement: impl Into<StockMove<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<StockMoved>>> {
        self.run_stock_keyed(context, &movement.into()).await
    }

    /// Changes the condition of units of a stock level: available, damaged or in quarantine; or disposes of units.
    ///
    /// # Errors
    /// The same as [`Engine::stock_adjust`], and [`domain::Error::TooFewInCondition`].
    pub async fn stock_change_condition(
        &self,
        context: &Context,
        change: impl Into<ChangeCondition<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<ConditionChanged>>> {
        let change = change.into();
        context.require(change.permission(self.shared.settings.write_off_units_max))?;
        self.run_stock_keyed(context, &change).await
    }
}

/// A change of an item's details.
enum Change {
    Details(ItemPatch),
    Archived(bool),
}

struct ChangeItem(ItemId, Change, Precondition);

impl Command for ChangeItem {
    /// The item, and its category before the change.
    type Output = (Item, Option<String>);

    async fn execute(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
    ) -> store::Result<Self::Output> {
        let Self(id, change, condition) = self;
        match change {
            Change::Details(patch) => transaction.item_update(*id, patch, condition, cause).await,
            Change::Archived(archived) => {
                let item = transaction.item_set_archived(*id, *archived, condition, cause).await?;
                let category = item.category.clone();
                Ok((item, category))
            }
        }
    }

    fn result((item, _): &Self::Output) -> CommandResult<'_> {
        CommandResult::ItemUpdated(item)
    }
}
