//! The demo shop as it is in the database.

use crate::demo::plan::{Plan, PlannedItem};
use crate::demo::products;
use anyhow::{Context as _, Result, bail};
use domain::{ItemId, ItemQuery, ItemSort, PAGE_LIMIT_MAX, WarehouseId};
use engine::{Context, Engine};
use fastrand::Rng;
use std::collections::HashMap;

/// The demo shop in the database.
pub(super) struct Shop {
    pub(super) plan: Plan,
    /// The ids of the plan's items. An item that was archived or deleted has none.
    pub(super) items: Vec<Option<ItemId>>,
    pub(super) main: WarehouseId,
}

impl Shop {
    /// Finds the items of the demo in the database.
    ///
    /// # Errors
    /// The database fails, or does not have the demo data.
    pub(super) async fn find(engine: &Engine, seed: u64) -> Result<Self> {
        let plan = Plan::new(products::read()?, &mut Rng::with_seed(seed))?;
        let context = Context::new("demo", "demo");
        let mut known = HashMap::new();
        let mut after = None;
        loop {
            let query = ItemQuery::new(None, None, ItemSort::Id, Some(PAGE_LIMIT_MAX), after)?;
            let page = engine.item_list(&context, query).await?;
            let found = page.rows.into_iter().filter_map(|item| Some(((item.sku?, item.name), item.id)));
            known.extend(found);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let id = |planned: &PlannedItem| {
            known.get(&(planned.sku.to_string(), planned.product.name.to_string())).copied()
        };
        let items: Vec<_> = plan.items.iter().map(id).collect();
        if items.iter().flatten().count() * 2 < items.len() {
            bail!(
                "the database does not have the demo data, and only those are sold: load them into an empty database \
                 with `stockhold seed --demo`"
            );
        }
        let warehouses = engine.warehouse_list(&context).await?;
        let main =
            warehouses.iter().find(|warehouse| warehouse.is_default && warehouse.archived_at.is_none());
        let main = main.context("the database has no default warehouse that receives units")?.id;
        Ok(Self { plan, items, main })
    }
}
