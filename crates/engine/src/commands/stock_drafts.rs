//! Drafts of stock documents.

use crate::response::DocumentOutcome;
use crate::{Context, Engine, Response, Result};
use domain::{
    DraftClaim, DraftId, DraftLine, ItemId, LineChange, NewDraft, Permission, StockDraft, WarehouseId,
};

/// The drafts of a list that are posted.
const POSTED_LISTED_MAX: i64 = 50;

impl Engine {
    /// Returns the open drafts, oldest first, or the latest 50 posted ones.
    ///
    /// # Errors
    /// A missing permission.
    pub async fn stock_draft_list(&self, context: &Context, is_posted: bool) -> Result<Vec<StockDraft>> {
        context.require(Permission::WriteStock)?;
        let limit = if is_posted { POSTED_LISTED_MAX } else { domain::DRAFTS_OPEN_MAX as i64 };
        Ok(self.store().stock_draft_list(is_posted, limit).await?)
    }

    /// Returns a draft with its lines; `None` if it does not exist.
    ///
    /// # Errors
    /// A missing permission.
    pub async fn stock_draft_get(
        &self,
        context: &Context,
        id: DraftId,
    ) -> Result<Option<(StockDraft, Vec<DraftLine>)>> {
        context.require(Permission::WriteStock)?;
        Ok(self.store().stock_draft_get(id).await?)
    }

    /// Creates a draft.
    ///
    /// # Errors
    /// A missing permission, also for one of its warehouses; [`domain::Error::Invalid`] for too many open drafts;
    /// [`domain::Error::WarehouseNotFound`].
    pub async fn stock_draft_create(&self, context: &Context, new: &NewDraft) -> Result<DraftId> {
        check_places(context, new.warehouse, new.target)?;
        Ok(self.store().stock_draft_create(new, &context.actor).await?)
    }

    /// Changes a line of an open draft. Added units need the version at which the draft was read, so that a repeated request adds
    /// nothing.
    ///
    /// # Errors
    /// A missing permission, also for one of its warehouses; [`domain::Error::Invalid`] for a draft that is not open or has
    /// another version, and for too many lines or units; [`domain::Error::ItemNotFound`].
    pub async fn stock_draft_change(
        &self,
        context: &Context,
        draft: &StockDraft,
        item: ItemId,
        change: LineChange,
    ) -> Result<()> {
        check_places(context, draft.warehouse, draft.target_id())?;
        Ok(self.store().stock_draft_change(draft.id, item, change).await?)
    }

    /// Deletes an open draft.
    ///
    /// # Errors
    /// A missing permission, also for one of its warehouses; [`domain::Error::Invalid`] for a draft that is not open.
    pub async fn stock_draft_delete(&self, context: &Context, draft: &StockDraft) -> Result<()> {
        check_places(context, draft.warehouse, draft.target_id())?;
        Ok(self.store().stock_draft_delete(draft.id).await?)
    }

    /// Posts a draft as it was read: all its lines are applied, or none. It is posted in the transaction of its changes, so it
    /// takes effect once, whoever posts it how often.
    ///
    /// # Errors
    /// A missing permission; [`domain::Error::Invalid`] for a draft without units, and for one that was changed or posted after
    /// it was read.
    pub async fn stock_draft_post(
        &self,
        context: &Context,
        draft: &StockDraft,
        lines: &[DraftLine],
    ) -> Result<Response<DocumentOutcome>> {
        context.require(Permission::WriteStock)?;
        let mut document = draft.document(lines)?;
        document.draft = Some(DraftClaim { id: draft.id, version: draft.version });
        self.stock_document(context, document).await
    }
}

/// Checks that the caller may change the stock of the warehouses of a draft.
fn check_places(context: &Context, warehouse: WarehouseId, target: Option<WarehouseId>) -> Result<()> {
    context.require(Permission::WriteStock)?;
    let mut places = std::iter::once(warehouse).chain(target);
    Ok(places.try_for_each(|place| context.warehouses.check(Permission::WriteStock, place))?)
}
